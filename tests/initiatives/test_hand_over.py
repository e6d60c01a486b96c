"""A role changes hands in one step, and nothing is left without a lead."""

from datetime import date

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import INITIATIVES, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR = "/change/i/door/"
UNLED = "Nobody who works here leads it."


def hand_over_url(member: InitiativeMember) -> str:
    return f"{DOOR}setup/people/{member.pk}/hand-over/"


def leads(initiative: Initiative) -> list[str]:
    rows = initiative.members.filter(role="lead").order_by("pk")
    return list(rows.values_list("person__display_name", flat=True))


def test_the_last_lead_hands_over_and_keeps_other_roles(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    joe = factories.make_person("Joe Bell")
    factories.make_role(door, lead, "viewer")
    member = door.members.get(role="lead")

    response = sign_in.page(lead).post(hand_over_url(member), {"person": joe.pk}, follow=True)

    assert "Joe Bell is now lead." in words(response)
    assert leads(door) == ["Joe Bell"]
    assert door.members.filter(person=lead).values_list("role", flat=True).get() == "viewer"


def test_who_has_the_role_already_keeps_it(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    joe = factories.make_person("Joe Bell")
    factories.make_role(door, joe, "lead")
    member = door.members.get(person=lead)

    sign_in.page(lead).post(hand_over_url(member), {"person": joe.pk})

    assert leads(door) == ["Joe Bell"]


def test_nobody_who_has_left_takes_it_over(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    gone = factories.make_person("Gone", ends_on=date(2026, 11, 17))
    member = door.members.get(role="lead")

    response = sign_in.page(lead).post(hand_over_url(member), {"person": gone.pk})

    assert response.status_code == 400
    assert leads(door) == ["Priya Nair"]


@pytest.mark.parametrize("who", ["sponsor", "hr"])
def test_when_the_lead_has_left_sponsor_and_hr_see_it_and_hand_over(
    who: str, door: Initiative, lead: Person, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    helper: Person = request.getfixturevalue(who)
    joe, client = factories.make_person("Joe Bell"), sign_in.page(helper)
    member = door.members.get(role="lead")
    assert client.get(hand_over_url(member)).status_code == 403
    assert UNLED not in words(client.get(INITIATIVES))

    Person.objects.filter(pk=lead.pk).update(ends_on=date(2026, 11, 17))

    for page in (INITIATIVES, DOOR):
        assert UNLED in words(client.get(page))
    assert "Priya Nair has left Hand over" in words(client.get(f"{DOOR}setup/"))
    client.post(hand_over_url(member), {"person": joe.pk})
    assert leads(door) == ["Joe Bell"]
    assert UNLED not in words(client.get(DOOR))


def test_the_last_day_is_a_day_of_work(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    Person.objects.filter(pk=lead.pk).update(ends_on=TODAY)

    assert UNLED not in words(sign_in.page(lead).get(DOOR))


def test_who_takes_over_may_take_the_open_actions_which_are_named_before(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    joe = factories.make_person("Joe Bell")
    late, later, done, foreign = (
        factories.make_action(initiative, title=title, owner=lead, **values)
        for initiative, title, values in (
            (door, "Sit in", {"due_on": TODAY}),
            (door, "Write to all", {"state": "in_progress"}),
            (door, "Was done", {"state": "done", "done_on": TODAY}),
            (factories.make_initiative(lead=lead), "Elsewhere", {}),
        )
    )
    member = door.members.get(role="lead")
    page = sign_in.page(lead)

    told = words(page.get(hand_over_url(member)))
    page.post(hand_over_url(member), {"person": joe.pk, "with_work": "on"})

    assert "Hand over the 2 open actions as well" in told
    assert "Open actions that they own here Sit in" in told
    assert "Write to all" in told
    assert "Was done" not in told
    for action, owner in ((late, joe), (later, joe), (done, lead), (foreign, lead)):
        action.refresh_from_db()
        assert action.owner == owner, action
    events = AuditEvent.objects.filter(object_type="mitigationaction", verb="changed")
    assert [each.changes for each in events] == [{"owner": joe.pk}] * 2
    assert {each.actor_user for each in events} == {lead.user}
    assert late.version == 2


def test_the_open_actions_stay_where_that_is_not_wanted(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    joe = factories.make_person("Joe Bell")
    action = factories.make_action(door, owner=lead)

    sign_in.page(lead).post(hand_over_url(door.members.get(role="lead")), {"person": joe.pk})

    action.refresh_from_db()
    assert leads(door) == ["Joe Bell"]
    assert action.owner == lead


def test_hr_gives_the_draft_of_a_lead_who_has_left_to_somebody(
    draft: Initiative, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    joe, member = factories.make_person("Joe Bell", login=True), draft.members.get()
    url = f"/change/i/plain/setup/people/{member.pk}/hand-over/"
    client = sign_in.page(hr)
    assert client.get(url).status_code == 403

    Person.objects.filter(pk=lead.pk).update(ends_on=date(2026, 11, 17))
    client.post(url, {"person": joe.pk})

    assert leads(draft) == ["Joe Bell"]
    assert sign_in.page(joe).get("/change/i/plain/setup/edit/").status_code == 200
