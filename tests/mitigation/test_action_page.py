"""One action on its page: in full for those who work in the initiative, in brief for others."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import carry_over, move_action, place_action
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.mitigation.pages import action_url, entry_url
from tests.portal.browsing import about_url, main_of, queries, title, words
from tests.tables import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
YESTERDAY = TODAY - timedelta(days=1)


def test_it_says_what_why_for_whom_how_far_and_by_whom(
    initiative: Initiative, source: Any, group: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 4, reviewed_on=YESTERDAY)
    factories.make_review(source, 2, reviewed_on=TODAY)
    action = factories.make_action(
        initiative,
        title="Ride in the vans",
        description="One morning each.",
        sources=[source],
        audiences=[group],
        owner=lead,
        due_on=YESTERDAY,
        minutes=90,
        position=25,
    )

    response = sign_in.page(lead).get(action_url(action))

    text, html = words(response), response.content.decode()
    assert "Ride in the vans Planned 1 day late Communication" in text
    assert "One morning each." in text
    assert "4 avoiding at first, and at the latest review → 2 doubting" in text
    assert "On the hill: finding out" in text
    assert f"Which groups it touches {group.name}" in text
    assert "Who does it Priya Nair" in text
    assert "What it asks of each person 1 h 30 min" in text
    assert f'href="{entry_url(source)}"' in html
    assert html.count('class="ct-dot') == 1
    assert html.count("<h1") == 1
    assert title(response).startswith("Ride in the vans")


def test_a_level_that_did_not_change_stands_once(
    action: MitigationAction, source: Any, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)
    assert "Our jobs go next. " in (before := words(client.get(action_url(action))))
    assert "not reviewed" in before

    factories.make_review(source, 3)

    assert "3 objecting" in words(client.get(action_url(action)))
    assert "→" not in words(client.get(action_url(action)))


def test_what_happened_is_told_with_who_when_and_why(
    action: MitigationAction, lead: Person, agent: Person, sign_in: SignIn
) -> None:
    move_action(action, to="in_progress", actor=agent.user, now=NOW)
    place_action(action, position=50, actor=agent.user, now=NOW)
    move_action(action, to="blocked", actor=lead.user, now=NOW, reason="The vans are away.")
    move_action(action, to="in_progress", actor=None, now=NOW)

    text = words(sign_in.page(lead).get(action_url(action)))

    assert (
        "What happened Wed 18 Nov It goes on system"
        " Wed 18 Nov It is blocked Priya Nair “The vans are away.”"
        " Wed 18 Nov On the hill: we know how Eve Stone"
        " Wed 18 Nov It was started Eve Stone" in text
    )


def test_history_is_for_those_who_may_read_it(
    action: MitigationAction, agent: Person, sponsor: Person, hr: Person, sign_in: SignIn
) -> None:
    move_action(action, to="in_progress", actor=None, now=NOW)

    told = [
        "What happened" in words(sign_in.page(person).get(action_url(action)))
        for person in (agent, sponsor, hr)
    ]

    assert told == [False, True, True]


def test_people_whom_it_touches_read_it_without_what_is_behind_it(
    initiative: Initiative,
    source: Any,
    group: Audience,
    employee: Person,
    manager: Person,
    lead: Person,
    sign_in: SignIn,
) -> None:
    factories.make_group(initiative, group)
    factories.make_review(source, 4)
    action = factories.make_action(
        initiative,
        title="Ride in the vans",
        sources=[source],
        audiences=[group],
        owner=lead,
        outcome="They still refuse.",
        state="ineffective",
        done_on=YESTERDAY,
        minutes=90,
    )

    pages = [sign_in.page(each).get(action_url(action)) for each in (employee, manager)]

    for page in pages:
        text, html = words(page), page.content.decode()
        assert "Ride in the vans Done Communication" in text
        assert "What it asks of each person 1 h 30 min" in text
        assert f'href="{about_url(initiative.slug)}"' in html
        for hidden in ("Our jobs", "avoiding", "worked", "Priya", "refuse", "hill", "ineffective"):
            assert hidden not in text
        assert "/resistance/" not in html
        assert f'href="/change/i/{initiative.slug}/actions/"' not in html


def test_about_leads_those_whom_it_touches_to_it(
    initiative: Initiative, group: Audience, employee: Person, sign_in: SignIn
) -> None:
    factories.make_group(initiative, group)
    action = factories.make_action(initiative, audiences=[group], due_on=TODAY)

    html = sign_in.page(employee).get(about_url(initiative.slug)).content.decode()

    assert f'href="{action_url(action)}"' in html


def test_hr_reads_it_without_what_it_answers(
    action: MitigationAction, hr: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(hr).get(action_url(action))

    assert "Who does it Eve Stone" in words(response)
    assert "Our jobs go next." not in words(response)
    assert "What comes next" not in words(response)


def test_who_neither_works_in_it_nor_is_touched_finds_nothing(
    action: MitigationAction, lead: Person, outsider: Person, employee: Person, sign_in: SignIn
) -> None:
    other = factories.make_initiative(lead=lead)

    assert sign_in.page(outsider).get(action_url(action)).status_code == 404
    assert sign_in.page(employee).get(action_url(action)).status_code == 404
    elsewhere = f"/change/i/{other.slug}/actions/{action.pk}/"
    assert sign_in.page(lead).get(elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        ("planned", "Start it|Call it off"),
        ("in_progress", "It is done|It is blocked|Call it off"),
        ("blocked", "It can go on|Call it off"),
        ("done", ""),
        ("effective", ""),
        ("ineffective", "Take it up again"),
        ("cancelled", ""),
    ],
)
def test_it_offers_what_may_come_next(
    state: str, verbs: str, action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    put(action, state, done_on=YESTERDAY)

    text = words(sign_in.page(agent).get(action_url(action)))

    every = ("Start it", "It is done", "It is blocked", "It can go on", "Call it off", "It worked",
             "It did not work", "Take it up again")  # fmt: skip
    assert [each for each in every if each in text] == [each for each in verbs.split("|") if each]


def test_the_sponsor_reads_and_moves_nothing(
    action: MitigationAction, sponsor: Person, sign_in: SignIn
) -> None:
    html = main_of(sign_in.page(sponsor).get(action_url(action)))

    assert 'method="post"' not in html
    assert "What comes next" not in html


def test_done_asks_whether_it_worked_and_leads_to_the_review(
    action: MitigationAction, source: Any, agent: Person, sign_in: SignIn
) -> None:
    put(action, "done", done_on=YESTERDAY)

    response = sign_in.page(agent).get(action_url(action))

    assert "Did it work? It was done on Tue 17 Nov, and nobody has reviewed" in words(response)
    assert f'href="{entry_url(source, "review/")}"' in response.content.decode()


def test_on_the_day_itself_there_is_no_later_day_to_review(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    put(action, "done", done_on=TODAY)

    assert "It was done today. From tomorrow on" in words(
        sign_in.page(agent).get(action_url(action))
    )


def test_after_a_later_review_one_can_tell(
    action: MitigationAction, source: Any, agent: Person, sign_in: SignIn
) -> None:
    put(action, "done", done_on=YESTERDAY)
    factories.make_review(source, 1, reviewed_on=TODAY)

    text = words(sign_in.page(agent).get(action_url(action)))

    assert "Now you can tell." in text
    assert "It worked It helped, as was judged" in text
    assert "It did not work It did not help" in text


def test_the_entry_leads_to_its_actions_and_asks_too(
    action: MitigationAction, source: Any, lead: Person, sign_in: SignIn
) -> None:
    put(action, "done", done_on=YESTERDAY)
    client = sign_in.page(lead)

    before = client.get(entry_url(source))
    factories.make_review(source, 1, reviewed_on=TODAY)
    after = client.get(entry_url(source))

    assert "“Town hall” is done. Did it work? A review on a later day shows it." in words(before)
    assert f'href="{action_url(action)}">Town hall' in before.content.decode()
    assert "“Town hall” is done, and a review followed. Did it work?" in words(after)


def test_work_that_was_carried_over_leads_both_ways(
    action: MitigationAction, lead: Person, agent: Person, sign_in: SignIn
) -> None:
    there = factories.make_source(factories.make_initiative(lead=lead, title="Next wave"))
    carried = carry_over(action, sources=[there], actor=lead.user, now=NOW)

    client = sign_in.page(lead)

    assert "Carried over to Next wave" in words(client.get(action_url(action)))
    told = AuditEvent.objects.filter(object_type="mitigationaction", to_state="cancelled").get()
    assert told.reason == "Carried over to another initiative."
    assert f"Carried over from {action.initiative}" in words(client.get(action_url(carried)))
    assert "Next wave" not in words(sign_in.page(agent).get(action_url(action))).split("“")[0]


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 100])
def test_its_cost_does_not_grow(
    number: int, action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(number):
        source = factories.make_source(action.initiative)
        factories.make_review(source, 2)
        action.sources.add(source)
        action.audiences.add(factories.make_audience())
        place_action(action, position=_ % 100, actor=lead.user, now=NOW)

    cost = queries(sign_in.page(lead), action_url(action))

    assert len(cost) <= 9, cost


def test_a_sponsor_keeps_what_they_promised_and_nothing_else(
    initiative: Initiative, action: MitigationAction, sponsor: Person, sign_in: SignIn
) -> None:
    promised = factories.make_action(initiative, owner=sponsor)
    client = sign_in.page(sponsor)

    assert "Start" in words(client.get(action_url(promised)))
    assert client.get(f"{action_url(promised)}hill/").status_code == 200
    assert client.get(f"{action_url(action)}hill/").status_code == 403
