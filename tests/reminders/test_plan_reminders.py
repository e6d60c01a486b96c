"""Planning: every step that is due becomes one reminder, once, in the mail of the day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders import attach as attach_module
from change_tracker.reminders.attach import attach
from change_tracker.reminders.claim import claim_digests
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.review import review
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.services import Wanted, complete_record, revise_plan
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def states() -> list[tuple[str, str, str]]:
    return sorted(Reminder.objects.values_list("step", "state", "closed_reason"))


def test_a_step_that_is_due_gets_a_reminder_in_the_digest_of_the_day(employee: Person) -> None:
    enrol(employee)

    planned = plan_reminders(now=NOW)

    reminder = Reminder.objects.get()
    assert (planned.planned, planned.attached) == (1, 1)
    assert (reminder.step, reminder.state, reminder.recipient) == ("due_7", "planned", employee)
    assert reminder.digest is not None
    assert (reminder.digest.local_on, reminder.digest.state) == (TODAY, "pending")
    # 08:00 in London in winter
    assert reminder.digest.available_at == NOW.replace(hour=8)


def test_planning_twice_plans_nothing_twice(employee: Person) -> None:
    enrol(employee)
    plan_reminders(now=NOW)

    again = plan_reminders(now=NOW + timedelta(minutes=1))

    assert (again.planned, again.attached) == (0, 0)
    assert (Reminder.objects.count(), Digest.objects.count()) == (1, 1)


@pytest.mark.parametrize("is_claimed", [False, True])
def test_what_another_planner_put_into_a_mail_before_is_left_there(
    employee: Person, is_claimed: bool
) -> None:
    mail = mail_of(employee)
    loosen()

    done = attach(now=NOW, may_begin=lambda: another_attaches(is_claimed=is_claimed))

    assert done == 0
    assert Reminder.objects.get().digest == mail
    assert list(Digest.objects.all()) == [mail], "an empty one for tomorrow"


def test_what_another_planner_puts_into_a_mail_beside_us_is_left_there(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where planners have no lock, the other may do so after we have read what waits for a mail."""
    mail = mail_of(employee)
    loosen()

    def after_the_other(*given: Any) -> Any:
        monkeypatch.undo()
        another_attaches(is_claimed=True)
        return paces(*given)

    paces = attach_module._paces
    monkeypatch.setattr(attach_module, "_paces", after_the_other)
    done = attach(now=NOW, may_begin=lambda: True)

    assert done == 0
    assert Reminder.objects.get().digest == mail, "it would leave a day later"


def mail_of(employee: Person) -> Digest:
    enrol(employee)
    plan_reminders(now=NOW)
    return Digest.objects.get()


def loosen() -> None:
    """As before any planner had found a mail for what is planned."""
    Reminder.objects.update(digest=None)


def another_attaches(*, is_claimed: bool) -> bool:
    """Another planner finds a mail for what is planned, which a worker may have taken by then."""
    assert attach(now=NOW, may_begin=lambda: True) == 1
    if is_claimed:
        assert claim_digests(now=NOW + DAY / 2, size=1)
    return True


@pytest.mark.parametrize(
    ("due_in", "assigned_ago", "step"),
    [
        # assigned on the day of the step, or after it: the notice named the date
        (7, 0, None),
        (5, 2, None),
        (1, 0, None),
        (0, 0, None),
        (1, 6, "due_1"),
        # late in any case, also when it was assigned too late to be done in time
        (-1, 0, "late_1"),
        (-5, 0, "late_4"),
        # a record of another system without the date of its assignment
        (7, None, "due_7"),
        (1, None, "due_1"),
    ],
)
def test_a_step_is_owed_to_who_got_it_before(
    employee: Person, due_in: int, assigned_ago: int | None, step: str | None
) -> None:
    enrol(employee, due_on=TODAY + due_in * DAY)
    assigned_on = None if assigned_ago is None else TODAY - assigned_ago * DAY
    Enrolment.objects.update(assigned_on=assigned_on)

    plan_reminders(now=NOW)

    by_date = Reminder.objects.exclude(step="assigned").values_list("step", flat=True)
    assert list(by_date) == ([step] if step else [])


def test_what_is_not_due_is_not_planned(employee: Person) -> None:
    enrol(employee, due_on=TODAY + 8 * DAY)

    assert plan_reminders(now=NOW).planned == 0


def test_an_assignment_of_today_is_told_once_for_all_its_items(employee: Person) -> None:
    enrol(employee, items=3, assigned_on=TODAY, due_on=TODAY + 3 * DAY)

    plan_reminders(now=NOW)

    assert states() == [("assigned", "planned", "")]


def revise(enrolment: Enrolment, due_on: date) -> TrainingRecord:
    """One more item for everyone who has the plan; the record of this one."""
    plan = enrolment.plan
    more = Wanted(
        activity=factories.make_activity(plan.initiative, title="Ride along"),
        due_rule="fixed",
        due_on=due_on,
    )
    items = [*map(Wanted.of, plan.items.all()), more]
    revise_plan(plan=plan, items=items, actor=None, today=TODAY, now=NOW)
    record: TrainingRecord = enrolment.records.get(activity=more.activity)
    return record


