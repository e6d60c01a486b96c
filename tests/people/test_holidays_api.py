"""Days off for everybody: read by whoever works here, kept by HR."""

import pytest

from change_tracker.people.models import Holiday, Person
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/holidays/"


def test_hr_keeps_the_list_and_everybody_who_works_here_reads_it(
    hr: Person, outsider: Person, sign_in: SignIn
) -> None:
    kept = sign_in.api(hr)
    made = kept.post(URL, {"day": "2026-12-25", "name": "Christmas"})
    one = f"{URL}{made.json()['id']}/"

    assert made.status_code == 201
    assert kept.patch(one, {"name": "Christmas Day"}).json()["name"] == "Christmas Day"
    read = sign_in.api(outsider)
    assert read.get(URL).json()["results"][0]["name"] == "Christmas Day"
    assert read.patch(one, {"name": "Mine"}).status_code == 403
    assert read.post(URL, {"day": "2026-12-26", "name": "Mine"}).status_code == 403
    assert kept.delete(one).status_code == 204
    assert not Holiday.objects.exists()


def test_a_login_of_nobody_reads_nothing(sign_in: SignIn) -> None:
    from rest_framework.test import APIClient

    Holiday.objects.create(day="2026-12-25", name="Christmas")
    client = APIClient()
    client.force_authenticate(factories.make_user("stranger"))

    assert client.get(URL).json()["results"] == []


def test_days_are_found_by_a_span_and_stand_there_once(hr: Person, sign_in: SignIn) -> None:
    api = sign_in.api(hr)
    for day in ("2026-12-25", "2027-01-01"):
        Holiday.objects.create(day=day, name="Off")

    found = api.get(f"{URL}?day_from=2026-12-26&day_to=2027-01-01").json()["results"]

    assert [each["day"] for each in found] == ["2027-01-01"]
    assert api.post(URL, {"day": "2027-01-01", "name": "Again"}).status_code == 400
