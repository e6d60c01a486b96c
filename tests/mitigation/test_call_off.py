"""Calling off, together, what is still open: the service, the page, the API."""

from typing import Any

import pytest

from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.callingoff import call_off
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.mitigation.pages import actions_url
from tests.portal.browsing import main_of, queries, words
from tests.tables import put

pytestmark = pytest.mark.django_db
WHY = "The initiative ends; what is left is not needed any more."


@pytest.fixture
def actions(initiative: Initiative, source: Any, agent: Person) -> list[MitigationAction]:
    """One planned, one begun, one blocked, one done."""
    made = [
        factories.make_action(initiative, sources=[source], owner=agent, title=title)
        for title in ("Town hall", "Open house", "Better tablets", "First letter")
    ]
    for row, state in zip(made[1:], ("in_progress", "blocked", "done"), strict=True):
        put(row, state, **({"done_on": NOW.date()} if state == "done" else {}))
    return made


def states(actions: list[MitigationAction]) -> list[str]:
    found = dict(MitigationAction.objects.values_list("pk", "state"))
    return [found[each.pk] for each in actions]


def test_only_open_actions_of_the_initiative_end_each_with_its_line_of_history(
    initiative: Initiative,
    actions: list[MitigationAction],
    lead: Person,
    heard: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    other = factories.make_initiative(lead=lead)
    elsewhere = factories.make_action(other, sources=[factories.make_source(other)])
    asked = [each.pk for each in (*actions, elsewhere)]

    with django_capture_on_commit_callbacks(execute=True):
        ended = call_off(initiative, asked, actor=lead.user, now=NOW, reason=WHY)

    assert sorted(ended) == [each.pk for each in actions[:3]]
    assert states([*actions, elsewhere]) == [*["cancelled"] * 3, "done", "planned"]
    events = AuditEvent.objects.filter(verb="moved", to_state="cancelled").order_by("pk")
    assert [
        (each.object_id, each.from_state, each.reason, each.scope, each.actor_user)
        for each in events
    ] == [
        (str(row.pk), source, WHY, f"initiative:{initiative.pk}", lead.user)
        for row, source in zip(actions, ("planned", "in_progress", "blocked"), strict=False)
    ]
    assert sorted(heard) == [(each.pk, "cancelled") for each in actions[:3]]


def test_nothing_ends_without_a_reason(
    initiative: Initiative, actions: list[MitigationAction], lead: Person
) -> None:
    with pytest.raises(MoveRefusedError, match="Give a reason"):
        call_off(initiative, [actions[0].pk], actor=lead.user, now=NOW, reason=" ")

    assert states(actions)[0] == "planned"


@pytest.mark.exhaustive
def test_it_costs_the_same_however_many_end(
    initiative: Initiative, source: Any, lead: Person, django_assert_num_queries: Any
) -> None:
    def some(number: int) -> list[int]:
        rows = [factories.make_action(initiative, sources=[source]) for _ in range(number)]
        return [each.pk for each in rows]

    for asked in (some(2), some(20)):
        with django_assert_num_queries(9):
            call_off(initiative, asked, actor=lead.user, now=NOW, reason=WHY)


def test_the_refusal_to_close_leads_there_and_from_there_to_the_end(
    initiative: Initiative, actions: list[MitigationAction], lead: Person, sign_in: SignIn
) -> None:
    put(initiative, "sustaining")
    client, url = sign_in.page(lead), actions_url(initiative, "call-off/")
    setup = client.get(f"/change/i/{initiative.slug}/setup/")
    assert f'href="{url}"' in main_of(setup)

    form = client.get(url)
    assert main_of(form).count(" checked") == 3
    assert "First letter" not in words(form)
    asked = {"chosen": [each.pk for each in actions[:3]], "reason": WHY}
    looked = client.post(url, asked)
    assert states(actions)[:3] == ["planned", "in_progress", "blocked"]
    text = words(looked)
    assert "3 actions are called off. Nothing brings them back." in text
    assert "1 entry of the register has no open action any more." in text
    assert WHY in text
    sent = client.post(url, asked | {"looked": "1"}, follow=True)

    assert states(actions) == [*["cancelled"] * 3, "done"]
    assert "3 actions are called off." in words(sent)
    assert sent.redirect_chain == [(f"/change/i/{initiative.slug}/setup/#ct-state", 302)]
    closing = client.get(f"/change/i/{initiative.slug}/setup/move/?to=closed")
    assert "closing_note" in main_of(closing)


def test_what_was_chosen_is_kept_when_one_goes_back_to_change_it(
    initiative: Initiative, actions: list[MitigationAction], lead: Person, sign_in: SignIn
) -> None:
    url = actions_url(initiative, "call-off/")
    sent = {"chosen": [actions[1].pk], "reason": WHY, "find": ""}

    html = main_of(sign_in.page(lead).post(url, sent))

    assert html.count(" checked") == 1
    assert WHY in html
    assert states(actions)[1] == "in_progress"


def test_another_choice_is_looked_at_again_before_anything_ends(
    initiative: Initiative, actions: list[MitigationAction], lead: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(lead), actions_url(initiative, "call-off/")
    confirmed = {"chosen": [actions[0].pk], "reason": WHY, "looked": "1"}

    changing = client.post(url, confirmed | {"find": ""})
    put(actions[1], "done", done_on=NOW.date())
    late = client.post(url, confirmed | {"chosen": [each.pk for each in actions[:2]]})

    assert late.status_code == 400
    assert "One of these actions has ended meanwhile." in main_of(late)
    for page in (changing, late):
        assert 'name="looked"' not in main_of(page)
    assert states(actions)[0] == "planned"


def test_one_or_more_are_chosen_and_the_reason_is_said(
    initiative: Initiative, actions: list[MitigationAction], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(actions_url(initiative, "call-off/"), {"looked": "1"})

    assert response.status_code == 400
    assert "Choose at least one action." in main_of(response)
    assert states(actions)[:3] == ["planned", "in_progress", "blocked"]


def test_where_nothing_is_open_the_page_leads_on(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(actions_url(initiative, "call-off/"))

    assert "No action is open here" in words(response)
    assert f'href="{actions_url(initiative)}"' in main_of(response)


def test_only_those_who_lead_it_get_there(
    initiative: Initiative, actions: list[MitigationAction], agent: Person, sign_in: SignIn
) -> None:
    assert sign_in.page(agent).get(actions_url(initiative, "call-off/")).status_code == 403


@pytest.mark.exhaustive
def test_the_page_costs_the_same_however_many_are_open(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(lead), actions_url(initiative, "call-off/")
    costs = []
    for number in (1, 20):
        for _ in range(number):
            factories.make_action(initiative, sources=[source])
        costs.append(len(queries(client, url)))

    assert costs[0] == costs[1]


def test_the_api_looks_first_and_then_does_the_same(
    initiative: Initiative, actions: list[MitigationAction], lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.api(lead)
    url = f"/change/api/v1/initiatives/{initiative.pk}/call-off/"
    asked = {"actions": [each.pk for each in actions], "reason": WHY}

    looked = client.post(url, asked | {"dry_run": True}, format="json")
    before = states(actions)
    done = client.post(url, asked, format="json")

    assert looked.json() == done.json()
    assert done.json() == {
        "reached": [each.pk for each in actions[:3]],
        "left_out": [actions[3].pk],
    }
    assert before[0] == "planned"
    assert states(actions) == [*["cancelled"] * 3, "done"]


def test_the_api_refuses_whoever_does_not_lead_it(
    initiative: Initiative, actions: list[MitigationAction], agent: Person, sign_in: SignIn
) -> None:
    url = f"/change/api/v1/initiatives/{initiative.pk}/call-off/"
    asked = {"actions": [actions[0].pk], "reason": WHY}

    assert sign_in.api(agent).post(url, asked, format="json").status_code == 403
    assert states(actions)[0] == "planned"