def test_what_a_revision_gives_is_told_once(employee: Person) -> None:
    enrolment = enrol(employee, due_on=TODAY + 30 * DAY, assigned_on=TODAY - 30 * DAY)
    record = revise(enrolment, TODAY + 5 * DAY)

    plan_reminders(now=NOW)
    plan_reminders(now=NOW + DAY)

    assert states() == [("added", "planned", "")]
    reminder = Reminder.objects.get()
    assert (reminder.kind, reminder.record) == ("training_added", record)
    plan_reminders(now=NOW + 4 * DAY)  # the last call names it, so the news need not go
    assert states() == [("added", "cancelled", "superseded"), ("due_1", "planned", "")]


def test_who_got_the_plan_on_the_same_day_reads_of_it_all_at_once(employee: Person) -> None:
    enrolment = enrol(employee, assigned_on=TODAY, due_on=TODAY + 30 * DAY)
    revise(enrolment, TODAY + 20 * DAY)

    plan_reminders(now=NOW)

    assert states() == [("assigned", "planned", "")]


def test_news_that_no_longer_hold_are_not_told(employee: Person) -> None:
    enrolment = enrol(employee, due_on=TODAY + 30 * DAY, assigned_on=TODAY - 30 * DAY)
    record = revise(enrolment, TODAY + 20 * DAY)
    plan_reminders(now=NOW)
    user: Any = employee.user
    complete_record(record=record, actor=user, today=TODAY, now=NOW)

    assert review(Digest.objects.all(), now=NOW, shared=frozenset()) == {}
    assert states() == [("added", "cancelled", "completed")]


def test_old_news_are_none(employee: Person) -> None:
    enrolment = enrol(employee, due_on=TODAY + 60 * DAY, assigned_on=TODAY - 30 * DAY)
    revise(enrolment, TODAY + 60 * DAY)

    assert plan_reminders(now=NOW + 20 * DAY).planned == 0


def test_everything_for_one_person_goes_into_one_digest(employee: Person, manager: Person) -> None:
    for due_on in (TODAY + 7 * DAY, TODAY + DAY, TODAY - DAY, TODAY - 30 * DAY):
        enrol(employee, due_on=due_on)
    enrol(manager)

    plan_reminders(now=NOW)

    assert Reminder.objects.filter(digest__recipient=employee).count() == 4
    assert Digest.objects.count() == 2


def test_after_an_outage_only_the_latest_step_goes(employee: Person) -> None:
    enrol(employee, due_on=TODAY + 7 * DAY)
    plan_reminders(now=NOW)

    planned = plan_reminders(now=NOW + 13 * DAY)

    assert planned.superseded == 1
    assert states() == [("due_7", "cancelled", "superseded"), ("late_4", "planned", "")]


def test_a_step_older_than_72_hours_expires(employee: Person) -> None:
    enrol(employee, due_on=TODAY + 2 * DAY)

    planned = plan_reminders(now=NOW)

    assert (planned.expired, planned.planned) == (1, 0)
    assert states() == [("due_7", "expired", "")]
    assert not Digest.objects.exists()


def test_being_late_is_said_after_any_time(outsider: Person) -> None:
    enrol(outsider, due_on=TODAY - 200 * DAY)

    assert plan_reminders(now=NOW).planned == 1


def test_a_new_date_is_a_new_reason_to_write(employee: Person) -> None:
    enrolment = enrol(employee)
    plan_reminders(now=NOW)
    enrolment.records.update(due_on=TODAY + 7 * DAY, due_revision=2)

    planned = plan_reminders(now=NOW)

    assert (planned.planned, planned.superseded) == (1, 1)
    keys = Reminder.objects.order_by("pk").values_list("dedupe_key", flat=True)
    record = enrolment.records.get().pk
    assert list(keys) == [f"training_due:r{record}:{employee.pk}:{n}:due_7" for n in (1, 2)]


def test_what_becomes_due_after_the_mail_left_goes_with_tomorrows(employee: Person) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    Digest.objects.update(state="sent", sent_at=NOW)
    enrol(employee, due_on=TODAY + DAY)

    plan_reminders(now=NOW)

    digest = Reminder.objects.get(step="due_1").digest
    assert digest is not None
    assert digest.local_on == TODAY + DAY


def test_a_mail_that_still_waits_takes_new_things_along(employee: Person) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    enrol(employee, due_on=TODAY + 2 * DAY)

    plan_reminders(now=NOW + DAY)

    assert Digest.objects.count() == 1
    assert Digest.objects.get().reminders.count() == 2


