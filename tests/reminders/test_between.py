"""What somebody else does between what was read of the outbox and what is written is not undone."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.reminders import ahead, plan
from change_tracker.reminders.ahead import ask_ahead, look_ahead
from change_tracker.reminders.channels import Couriers
from change_tracker.reminders.inbox import inbox_of, lines_of
from change_tracker.reminders.models import Attempt, Digest, MailPreference, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.review import review
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import be_quiet, set_preference
from tests.between import before
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SATURDAY, MONDAY = NOW + 3 * DAY, NOW + 5 * DAY


def plan_for_monday(employee: Person) -> None:
    """A step of the weekend, which gives way to the next one on Monday."""
    enrol(employee, due_on=SATURDAY.date() + DAY)
    plan_reminders(now=SATURDAY)


def test_what_is_planned_for_a_new_date_outlives_a_planner_that_read_the_old_one(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment = enrol(employee, due_on=TODAY + 7 * DAY)

    def after_the_other(*given: Any) -> Any:
        found = owed(*given)
        if found:
            monkeypatch.undo()
            enrolment.records.update(due_on=TODAY + DAY, due_revision=2)
            assert plan_reminders(now=NOW).planned == 1
        return found

    owed: Any = vars(plan)["owed"]
    monkeypatch.setattr(plan, "owed", after_the_other)
    plan_reminders(now=NOW)

    told = review(Digest.objects.all(), now=NOW, shared=frozenset())
    assert [each.reminder_ids for each in told.values()] == [
        [Reminder.objects.get(due_revision=2).pk]
    ]


def test_a_mail_that_a_worker_finds_empty_takes_what_is_planned_in_its_place(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Monday the step of the weekend gives way to the next, while a worker is at the mail."""
    plan_for_monday(employee)
    assert Digest.objects.get().local_on == MONDAY.date()
    attach = vars(plan)["attach"]

    def after_a_worker(**given: Any) -> Any:
        assert drain(clock=at(MONDAY)).closed == 1
        return attach(**given)

    monkeypatch.setattr(plan, "attach", after_a_worker)
    plan_reminders(now=MONDAY)
    done = drain(clock=at(MONDAY))

    assert (done.sent, Digest.objects.get().local_on) == (1, MONDAY.date()), "not a day later"
    sent = Reminder.objects.get(state="sent")
    assert (sent.step, sent.digest) == ("late_1", Digest.objects.get())


def test_what_is_in_a_mail_that_leaves_while_the_next_step_is_planned_was_sent(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_for_monday(employee)
    deliver = Couriers.deliver

    def and_plan(couriers: Any, parcel: Any) -> Any:
        assert plan_reminders(now=MONDAY).planned == 1
        return deliver(couriers, parcel)

    monkeypatch.setattr(Couriers, "deliver", and_plan)
    assert drain(clock=at(MONDAY)).sent == 1

    told = [lines_of(each) for each in inbox_of(employee.user)]  # type: ignore[arg-type]  # has one
    assert [len(lines) for lines in told] == [1], "the inbox says what the mail was about"


@pytest.mark.parametrize("outcome", ["refused", "unknown"])
def test_a_mail_that_was_tried_and_has_nothing_left_to_say_is_not_used_again(
    employee: Person, outcome: str
) -> None:
    """Who got it all the same would take the next one of that name for the same."""
    enrolment = enrol(employee)
    plan_reminders(now=NOW)
    tried = Digest.objects.get()
    Attempt.objects.create(digest=tried, n=1, started_at=NOW, outcome=outcome)
    enrolment.records.update(due_revision=2)
    assert drain(clock=at()).closed == 1

    plan_reminders(now=NOW)

    assert Reminder.objects.get(state="planned").digest != tried


def test_a_quiet_week_shortens_no_break_that_is_chosen_at_the_same_moment(
    employee: Person,
) -> None:
    def choose() -> None:
        set_preference(person=employee, actor=None, now=NOW, quiet_until=TODAY + 60 * DAY)

    with before("SELECT .*change_tracker_person", choose):
        be_quiet(person=employee, actor=None, today=TODAY, now=NOW)

    assert MailPreference.objects.get().quiet_until == TODAY + 60 * DAY


def test_a_mail_that_is_tried_while_a_wish_is_written_keeps_its_log(employee: Person) -> None:
    enrol(employee)
    plan_reminders(now=NOW)

    def fail() -> None:
        """A worker claimed it, tried it in vain, and gave it back."""
        Digest.objects.update(attempts=1)
        Attempt.objects.create(digest=Digest.objects.get(), n=1, started_at=NOW, outcome="unknown")

    with before(r"digest.\..id. IN \(", fail):
        set_preference(person=employee, actor=None, now=NOW, from_hour=9)

    assert Attempt.objects.get().digest == Reminder.objects.get().digest


def test_what_is_asked_for_while_it_is_worked_out_is_worked_out_again(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask_ahead(person=employee, now=NOW)
    lines = ahead._lines

    def and_ask(*given: Any) -> Any:
        found = lines(*given)
        ask_ahead(person=employee, now=NOW + timedelta(seconds=5))
        return found

    monkeypatch.setattr(ahead, "_lines", and_ask)
    look_ahead(clock=at(NOW + timedelta(seconds=1)))

    row.refresh_from_db()
    assert row.is_waiting
