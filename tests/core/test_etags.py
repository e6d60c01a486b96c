"""If-Match: a write on a version that is gone is refused, and nothing is lost."""

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_a_change_needs_the_version_that_was_read(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead, state="draft")
    url, api = f"/change/api/v1/initiatives/{initiative.pk}/", sign_in.api(lead)
    etag = api.get(url)["ETag"]

    first = api.patch(url, {"title": "First"}, headers={"If-Match": etag})
    second = api.patch(url, {"title": "Second"}, headers={"If-Match": etag})

    assert (first.status_code, first["ETag"]) == (200, '"2"')
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    assert Initiative.objects.get().title == "First"


@pytest.mark.parametrize("version", ["²", "1" * 5000, '"x"', '"-1"'])
def test_what_is_no_version_is_a_stale_one(version: str, lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead, state="draft")
    url, api = f"/change/api/v1/initiatives/{initiative.pk}/", sign_in.api(lead)

    answer = api.patch(url, {"title": "First"}, headers={"If-Match": version})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


def test_a_stale_version_deletes_nothing(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead, state="draft")
    url, api = f"/change/api/v1/initiatives/{initiative.pk}/", sign_in.api(lead)
    api.patch(url, {"title": "New"})

    assert api.delete(url, headers={"If-Match": '"1"'}).status_code == 412
    assert Initiative.objects.filter(pk=initiative.pk).exists()
    assert api.delete(url, headers={"If-Match": '"2"'}).status_code == 204
