"""Sending: through a real mail server, with everything read again just before."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.services import retry_digest
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.services import grant_time
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def tick(now: Any = NOW) -> Drained:
    plan_reminders(now=now)
    return drain(clock=at(now))


def test_a_digest_leaves_once(employee: Person, sink: Sink) -> None:
    enrolment = enrol(employee)

    done, again = tick(), tick()

    assert (done.sent, again.sent) == (1, 0)
    (arrived,) = sink.mails
    digest = Digest.objects.get()
    assert arrived.to == (employee.email,)
    assert arrived.message_id == digest.message_id
    assert (digest.state, digest.sent_at, digest.lease_token) == ("sent", NOW, None)
    assert Reminder.objects.get().state == "sent"
    attempt = Attempt.objects.get()
    assert (attempt.n, attempt.outcome, attempt.finished_at) == (1, "sent", NOW)
    link = f"https://intranet.example/change/t/{enrolment.records.get().pk}/"
    assert link in arrived.part("plain")
    assert link in arrived.part("html")


def test_one_connection_carries_many_mails(sink: Sink) -> None:
    plan = factories.make_plan(factories.make_initiative())
    for _ in range(5):
        enrol(factories.make_person(), plan=plan)

    assert tick().sent == 5
    assert sink.connections == 1


def test_nothing_leaves_before_its_time(employee: Person, sink: Sink) -> None:
    enrol(employee)

    assert tick(NOW.replace(hour=7)).sent == 0
    assert tick(NOW.replace(hour=8)).sent == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [("completed", "completed"), ("waived", "waived"), ("void", "withdrawn")],
)
def test_what_was_finished_meanwhile_is_left_out(
    employee: Person, sink: Sink, state: str, reason: str
) -> None:
    done, still_open = enrol(employee), enrol(employee, due_on=TODAY - DAY)
    plan_reminders(now=NOW)
    TrainingRecord.objects.filter(enrolment=done).update(
        state=state,
        completed_on=TODAY if state == "completed" else None,
        left_on=None if state == "completed" else TODAY,
    )

    drain(clock=at())

    (arrived,) = sink.mails
    assert str(still_open.records.get().activity) in arrived.part("plain")
    assert str(done.records.get().activity) not in arrived.part("plain")
    closed = Reminder.objects.get(record__enrolment=done)
    assert (closed.state, closed.closed_reason) == ("cancelled", reason)


def _complete(person: Person) -> None:
    TrainingRecord.objects.update(state="completed", completed_on=TODAY)


def _withdraw(person: Person) -> None:
    Enrolment.objects.update(state="withdrawn")


def _leave(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(ends_on=TODAY - DAY)


def _lose_address(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(email="", user=None)


def _new_date(person: Person) -> None:
    TrainingRecord.objects.update(due_revision=2, due_on=TODAY + 30 * DAY)


def _more_time(person: Person) -> None:
    assert person.manager is not None
    assert person.manager.user is not None
    request = factories.make_request(TrainingRecord.objects.get(person=person))
    grant_time(
        request=request,
        due_on=TODAY + 30 * DAY,
        actor=person.manager.user,
        today=TODAY,
        now=NOW,
    )


def _end(person: Person) -> None:
    Initiative.objects.update(state="closed")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (_complete, "completed"),
        (_withdraw, "withdrawn"),
        (_leave, "left"),
        (_lose_address, "unreachable"),
        (_new_date, "superseded"),
        (_more_time, "superseded"),
        (_end, "withdrawn"),
    ],
)
def test_with_nothing_left_to_say_there_is_no_mail(
    employee: Person, sink: Sink, event: Any, reason: str
) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    event(employee)

    done = drain(clock=at())

    assert (done.closed, done.sent, sink.mails) == (1, 0, [])
    reminder, digest = Reminder.objects.get(), Digest.objects.get()
    assert (reminder.state, reminder.closed_reason) == ("cancelled", reason)
    assert (digest.state, digest.attempts) == ("closed", 0)
    assert not Attempt.objects.exists()


def test_a_notice_of_an_assignment_that_is_done_by_now_is_not_sent(
    employee: Person, sink: Sink
) -> None:
    enrolment = enrol(employee, assigned_on=TODAY)
    plan_reminders(now=NOW)
    enrolment.records.update(state="completed", completed_on=TODAY)

    assert drain(clock=at()).closed == 1


def test_an_initiative_put_on_hold_meanwhile_waits_and_goes_on(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    Initiative.objects.update(state="on_hold")
    assert drain(clock=at()).closed == 1
    assert Reminder.objects.get().state == "planned"

    Initiative.objects.update(state="active")
    later = NOW + DAY
    assert tick(later).sent == 1
    assert len(sink.mails) == 1


def test_what_waited_too_long_for_its_server_expires(employee: Person, sink: Sink) -> None:
    enrol(employee)
    plan_reminders(now=NOW)

    done = drain(clock=at(NOW + 4 * DAY))

    assert (done.closed, Reminder.objects.get().state) == (1, "expired")


def test_stopping_gives_back_what_was_claimed(sink: Sink) -> None:
    plan = factories.make_plan(factories.make_initiative())
    for _ in range(3):
        enrol(factories.make_person(), plan=plan)
    plan_reminders(now=NOW)

    done = drain(clock=at(), should_stop=lambda: len(sink.mails) == 1)

    assert (done.sent, done.released) == (1, 2)
    assert Digest.objects.filter(state="pending", lease_token=None).count() == 2


def test_each_mail_takes_the_same_queries_whatever_is_in_it(
    sink: Sink, django_assert_max_num_queries: Any
) -> None:
    counts = []
    plan = factories.make_plan(factories.make_initiative(), items=1)
    more = factories.make_plan(factories.make_initiative(), items=10)
    for each in (plan, more):
        enrol(factories.make_person(), plan=each)
        plan_reminders(now=NOW)
        with django_assert_max_num_queries(40) as queries:
            assert drain(clock=at()).sent == 1
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(("is_held", "left", "state"), [(False, 1, "sent"), (True, 0, "dead")])
def test_after_a_crash_in_the_second_of_sending_the_step_says_who_decides(
    employee: Person, sink: Sink, is_held: bool, left: int, state: str
) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    Reminder.objects.update(holds_on_doubt=is_held)
    # The attempt is on record, and whoever made it is gone.
    digest = Digest.objects.get()
    Attempt.objects.create(digest=digest, n=1, started_at=NOW)
    Digest.objects.update(attempts=1)

    tick()

    digest.refresh_from_db()
    assert (len(sink.mails), digest.state) == (left, state)
    assert digest.attempt_rows.get(n=1).outcome == "unknown"
    if is_held:
        retry_digest(digest, actor=None, now=NOW)
        tick()
        assert [each.message_id for each in sink.mails] == [digest.message_id]
