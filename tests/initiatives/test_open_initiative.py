"""Opening an initiative: whoever opens one leads it."""

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import NoPersonError, create_initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/initiatives/"


def test_whoever_opens_an_initiative_leads_the_draft(lead: Person, sign_in: SignIn) -> None:
    response = sign_in.api(lead).post(
        URL, {"title": "One desk for all", "purpose": "Help at once.", "go_live_on": "2026-12-07"}
    )

    assert response.status_code == 201
    assert response["ETag"] == '"1"'
    body = response.json()
    assert (body["slug"], body["state"]) == ("one-desk-for-all", "draft")
    assert body["moves"] == ["active", "cancelled"]
    initiative = Initiative.objects.get()
    assert list(initiative.members.values_list("person", "role")) == [(lead.pk, "lead")]
    events = AuditEvent.objects.filter(scope=f"initiative:{initiative.pk}", verb="created")
    assert {event.object_type for event in events} == {"initiative", "initiativemember"}


def test_equal_titles_get_slugs_of_their_own(lead: Person) -> None:
    assert lead.user is not None
    slugs = [
        create_initiative(title=title, actor=lead.user, now=NOW).slug
        for title in ("One desk", "One desk", "One  Desk!", "客服", "x" * 200)
    ]

    assert slugs[:4] == ["one-desk", "one-desk-2", "one-desk-3", "initiative"]
    assert len(slugs[4]) <= 80


def test_a_login_without_a_person_is_told_why_not(sign_in: SignIn) -> None:
    user = factories.make_user("robot", "add_initiative")

    with pytest.raises(NoPersonError, match="not linked to a person"):
        create_initiative(title="One desk", actor=user, now=NOW)

    assert not Initiative.objects.exists()


def test_not_everyone_opens_initiatives(employee: Person, sign_in: SignIn) -> None:
    response = sign_in.api(employee).post(URL, {"title": "One desk"})

    assert response.status_code == 403
    assert not Initiative.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "x" * 201}, {"title": "x", "go_live_on": "soon"}]
)
def test_wrong_values_are_named(body: dict[str, str], lead: Person, sign_in: SignIn) -> None:
    response = sign_in.api(lead).post(URL, body)

    assert response.status_code == 400
    assert response.json()["errors"].keys() <= {"title", "go_live_on"}


def test_what_the_machine_keeps_is_not_taken_from_the_caller(lead: Person, sign_in: SignIn) -> None:
    body = {"title": "One desk", "slug": "mine", "version": 9}

    shown = sign_in.api(lead).post(URL, body).json()
    begun = sign_in.api(lead).post(URL, body | {"state": "active"})

    assert (shown["state"], shown["slug"], shown["version"]) == ("draft", "one-desk", 1)
    assert (begun.status_code, list(begun.json()["errors"])) == (400, ["state"])