def test_what_joins_an_old_mail_does_not_expire_with_it(employee: Person) -> None:
    enrol(employee, due_on=TODAY - DAY)
    plan_reminders(now=NOW)
    later = NOW + 5 * DAY  # the server was down
    enrol(employee, due_on=later.date() + 7 * DAY)

    plan_reminders(now=later)

    new = Reminder.objects.get(step="due_7")
    assert new.digest == Digest.objects.get()
    assert new.expires_at == later.replace(hour=8) + 3 * DAY
    assert new.pk in review([new.digest], now=later, shared=frozenset())[new.digest.pk].reminder_ids


def test_what_is_due_on_a_weekend_leaves_on_monday(employee: Person) -> None:
    saturday = datetime.combine(date(2026, 11, 21), NOW.timetz())
    enrol(employee, due_on=date(2026, 11, 28))

    plan_reminders(now=saturday)

    digest = Digest.objects.get()
    assert digest.local_on == date(2026, 11, 23)
    assert digest.available_at == datetime(2026, 11, 23, 8, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(
    ("zone", "utc_hour", "steps"),
    [
        ("Pacific/Auckland", 12, ["due_7"]),  # already the 19th there
        ("America/Los_Angeles", 12, []),
        ("", 12, []),
        ("No/Where", 12, []),
    ],
)
def test_the_day_is_the_recipients(
    employee: Person, zone: str, utc_hour: int, steps: list[str]
) -> None:
    Person.objects.filter(pk=employee.pk).update(timezone=zone)
    enrol(employee, due_on=TODAY + 8 * DAY)

    plan_reminders(now=NOW.replace(hour=utc_hour))

    assert list(Reminder.objects.values_list("step", flat=True)) == steps


def test_a_person_abroad_is_written_to_at_eight_there(employee: Person) -> None:
    Person.objects.filter(pk=employee.pk).update(timezone="America/New_York")
    enrol(employee)

    plan_reminders(now=NOW)

    assert Digest.objects.get().available_at == NOW.replace(hour=13)


@pytest.mark.parametrize("state", ["draft", "cancelled", "closed"])
def test_other_initiatives_are_not_spoken_of(employee: Person, state: str) -> None:
    enrol(employee, state=state)

    assert plan_reminders(now=NOW).planned == 0


def test_an_initiative_on_hold_postpones_and_never_cancels(employee: Person) -> None:
    enrol(employee, state="on_hold")
    plan_reminders(now=NOW)
    assert not Digest.objects.exists()

    Initiative.objects.update(state="active")
    later = NOW + 6 * DAY
    planned = plan_reminders(now=later)

    assert planned.attached == 1
    reminder = Reminder.objects.get(state="planned")
    assert reminder.digest is not None
    assert reminder.digest.local_on == later.date()
    assert reminder.expires_at is not None
    assert reminder.expires_at > later


def test_what_waited_for_an_initiative_that_ended_is_closed(employee: Person) -> None:
    enrol(employee, state="on_hold")
    plan_reminders(now=NOW)
    Initiative.objects.update(state="cancelled")

    plan_reminders(now=NOW)

    assert states() == [("due_7", "cancelled", "withdrawn")]


@pytest.mark.parametrize("state", ["completed", "waived", "void"])
def test_work_that_is_done_or_gone_is_not_spoken_of(employee: Person, state: str) -> None:
    enrolment = enrol(employee)
    values: dict[str, Any] = {"left_on": TODAY}
    if state == "completed":
        values = {"completed_on": TODAY, "completed_at": timezone.now()}
    TrainingRecord.objects.filter(enrolment=enrolment).update(state=state, **values)

    assert plan_reminders(now=NOW).planned == 0


def test_optional_work_of_a_finished_plan_is_not_spoken_of(employee: Person) -> None:
    enrolment = enrol(employee)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="completed")

    assert plan_reminders(now=NOW).planned == 0


@pytest.mark.parametrize("tick", ["first", "second"])
def test_planning_takes_the_same_queries_for_one_and_for_many(
    tick: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    plan = factories.make_plan(factories.make_initiative())
    for amount in (1, 30):
        for _ in range(amount):
            enrol(factories.make_person(login=True), plan=plan)
        if tick == "second":
            plan_reminders(now=NOW)
        with django_assert_max_num_queries(60) as queries:
            plan_reminders(now=NOW)
        counts.append(len(queries))
        Reminder.objects.all().delete()

    assert counts[0] == counts[1]


def test_nothing_is_said_of_what_waits_for_its_turn(employee: Person) -> None:
    enrolment = enrol(employee)
    enrolment.records.update(opens_on=None)

    assert plan_reminders(now=NOW).planned == 0

    enrolment.records.update(opens_on=TODAY)
    assert plan_reminders(now=NOW).planned == 1


def test_a_mail_leaves_out_what_has_to_wait_again(employee: Person) -> None:
    enrolment = enrol(employee)
    plan_reminders(now=NOW)
    enrolment.records.update(opens_on=None)

    assert review(Digest.objects.all(), now=NOW, shared=frozenset()) == {}
    assert states() == [("due_7", "cancelled", "superseded")]
