"""Changing and deleting an initiative: its lead does, with compare-and-set."""

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/initiatives/"


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor)


def url(row: Initiative) -> str:
    return f"{URL}{row.pk}/"


def test_the_lead_changes_it_and_history_keeps_no_free_text(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    body = {"title": "One desk", "purpose": "Because callers wait."}

    response = sign_in.api(lead).patch(url(initiative), body)

    assert (response.status_code, response["ETag"]) == (200, '"2"')
    event = AuditEvent.objects.get()
    assert event.changes == {"title": "One desk", "purpose": "…"}


def test_a_stale_version_changes_nothing(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    api.patch(url(initiative), {"title": "First"}, headers={"If-Match": '"1"'})

    response = api.patch(url(initiative), {"title": "Second"}, headers={"If-Match": '"1"'})

    assert response.status_code == 412
    initiative.refresh_from_db()
    assert initiative.title == "First"


def test_the_slug_in_addresses_stays_when_the_title_changes(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    before = initiative.slug

    sign_in.api(lead).patch(url(initiative), {"title": "New", "slug": "new"})

    initiative.refresh_from_db()
    assert initiative.slug == before


def test_a_sponsor_reads_and_does_not_change(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(sponsor)

    assert api.get(url(initiative)).status_code == 200
    assert api.patch(url(initiative), {"title": "Mine"}).status_code == 403
    assert api.delete(url(initiative)).status_code == 403


def test_for_an_outsider_it_does_not_exist(
    initiative: Initiative, outsider: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(outsider)

    assert api.get(url(initiative)).status_code == 404
    assert api.patch(url(initiative), {"title": "Mine"}).status_code == 404


def test_site_staff_write_what_is_published_and_only_read_drafts(
    lead: Person, sign_in: SignIn
) -> None:
    admin = factories.make_person("Ada", login=factories.make_user("ada", is_superuser=True))
    published = factories.make_initiative(lead=lead)
    draft = factories.make_initiative(lead=lead, state="draft")
    api = sign_in.api(admin)

    assert api.patch(url(published), {"title": "Ours"}).status_code == 200
    assert api.get(url(draft)).status_code == 200
    assert api.patch(url(draft), {"title": "Ours"}).status_code == 403
    assert api.delete(url(draft)).status_code == 403
    objective = {"initiative": draft.pk, "title": "Faster"}
    assert api.post("/change/api/v1/objectives/", objective).status_code == 403


def test_the_lead_deletes_a_draft_with_what_belongs_to_it(lead: Person, sign_in: SignIn) -> None:
    draft = factories.make_initiative(lead=lead, state="draft", group=factories.make_audience())

    assert sign_in.api(lead).delete(url(draft)).status_code == 204
    assert not Initiative.objects.exists()
    assert AuditEvent.objects.get().verb == "deleted"


def test_what_was_published_is_not_deleted(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.api(lead).delete(url(initiative))

    assert (response.status_code, response.json()["code"]) == (409, "published")
    assert Initiative.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_draft_that_resistance_was_recorded_in_is_kept(lead: Person, sign_in: SignIn) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")
    factories.make_source(draft)

    response = sign_in.api(lead).delete(url(draft))

    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert Initiative.objects.exists()
