"""The set-up page: what it says, its people, objectives, groups, and what may come next."""

from datetime import date

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR, PLAIN = "/change/i/door/setup/", "/change/i/plain/setup/"
BUDGET = 9


def test_everything_of_an_initiative_stands_on_one_page(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    group = door.affected_groups.get()
    group.impact, group.from_state, group.to_state = 4, "Six numbers to call", "One number"
    group.from_on = date(2026, 12, 7)
    group.influence, group.support = 4, -1
    group.save()

    response = sign_in.page(lead).get(DOOR)

    text = words(response)
    assert "Why So that callers are helped at once." in text
    assert "How it will be not said yet" in text
    assert "Sponsor: backs it, and is asked for what only they can do Tom Reyes" in text
    assert "Coach: trains people, signs off, and sees who is late nobody yet" in text
    assert "Calls solved at once" in text
    assert "Call takers 1 person today Hit strongly: most of each day differs" in text
    assert "Influence: much Stands to it: rather against it" in text
    assert "From Mon 7 Dec" in text
    assert "Today Six numbers to call From then on One number" in text
    assert title(response).startswith("Set-up, One Front Door")
    assert response.content.decode().count("<h1") == 1


def test_a_draft_is_told_beforehand_what_it_lacks_each_with_the_way_to_add_it(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(PLAIN)

    text, html = words(response), response.content.decode()
    assert "Before it can start: Name a sponsor first. Add at least one affected group" in text
    assert "Add at least one objective first." not in text
    assert f'href="{PLAIN}people/new/?role=sponsor"' in html
    assert 'href="/change/i/plain/groups/new/"' in html
    assert "Publish it" not in text
    assert "Cancel the initiative" in text
    assert "Delete the draft" in text


def test_a_draft_that_has_everything_may_be_published(
    draft: Initiative, lead: Person, sponsor: Person, employee: Person, sign_in: SignIn
) -> None:
    factories.make_role(draft, sponsor, "sponsor")
    factories.make_group(draft, factories.make_audience(employee))

    response = sign_in.page(lead).get(PLAIN)

    assert f'href="{PLAIN}move/?to=active"' in response.content.decode()
    assert "Before it can start" not in words(response)


def test_go_live_that_is_ahead_leads_to_its_date(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(DOOR)

    missing = "Before go-live counts as reached: The day of go-live has not come yet."
    assert missing in words(response)
    assert f'href="{DOOR}edit/"' in response.content.decode()


def test_the_guards_of_other_slices_are_asked_too(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    Initiative.objects.filter(pk=door.pk).update(state="sustaining")
    factories.make_action(door)

    text = words(sign_in.page(lead).get(DOOR))

    assert "Before it can be closed: Finish, call off or carry over its open actions first." in text
    assert "Write a closing note first." not in text  # the form asks for it


def test_whoever_only_reads_gets_no_verbs(
    door: Initiative, sponsor: Person, hr: Person, sign_in: SignIn
) -> None:
    for person in (sponsor, hr):
        html = sign_in.page(person).get(DOOR).content.decode()

        assert "Priya Nair" in html
        for verb in ("edit/", "people/", "objectives/", "move/", "delete/"):
            assert f'href="{DOOR}{verb}' not in html


def test_what_is_missing_is_told_to_readers_without_a_link(
    draft: Initiative, hr: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(hr).get(PLAIN)

    assert "Name a sponsor first." in words(response)
    assert "?role=sponsor" not in response.content.decode()


def test_it_is_for_those_who_may_read_the_inside(
    door: Initiative,
    draft: Initiative,
    sponsor: Person,
    employee: Person,
    manager: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    codes = [
        sign_in.page(person).get(url).status_code
        for person in (sponsor, employee, manager, outsider)
        for url in (DOOR, PLAIN)
    ]

    assert codes == [200, 404, 404, 404, 404, 404, 404, 404]


def test_the_lead_changes_what_it_says(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    client = sign_in.page(lead)
    assert 'value="One Front Door"' in client.get(f"{DOOR}edit/").content.decode()
    sent = {"title": "One Door", "purpose": "One call.", "go_live_on": "2027-01-04", "version": 1}

    response = client.post(f"{DOOR}edit/", sent, follow=True)

    door.refresh_from_db()
    assert (door.title, door.purpose, door.go_live_on) == (
        "One Door",
        "One call.",
        date(2027, 1, 4),
    )
    assert "The initiative is changed." in words(response)
    assert lead.user is not None
    assert not lead.user.is_staff


def test_a_change_without_a_title_is_refused_and_kept(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        f"{DOOR}edit/", {"title": "", "purpose": "One call for all.", "version": 1}
    )

    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "One call for all.</textarea>" in response.content.decode()


def test_a_stale_change_is_refused(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    Initiative.objects.filter(pk=door.pk).update(version=2)

    response = sign_in.page(lead).post(f"{DOOR}edit/", {"title": "Mine", "version": 1})

    door.refresh_from_db()
    assert "Somebody else changed this in the meantime." in words(response)
    assert (response.status_code, door.title) == (409, "One Front Door")


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 100])
def test_its_cost_does_not_grow(
    number: int, door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(number):
        factories.make_role(door, factories.make_person(unit=factories.make_unit()), "viewer")
        factories.make_objective(door)
        factories.make_group(door, factories.make_audience(factories.make_person()))

    cost = queries(sign_in.page(lead), DOOR)

    assert len(cost) <= BUDGET, cost
