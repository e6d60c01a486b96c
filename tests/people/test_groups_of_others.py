"""Whoever knows a group by its name alone gets no right to it, and none outlasts a role."""

from typing import Any

import pytest

from change_tracker.initiatives.models import AffectedGroup, Initiative, InitiativeMember
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
API = "/change/api/v1"


@pytest.fixture
def theirs(lead: Person, outsider: Person) -> Audience:
    """A group of somebody else's initiative, to which the lead belongs."""
    group = factories.make_audience(lead, outsider, name="Round two")
    factories.make_initiative(lead=outsider, group=group)
    return group


@pytest.fixture
def own(lead: Person) -> Initiative:
    return factories.make_initiative(lead=lead)


def body(address: str, initiative: Initiative, group: Audience) -> dict[str, Any]:
    """What makes a row there that is about `group`."""
    if address == "affected-groups":
        return {"initiative": initiative.pk, "audience": group.pk}
    if address == "plan-audiences":
        plan = factories.make_plan(initiative, state="draft")
        return {"plan": plan.pk, "audience": group.pk, "due_rule": ""}
    if address == "resistance":
        type_ = factories.make_source_type()
        said = {"initiative": initiative.pk, "type": type_.pk, "statement": "Our jobs go next."}
        return said | {"audiences": [group.pk]}
    source = factories.make_source(initiative)
    said = {"initiative": initiative.pk, "title": "Town hall", "kind": "communication"}
    return said | {"sources": [source.pk], "audiences": [group.pk]}


@pytest.mark.parametrize("address", ["affected-groups", "plan-audiences", "resistance", "actions"])
def test_a_group_that_is_known_by_name_alone_cannot_be_taken(
    address: str, own: Initiative, theirs: Audience, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    assert set(api.get(f"{API}/audiences/{theirs.pk}/").json()) == {"id", "name"}

    taken = api.post(f"{API}/{address}/", body(address, own, theirs))

    assert taken.status_code == 400, taken.content
    assert "does not exist" in str(taken.json())
    mine = factories.make_audience(created_by=lead.user)
    assert api.post(f"{API}/{address}/", body(address, own, mine)).status_code == 201


def test_a_playbook_is_applied_to_no_group_of_others(
    own: Initiative, theirs: Audience, lead: Person, sign_in: SignIn
) -> None:
    playbook = factories.make_playbook(factories.make_source_type())

    applied = sign_in.api(lead).post(
        f"{API}/playbooks/{playbook.pk}/apply/", {"initiative": own.pk, "groups": [theirs.pk]}
    )

    assert applied.status_code == 400
    assert "groups" in str(applied.json())


def test_who_made_a_group_has_no_right_to_it_after_the_lead_was_taken_away(
    lead: Person, outsider: Person, employee: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(employee, created_by=outsider.user)
    initiative = factories.make_initiative(lead=lead)
    role = factories.make_role(initiative, outsider, "lead")
    api, url = sign_in.api(outsider), f"{API}/audiences/{group.pk}/"
    assert "clauses" in api.get(url).json()
    factories.make_group(initiative, group)
    assert "clauses" in api.get(url).json()

    InitiativeMember.objects.filter(pk=role.pk).delete()

    clauses = [{"effect": "include", "kind": "person", "person": outsider.pk}]
    assert api.patch(url, {"clauses": clauses, "version": 1}).status_code == 404
    assert [each.person for each in group.members.all()] == [employee]
    AffectedGroup.objects.all().delete()
    assert "clauses" in api.get(url).json()
