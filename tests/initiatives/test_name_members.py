"""Naming who carries an initiative, and never leaving a published one without."""

from datetime import date
from typing import Any

import pytest
import time_machine

from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.initiatives.services import NotHereError, add_member
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/initiative-members/"


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor)


def test_a_lead_names_a_sponsor_whom_no_group_contains(
    lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")

    response = sign_in.api(lead).post(
        URL, {"initiative": draft.pk, "person": sponsor.pk, "role": "sponsor"}
    )

    assert response.status_code == 201
    assert response.json()["person_name"] == "Tom Reyes"
    assert draft.members.filter(person=sponsor, role="sponsor").exists()


def test_a_lead_finds_by_name_whom_no_group_contains(
    initiative: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_person("Noor Alison", ends_on=date(2026, 11, 17))
    address = f"/change/api/v1/initiatives/{initiative.pk}/candidates/"

    found = sign_in.api(lead).get(address, {"name": "ali noor"}).json()

    assert found == [{"id": outsider.pk, "display_name": "Noor Ali", "unit_name": ""}]
    assert sign_in.api(lead).get(address).json() == []


def test_more_words_than_a_name_has_are_not_looked_for(
    initiative: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    address = f"/change/api/v1/initiatives/{initiative.pk}/candidates/"

    response = sign_in.api(lead).get(address, {"name": "noor \0 " + "ali " * 1_200})

    assert response.status_code == 200
    assert [row["id"] for row in response.json()] == [outsider.pk]


def test_one_person_may_hold_several_roles_but_each_once(
    initiative: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    body = {"initiative": initiative.pk, "person": sponsor.pk, "role": "coach"}

    assert api.post(URL, body).status_code == 201
    again = api.post(URL, body)

    assert (again.status_code, again.json()["code"]) == (409, "already_there")
    assert initiative.members.filter(person=sponsor).count() == 2


def test_somebody_who_left_is_not_named(initiative: Initiative, lead: Person) -> None:
    gone = factories.make_person("Gone", ends_on=date(2026, 11, 17))

    with pytest.raises(NotHereError, match="Gone"):
        add_member(initiative=initiative, person=gone, role="coach", actor=lead.user, now=NOW)


def test_only_the_lead_of_this_initiative_names_members(
    initiative: Initiative, sponsor: Person, outsider: Person, sign_in: SignIn
) -> None:
    body = {"initiative": initiative.pk, "person": outsider.pk, "role": "lead"}

    assert sign_in.api(sponsor).post(URL, body).status_code == 403
    # For an outsider the initiative does not exist, so it cannot be referred to.
    assert sign_in.api(outsider).post(URL, body).status_code == 400


@pytest.mark.parametrize("role", ["lead", "sponsor"])
def test_a_published_initiative_keeps_its_last_lead_and_sponsor(
    role: str, initiative: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    member = initiative.members.get(role=role)
    api = sign_in.api(lead)

    response = api.delete(f"{URL}{member.pk}/")
    assert (response.status_code, response.json()["code"]) == (409, "last_member")

    factories.make_role(initiative, outsider, role)
    assert api.delete(f"{URL}{member.pk}/").status_code == 204


def test_other_roles_and_drafts_let_go(lead: Person, sponsor: Person, sign_in: SignIn) -> None:
    draft = factories.make_initiative(lead=lead, sponsor=sponsor, state="draft")
    active = factories.make_initiative(lead=lead)
    coach = factories.make_role(active, sponsor, "coach")
    api = sign_in.api(lead)

    assert api.delete(f"{URL}{draft.members.get(role='sponsor').pk}/").status_code == 204
    assert api.delete(f"{URL}{coach.pk}/").status_code == 204


def test_a_role_is_removed_and_given_anew_not_changed(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    member = initiative.members.get(role="sponsor")

    assert sign_in.api(lead).patch(f"{URL}{member.pk}/", {"role": "lead"}).status_code == 405


def test_members_are_found_by_initiative_person_and_role(
    initiative: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=lead)
    api = sign_in.api(lead)

    def found(**query: Any) -> int:
        return len(api.get(URL, query).json()["results"])

    assert InitiativeMember.objects.count() == 3
    assert found(initiative=initiative.pk) == 2
    assert found(role="sponsor") == 1
    assert found(person=sponsor.pk) == 1
    assert found(initiative=987654321) == 0
    assert api.get(URL, {"initiative": 10**30}).status_code == 400


@pytest.mark.parametrize("role", ["lead", "sponsor"])
def test_whoever_has_left_carries_nothing(
    role: str, initiative: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    member = initiative.members.get(role=role)
    Person.objects.filter(pk=outsider.pk).update(ends_on=date(2026, 11, 17))
    gone = factories.make_role(initiative, outsider, role)
    api = sign_in.api(lead)

    with time_machine.travel(NOW, tick=False):
        assert api.delete(f"{URL}{member.pk}/").json()["code"] == "last_member"
        assert api.delete(f"{URL}{gone.pk}/").status_code == 204


def test_a_draft_keeps_somebody_who_can_change_it(
    lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")
    url = f"{URL}{draft.members.get().pk}/"
    api = sign_in.api(lead)

    refused = api.delete(url)
    factories.make_role(draft, outsider, "lead")

    assert (refused.status_code, refused.json()["code"]) == (409, "last_member")
    assert api.delete(url).status_code == 204
