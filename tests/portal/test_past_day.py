"""An initiative as it stood on a past day: what rows and the trail say of it, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from change_tracker.core import audit
from change_tracker.initiatives.services import change_initiative, move_initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import (
    change_action,
    delete_action,
    move_action,
    place_action,
    plan_action,
)
from change_tracker.people.models import Person
from change_tracker.resistance.services.register import (
    move_resistance,
    record_resistance,
    review_resistance,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import overview_url, queries, words

pytestmark = pytest.mark.django_db


def at(day: int) -> datetime:
    """Noon of so many days ago."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=day)


def ago(day: int) -> str:
    return (TODAY - timedelta(days=day)).isoformat()


@pytest.fixture
def story(lead: Person, sponsor: Person, employee: Person) -> Any:
    """Opened 40 days ago; heard 30, worked on 20, done 10 days ago."""
    group = factories.make_audience(employee)
    initiative = factories.make_initiative(lead=lead, sponsor=sponsor, group=group, slug="desk")
    by: dict[str, Any] = {"actor": lead.user}
    audit.record(obj=initiative, verb="created", now=at(40), scope=initiative.audit_scope, **by)
    heard = record_resistance(
        initiative=initiative,
        source_type=factories.make_source_type(),
        statement="Our jobs go next",
        now=at(30),
        **by,
    )
    for level, day in ((5, 28), (2, 5)):
        reviewed_on = at(day).date()
        review_resistance(heard, level=level, reviewed_on=reviewed_on, now=at(day), **by)
    move_resistance(heard, to="assessed", now=at(28), **by)
    plan: dict[str, Any] = {"initiative": initiative, "sources": [heard], "kind": "coaching"}
    action = plan_action(title="Sit in", due_on=at(12).date(), now=at(25), **plan, **by)
    move_action(action, to="in_progress", now=at(20), **by)
    place_action(action, position=60, now=at(18), **by)
    change_action(action, due_on=date(2027, 1, 4), now=at(8), **by)
    move_action(action, to="done", now=at(7), **by)
    delete_action(plan_action(title="Mistake", now=at(24), **plan, **by), now=at(6), **by)
    factories.make_action(initiative, sources=[heard], title="Nobody knows since when")
    change_initiative(initiative, go_live_on=date(2027, 2, 1), now=at(4), **by)
    move_initiative(initiative, to="on_hold", now=at(3), **by)
    with time_machine.travel(NOW, tick=False):
        yield initiative


def test_a_past_day_shows_the_states_levels_and_figures_of_then(
    story: Any, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    def on(day: int) -> str:
        return words(page.get(overview_url("desk"), {"on": ago(day)}))

    before_work = on(27)
    assert "as it stood on" in before_work
    assert "Active" in before_work
    assert "Our jobs go next Fear" in before_work
    assert "Assessed 5 refusing" in before_work
    # An action of which nobody knows since when it is may have been the answer.
    assert "no answer yet" not in before_work
    assert "There were no actions." in before_work
    # Nobody knows when go-live was to be: it was changed since.
    assert "Go-live" not in before_work
    under_way = on(15)
    assert "In progress" in under_way
    assert "Sit in In progress we know how" in under_way
    assert "no answer yet" not in under_way
    assert "1 entry or action of then was deleted since." in under_way
    assert "1 is left out: it has no date from which it counts." in under_way
    assert "Nobody knows since when" not in under_way
    assert "This is the past" in under_way
    late = on(4)
    assert "Done" in late
    assert "2 doubting" in late
    assert "On hold" in on(1)
    story.mitigationactions.filter(title="Nobody knows since when").delete()
    assert "1 strong resistance has no answer yet." in on(27)
    assert "Nothing was in the register." in on(35)
    assert "was not there yet" in on(41)
    assert "on hold" in words(page.get(overview_url("desk"))).lower()


def test_what_nobody_knows_of_a_past_day_is_not_said(
    story: Any, lead: Person, hr: Person, employee: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(story)
    factories.make_enrolment(plan, employee, assigned_on=at(39).date(), due_on=at(26).date())
    plan.records.update(state="completed", completed_on=at(27).date())
    asked = {"on": ago(26)}

    told = words(sign_in.page(lead).get(overview_url("desk"), asked))
    of_hr = words(sign_in.page(hr).get(overview_url("desk"), asked))

    for said in (told, of_hr):
        assert "Training is on time. Active" in said


def test_what_somebody_lived_with_then_lacked_no_answer(
    lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead, sponsor=sponsor, slug="desk")
    lived_with = factories.make_source(
        initiative, state="accepted", approver=sponsor, review_on=TODAY + timedelta(days=9)
    )
    factories.make_review(lived_with, 5, reviewed_on=at(5).date())
    page = sign_in.page(lead)

    with time_machine.travel(NOW, tick=False):
        for asked in ({}, {"on": ago(2)}):
            assert "has no answer yet" not in words(page.get(overview_url("desk"), asked))


def test_a_day_that_is_not_over_is_today_and_the_register_leads_to_its_past(
    story: Any, lead: Person, hr: Person, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    for asked in (TODAY.isoformat(), "2099-01-01", "yesterday"):
        assert "as it stood on" not in words(page.get(overview_url("desk"), {"on": asked}))

    led: Any = page.get("/change/i/desk/resistance/", {"on": ago(15)})

    assert led.url == f"/change/i/desk/?on={ago(15)}#ct-entries"
    # HR reads figures, not what is heard; who is merely touched reads neither.
    told = words(sign_in.page(hr).get(overview_url("desk"), {"on": ago(15)}))
    assert "Sit in" in told
    assert "Our jobs go next" not in told
    assert sign_in.page(employee).get(overview_url("desk"), {"on": ago(15)}).status_code == 404


@pytest.mark.exhaustive
def test_a_past_day_costs_the_same_however_much_there_is(
    story: Any, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), f"{overview_url('desk')}?on={ago(15)}"
    before = len(queries(page, url))
    for _ in range(12):
        source = factories.make_source(story)
        factories.make_review(source, 3, reviewed_on=TODAY - timedelta(days=20))
        factories.make_action(story, sources=[source])

    assert len(queries(page, url)) == before <= 9
    assert MitigationAction.objects.filter(initiative=story).count() == 14
