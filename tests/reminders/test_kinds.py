"""The kinds beside one's own training: what is told, to whom, once, and in which words."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.services import change_action, move_action
from change_tracker.people.models import Person
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.review import review
from change_tracker.resistance.services.register import change_resistance
from change_tracker.training.models import TrainingPlan
from change_tracker.training.services import (
    change_session,
    create_session,
    delete_session,
    grant_time,
    refuse_time,
)
from change_tracker.training.states import PLAN
from change_tracker.voice.services import answer_feedback
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol
from tests.reminders.test_ladder import told

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


def kinds(**of: Any) -> list[str]:
    """What is planned and not closed, once everything was read again."""
    review(Digest.objects.filter(state="pending"), now=NOW, shared=frozenset())
    return sorted(Reminder.objects.planned().filter(**of).values_list("kind", flat=True))


def test_an_action_is_the_owners_then_the_leads_and_a_new_date_or_owner_begins_anew(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    factories.make_role(initiative, employee, "change_agent")
    action = factories.make_action(
        initiative, title="Walk the floor", owner=employee, due_on=TODAY - 8 * DAY
    )
    nobodys = factories.make_action(initiative, title="Ask the depot", due_on=TODAY + 2 * DAY)
    by: Any = {"actor": lead.user, "now": NOW}

    plan_reminders(now=NOW)
    mails = told()

    assert "Walk the floor" in mails[employee.display_name]
    assert f"{employee.display_name} owns this" in mails[lead.display_name]
    assert "nobody owns this" in mails[lead.display_name]
    assert Reminder.objects.filter(action=nobodys).count() == 1
    # Back and forth: each date is a new reason to write, and what was planned is replaced.
    change_action(action, due_on=TODAY + DAY, **by)
    change_action(action, due_on=TODAY - 8 * DAY, **by)
    plan_reminders(now=NOW)
    assert kinds(recipient=employee) == ["action_late"]
    change_action(action, owner=lead, **by)
    plan_reminders(now=NOW)
    assert (kinds(recipient=employee), kinds(recipient=lead, action=action)) == (
        [],
        ["action_late"],
    )
    move_action(action, to="in_progress", **by)
    move_action(action, to="done", **by)
    assert kinds(action=action) == []


def test_what_others_are_told_of_the_same_things_replaces_nothing(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    first = factories.make_action(initiative, title="Ask the depot", due_on=TODAY + 2 * DAY)
    plan_reminders(now=NOW)
    assert kinds(recipient=lead, action=first) == ["action_due"]
    # A second lead is new to the first action, the first lead to a second one.
    factories.make_role(initiative, employee, "lead")
    second = factories.make_action(initiative, title="Ask the shop", due_on=TODAY + 2 * DAY)

    planned = plan_reminders(now=NOW)

    assert (planned.planned, planned.superseded) == (3, 0)
    for action in (first, second):
        assert kinds(action=action) == ["action_due", "action_due"]


def test_resistance_is_looked_at_again_on_its_day(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    factories.make_role(initiative, employee, "coach")
    source = factories.make_source(initiative, owner=employee, review_on=TODAY)

    plan_reminders(now=NOW)

    assert "To look at again" in told()[employee.display_name]
    assert kinds() == ["review_due"]
    change_resistance(source, review_on=TODAY + 30 * DAY, actor=lead.user, now=NOW)
    assert kinds() == []


def test_an_objective_is_measured_again_a_month_after_its_last_reading(
    initiative: Initiative, lead: Person
) -> None:
    goal = factories.make_objective(initiative, title="Calls solved at once")
    factories.make_measurement(goal, 60, measured_on=TODAY - 30 * DAY)

    plan_reminders(now=NOW)

    assert "To be measured: “Calls solved at once”" in told()[lead.display_name]
    factories.make_measurement(goal, 62, measured_on=TODAY)
    plan_reminders(now=NOW)
    assert kinds() == []


def test_who_asks_for_more_time_waits_for_the_manager_and_reads_the_answer(
    initiative: Initiative, employee: Person, manager: Person, lead: Person
) -> None:
    plan = factories.make_plan(initiative)
    record = enrol(employee, plan=plan, due_on=TODAY + 20 * DAY).records.get()
    alone = factories.make_person("Kit Rowe", login=True)
    theirs = enrol(alone, plan=plan, due_on=TODAY + 20 * DAY).records.get()
    asked = [factories.make_request(each, asked_on=TODAY) for each in (record, theirs)]

    plan_reminders(now=NOW)
    mails = told()

    assert f"{employee.display_name} asks for more time" in mails[manager.display_name]
    assert f"{alone.display_name} asks for more time" in mails[lead.display_name]
    decide: Any = {"actor": lead.user, "today": TODAY, "now": NOW}
    grant_time(request=asked[0], due_on=TODAY + 40 * DAY, **decide)
    refuse_time(request=asked[1], answer="Before go-live, please.", **decide)
    plan_reminders(now=NOW)
    assert kinds(to="self", recipient=manager) == []
    mails = told()
    assert "you have until" in mails[employee.display_name]
    assert "the date stays" in mails[alone.display_name]
    assert "Before go-live, please." in mails[alone.display_name]


def test_a_concern_is_told_to_the_team_and_its_answer_to_who_spoke_never_what_it_says(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    by: Any = {"actor": lead.user, "today": TODAY, "now": NOW}
    item = factories.make_feedback(
        initiative, employee, text="My secret words", raised_on=TODAY, promised_on=TODAY + 3 * DAY
    )

    plan_reminders(now=NOW)
    mails = told()

    assert "1 person waits for an answer about “One Front Door”" in mails[lead.display_name]
    answer_feedback(item=item, disposition="explained", text="Our secret answer", **by)
    plan_reminders(now=NOW)
    assert kinds() == ["concern_answered"]
    mails |= told()
    assert "There is an answer for you" in mails[employee.display_name]
    whole = "".join(mails.values())
    assert "secret" not in whole
    assert employee.display_name not in mails[lead.display_name]


def test_a_session_is_announced_moved_and_cancelled_for_those_who_have_it_to_do(
    initiative: Initiative, lead: Person, employee: Person, outsider: Person
) -> None:
    activity = factories.make_activity(initiative, title="Listen")
    plan = factories.make_plan(initiative, items=[activity])
    enrol(employee, plan=plan, due_on=TODAY + 60 * DAY)
    by: Any = {"actor": lead.user, "now": NOW}
    at: Any = {"starts_at": NOW + 9 * DAY, "ends_at": NOW + 9 * DAY + timedelta(hours=1)}
    session = create_session(
        initiative=initiative, activity=activity, timezone="Europe/London", **at, **by
    )

    plan_reminders(now=NOW)
    plan_reminders(now=NOW)

    assert "Listen: there is a date" in told()[employee.display_name]
    assert kinds() == ["session_dated"]
    change_session(session, place="Canteen", **by)
    plan_reminders(now=NOW)
    assert kinds() == ["session_moved"]
    delete_session(session, **by)
    plan_reminders(now=NOW)
    assert "the session does not take place" in told()[employee.display_name]
    assert kinds() == ["session_cancelled"]
    assert not Reminder.objects.filter(recipient=outsider).exists()


def test_a_plan_is_news_for_those_who_carry_it_to_people(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    factories.make_role(initiative, employee, "coach")
    plan: TrainingPlan = factories.make_plan(initiative, title="First weeks", state="draft")

    PLAN.move(plan, to="published", actor=lead.user, now=NOW)
    plan_reminders(now=NOW)

    assert "Published: training plan “First weeks”" in told()[employee.display_name]
    assert kinds(recipient=employee) == ["plan_published"]
    TrainingPlan.objects.update(revised_on=TODAY, revision=2)
    plan_reminders(now=NOW)
    assert "Changed: training plan" in told()[employee.display_name]
    assert kinds(recipient=employee) == ["plan_changed"]


def test_training_to_be_done_again_says_so(employee: Person) -> None:
    enrol(employee, cycle=2, assigned_on=TODAY, due_on=TODAY + 60 * DAY)

    plan_reminders(now=NOW)

    assert "TO BE DONE AGAIN" in told()[employee.display_name]
    assert kinds() == ["training_expiring"]


def test_a_hold_postpones_what_is_told_of_others_work_and_an_end_closes_it(
    initiative: Initiative, employee: Person
) -> None:
    factories.make_role(initiative, employee, "coach")
    factories.make_action(initiative, owner=employee, due_on=TODAY - DAY)
    plan_reminders(now=NOW)

    Initiative.objects.update(state="on_hold")
    assert told() == {}
    assert kinds() == ["action_late"]
    Initiative.objects.update(state="active")
    plan_reminders(now=NOW)
    assert set(told()) == {employee.display_name}

    Initiative.objects.update(state="closed")
    assert kinds() == []
    assert Reminder.objects.get(state="cancelled").closed_reason == "withdrawn"
