"""Go-live moves: the dates that a playbook gave follow, as they were shown, and others stay."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import change_initiative, foresee_go_live
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, move_action
from change_tracker.people.models import Person
from change_tracker.playbooks.models import Playbook, PlaybookStep
from change_tracker.playbooks.services import Outcome, apply_playbook, change_line, propose
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.playbooks.conftest import TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
BY: Any = {"actor": None, "now": NOW}


@pytest.fixture
def planned(playbook: Playbook, initiative: Initiative) -> dict[str, MitigationAction]:
    """The actions of the playbook that is applied, by the names of its lines."""
    applied = apply_playbook(playbook, initiative=initiative, **BY)
    slugs = dict(PlaybookStep.objects.values_list("action", "slug"))
    return {slugs[action.pk]: action for action in applied.planned}


def go_live(initiative: Initiative) -> date:
    day = Initiative.objects.get(pk=initiative.pk).go_live_on
    assert day
    return day


def login(person: Person) -> Any:
    assert person.user
    return person.user


def move(initiative: Initiative, to: date | None, now: Any = NOW) -> None:
    fresh = Initiative.objects.get(pk=initiative.pk)
    change_initiative(fresh, actor=None, now=now, go_live_on=to)


def due(initiative: Initiative) -> dict[str, date | None]:
    slugs = dict(PlaybookStep.objects.values_list("action", "slug"))
    rows = MitigationAction.objects.filter(initiative=initiative)
    return {slugs[pk]: day for pk, day in rows.values_list("pk", "due_on")}


def outcomes(playbook: Playbook, initiative: Initiative) -> dict[str, str]:
    fresh = Playbook.objects.get(pk=playbook.pk)
    lines = propose(fresh, Initiative.objects.get(pk=initiative.pk), TODAY).lines
    return {line.slug: line.outcome for line in lines if line.kind == "action"}


def test_every_date_moves_as_it_was_shown_and_back_again(
    initiative: Initiative, lead: Person, planned: dict[str, MitigationAction]
) -> None:
    before = due(initiative)
    first = next(iter(planned.values()))
    to = go_live(initiative) + 2 * WEEK
    shown = foresee_go_live(initiative, to=to, user=login(lead), today=TODAY)

    move(initiative, to)

    after = due(initiative)
    dated = {slug for slug, day in before.items() if day}
    assert {slug for slug in before if after[slug] != before[slug]} == dated
    assert all((after[slug] - before[slug]) == 2 * WEEK for slug in dated)  # type: ignore[operator]  # dated
    assert sorted((each.from_on, each.to_on) for each in shown) == sorted(
        (before[slug], after[slug]) for slug in dated
    )
    first.refresh_from_db()
    assert (first.version, first.due_revision) == (2, 2)
    of_it = AuditEvent.objects.filter(object_type="mitigationaction", object_id=first.pk)
    event = of_it.get(verb="changed")
    assert (event.scope, event.reason) == (initiative.audit_scope, "Go-live was moved.")
    assert event.changes == {"due_on": str(first.due_on)}
    move(initiative, to - 2 * WEEK)
    assert due(initiative) == before


def test_a_date_that_was_chosen_by_hand_stays_and_so_does_what_has_ended(
    initiative: Initiative, lead: Person, planned: dict[str, MitigationAction]
) -> None:
    chosen, ended, begun, renamed, *_rest = planned.values()
    change_action(chosen, due_on=TODAY + WEEK, **BY)
    move_action(ended, to="cancelled", reason="No need", **BY)
    move_action(begun, to="in_progress", **BY)
    change_action(renamed, title="In our words", **BY)
    to = go_live(initiative) + WEEK
    shown = foresee_go_live(initiative, to=to, user=login(lead), today=TODAY)

    move(initiative, to)

    said = {each.title: each for each in shown}
    assert not said[chosen.title].moves
    assert said[chosen.title].words == "its date was chosen by hand, and stays"
    assert ended.title not in said
    kept = MitigationAction.objects.in_bulk([each.pk for each in planned.values()])
    assert kept[chosen.pk].due_on == TODAY + WEEK
    assert kept[ended.pk].due_on == ended.due_on
    for each in (begun, renamed):
        assert each.due_on
        assert kept[each.pk].due_on == each.due_on + WEEK


def test_the_next_version_of_the_playbook_finds_nothing_edited(
    playbook: Playbook, initiative: Initiative, planned: dict[str, MitigationAction]
) -> None:
    change_action(planned["free-hours"], title="Edited here", **BY)

    move(initiative, go_live(initiative) + WEEK)

    assert set(outcomes(playbook, initiative).values()) == {Outcome.SAME}
    for line in playbook.actions.filter(slug__in=["say-why", "free-hours"]):
        change_line(line, description="Said better.", days=-30, **BY)
    told = outcomes(playbook, initiative)
    assert (told["say-why"], told["free-hours"]) == (Outcome.CHANGED, Outcome.EDITED)
    apply_playbook(Playbook.objects.get(pk=playbook.pk), initiative=initiative, **BY)
    taken = due(initiative)["say-why"]
    move(initiative, go_live(initiative) + WEEK)
    assert taken
    assert due(initiative)["say-why"] == taken + WEEK


def test_without_a_day_there_are_no_dates_until_there_is_one(
    playbook: Playbook, initiative: Initiative, lead: Person
) -> None:
    day = go_live(initiative)
    Initiative.objects.update(go_live_on=None)
    initiative.refresh_from_db()
    apply_playbook(playbook, initiative=initiative, **BY)
    assert set(due(initiative).values()) == {None}
    shown = foresee_go_live(initiative, to=day, user=login(lead), today=TODAY)
    assert {each.from_on for each in shown} == {None}

    move(initiative, day)
    given = due(initiative)
    assert {line.slug for line in playbook.actions.exclude(days=None)} == {
        slug for slug, on in given.items() if on
    }

    # Nothing to count from leaves the dates; the next day takes them along again.
    move(initiative, None)
    assert due(initiative) == given
    move(initiative, day + WEEK)
    assert due(initiative) != given


def test_what_is_late_stays_late_and_what_would_have_passed_is_due_at_once(
    initiative: Initiative, lead: Person, planned: dict[str, MitigationAction]
) -> None:
    day, given = go_live(initiative), due(initiative)
    first = min(planned.values(), key=lambda action: action.due_on or date.max)
    assert first.due_on
    later = NOW + (first.due_on - TODAY) + 3 * timedelta(days=1)
    today = TODAY + (later - NOW)

    # A day later only: what is three days late is late still.
    move(initiative, day + timedelta(days=1), now=later)
    assert MitigationAction.objects.get(pk=first.pk).due_on == first.due_on
    # Months later: it has time again.
    move(initiative, day + 8 * WEEK, now=later)
    fresh = MitigationAction.objects.get(pk=first.pk).due_on
    assert fresh
    assert fresh > today
    # Much sooner: nothing is due on a day that has passed.
    move(initiative, today + timedelta(days=1), now=later)
    assert all(on >= today for slug, on in due(initiative).items() if given[slug] and on)


def test_it_takes_as_many_statements_for_many_as_for_one(
    playbook: Playbook, initiative: Initiative, lead: Person
) -> None:
    apply_playbook(playbook, initiative=initiative, **BY)

    def statements() -> int:
        to = go_live(initiative) + WEEK
        with CaptureQueriesContext(connection) as queries:
            move(initiative, to)
        return len(queries)

    many = statements()
    keep = PlaybookStep.objects.filter(kind="action").first()
    assert keep
    PlaybookStep.objects.filter(kind="action").exclude(pk=keep.pk).update(days=None)
    assert statements() == many


def test_the_page_shows_what_follows_before_it_is_saved(
    initiative: Initiative,
    lead: Person,
    planned: dict[str, MitigationAction],
    sign_in: SignIn,
) -> None:
    factories.make_plan(initiative, title="Listening", state="published").audiences.create(
        audience=factories.make_audience(), due_rule="go_live", due_days=3
    )
    page = sign_in.page(lead)
    url = f"/change/i/{initiative.slug}/setup/edit/"
    to = go_live(initiative) + WEEK
    given = due(initiative)
    fresh = Initiative.objects.get(pk=initiative.pk)
    values = {
        "title": "A title just typed",
        "go_live_on": to.isoformat(),
        "version": fresh.version,
    }

    shown = page.post(url, values)

    assert shown.status_code == 200
    assert due(initiative) == given
    text, html = words(shown), shown.content.decode()
    assert "This is not saved yet." in text
    assert "A title just typed" in html
    assert next(iter(planned.values())).title in text
    assert "Listening The dates that people have stay until you assign the plan again." in text
    seen = shown.context["move"].digest
    assert f'name="seen" value="{seen}"' in html

    # Somebody chose another date meanwhile: what is shown is no longer what would happen.
    change_action(next(iter(planned.values())), due_on=TODAY, **BY)
    again = page.post(url, values | {"seen": seen})
    assert again.status_code == 200
    saved = page.post(url, values | {"seen": again.context["move"].digest})
    assert saved.status_code == 302
    assert go_live(initiative) == to
    assert due(initiative) != given


def test_the_api_shows_it_to_those_who_may_set_the_day(
    initiative: Initiative, lead: Person, sponsor: Person, planned: Any, sign_in: SignIn
) -> None:
    url = f"/change/api/v1/initiatives/{initiative.pk}/preview-go-live/"
    body = {"go_live_on": (go_live(initiative) + WEEK).isoformat()}

    with time_machine.travel(NOW, tick=False):
        answer = sign_in.api(lead).post(url, body, format="json")

    assert answer.status_code == 200
    first = answer.json()[0]
    assert first.keys() == {"title", "from_on", "to_on", "moves", "words"}
    assert first["moves"]
    assert sign_in.api(sponsor).post(url, body, format="json").status_code == 403
    assert go_live(initiative).isoformat() != body["go_live_on"]


@pytest.mark.parametrize("day", ["0026-12-07", "9999-12-31"])
def test_a_year_that_nobody_can_mean_is_a_typing_mistake(
    day: str, initiative: Initiative, lead: Person, planned: Any, sign_in: SignIn
) -> None:
    at = f"/change/api/v1/initiatives/{initiative.pk}/"
    api, body = sign_in.api(lead), {"go_live_on": day}
    typed = {"title": "Ours", "version": Initiative.objects.get(pk=initiative.pk).version}

    answers = (
        sign_in.page(lead).post(f"/change/i/{initiative.slug}/setup/edit/", typed | body),
        api.post(f"{at}preview-go-live/", body),
        api.patch(at, body),
    )

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert all("Look at the year" in answer.content.decode() for answer in answers)
