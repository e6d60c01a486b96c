"""Sending: through a real mail server, with everything read again just before."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from change_tracker import signals
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.claim import claim_digests
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import Drained, drain, prepare
from change_tracker.reminders.services import NotDeadError, retry_digest
from change_tracker.training.models import Enrolment, TrainingRecord
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol, use_server
from tests.reminders.sink import Sink, dripping, free_port

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


@pytest.mark.parametrize("answer", ["421 busy", "451 try later"])
def test_a_temporary_refusal_is_repeated_later(employee: Person, sink: Sink, answer: str) -> None:
    enrol(employee)
    sink.answer = answer

    assert tick().deferred == 1

    digest, attempt = Digest.objects.get(), Attempt.objects.get()
    assert (digest.state, attempt.outcome, attempt.smtp_code) == (
        "pending",
        "deferred",
        int(answer[:3]),
    )
    waited = (digest.available_at - NOW).total_seconds()
    assert 48 <= waited <= 72
    sink.answer = "250 OK"
    assert drain(clock=at(NOW)).sent == 0
    assert drain(clock=at(NOW + timedelta(minutes=2))).sent == 1
    assert sink.mails[0].message_id == digest.message_id


def test_a_final_refusal_ends_it_and_is_announced(
    employee: Person, sink: Sink, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []
    signals.reminder_failed.connect(lambda **told: heard.append(told["digest"]), weak=False)
    enrol(employee)
    sink.refuse[employee.email] = f"550 no such user {employee.email}"

    with django_capture_on_commit_callbacks(execute=True):
        assert tick().dead == 1

    digest, attempt = Digest.objects.get(), Attempt.objects.get()
    assert (digest.state, attempt.outcome, attempt.smtp_code) == ("dead", "refused", 550)
    assert employee.email not in attempt.detail
    assert heard == [digest]


def test_when_the_attempts_are_used_up_it_is_given_up(
    employee: Person, sink: Sink, settings: Any
) -> None:
    settings.CHANGE_TRACKER = {"SITE_URL": "https://x.example", "RETRY_MINUTES": (1, 5)}
    enrol(employee)
    sink.answer = "451 no"
    plan_reminders(now=NOW)

    ends = [drain(clock=at(NOW + timedelta(minutes=n))) for n in (0, 2, 20)]

    assert [each.dead for each in ends] == [0, 0, 1]
    assert Digest.objects.get().attempts == 3


def test_no_server_at_all_is_repeated_later(employee: Person, settings: Any) -> None:
    use_server(settings, free_port())
    enrol(employee)

    assert tick().deferred == 1
    assert "ConnectionRefusedError" in Attempt.objects.get().detail


def test_a_lost_answer_is_unknown_and_repeated_once_with_the_same_id(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    sink.drop_after_data = True

    assert tick().deferred == 1
    assert drain(clock=at(NOW + timedelta(minutes=2))).dead == 1

    assert [each.outcome for each in Attempt.objects.all()] == ["unknown", "unknown"]
    assert list(sink.times_by_id().values()) == [2]


def test_a_worker_that_died_while_sending_leaves_an_unknown_attempt(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    (claim,) = claim_digests(now=NOW, size=10)
    prepare(claim, now=NOW, done=Drained(), shared=frozenset())  # and then the machine goes away

    assert drain(clock=at(NOW + timedelta(seconds=299))).sent == 0
    assert drain(clock=at(NOW + timedelta(seconds=301))).sent == 1

    outcomes = [(each.n, each.outcome) for each in Attempt.objects.order_by("n")]
    assert outcomes == [(1, "unknown"), (2, "sent")]


def test_a_worker_that_died_twice_while_sending_needs_a_person(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    for minutes in (0, 6):
        now = NOW + timedelta(minutes=minutes)
        (claim,) = claim_digests(now=now, size=10)
        assert prepare(claim, now=now, done=Drained(), shared=frozenset()) is not None

    assert drain(clock=at(NOW + timedelta(minutes=12))).dead == 1
    assert sink.mails == []


def test_sending_again_by_hand_starts_over_and_keeps_the_log(
    employee: Person, sink: Sink, hr: Person
) -> None:
    enrol(employee)
    sink.answer = "550 no"
    tick()
    sink.answer = "250 OK"

    retry_digest(Digest.objects.get(), actor=hr.user, now=NOW)

    assert drain(clock=at()).sent == 1
    outcomes = [(each.n, each.outcome) for each in Attempt.objects.order_by("n")]
    assert outcomes == [(1, "refused"), (2, "sent")]
    with pytest.raises(NotDeadError):
        retry_digest(Digest.objects.get(), actor=hr.user, now=NOW)


@pytest.mark.parametrize(
    "before", [b"", b"220 hello\r\n"], ids=["while greeting", "after the greeting"]
)
def test_a_server_that_drips_is_cut_off_at_the_deadline(
    employee: Person, settings: Any, before: bytes
) -> None:
    settings.CHANGE_TRACKER = {"MAIL_DEADLINE_SECONDS": 1, "LEASE_SECONDS": 5}
    enrol(employee)
    plan_reminders(now=NOW)

    with dripping(b"250-slow ", before=before) as port:
        use_server(settings, port)
        began = time.monotonic()
        done = drain(clock=at())

    assert time.monotonic() - began < 4
    assert (done.deferred, Attempt.objects.get().detail) == (1, "took longer than the deadline")


def test_a_header_with_a_line_break_is_refused(
    employee: Person, manager: Person, sink: Sink, settings: Any
) -> None:
    enrol(employee)
    enrol(manager)
    settings.CHANGE_TRACKER = {"FROM_EMAIL": "a@example.org\nBcc: all@example.org"}

    assert tick().dead == 2
    assert sink.mails == []


def test_stopping_gives_back_what_was_claimed(sink: Sink) -> None:
    plan = factories.make_plan(factories.make_initiative())
    for _ in range(3):
        enrol(factories.make_person(), plan=plan)
    plan_reminders(now=NOW)

    done = drain(clock=at(), should_stop=lambda: len(sink.mails) == 1)

    assert (done.sent, done.released) == (1, 2)
    assert Digest.objects.filter(state="pending", lease_token=None).count() == 2


def test_a_lease_that_is_shorter_than_the_deadline_is_refused(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"MAIL_DEADLINE_SECONDS": 60, "LEASE_SECONDS": 60}

    with pytest.raises(ImproperlyConfigured):
        drain(clock=at())


@pytest.mark.skipif(not hasattr(mail, "mailers"), reason="Django 6.1 has MAILERS")
def test_without_a_mailer_it_fails_before_anything_is_claimed(
    employee: Person, settings: Any
) -> None:
    settings.MAILERS = {}
    enrol(employee)

    with pytest.raises(ImproperlyConfigured):
        tick()

    assert Digest.objects.get().state == "pending"


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
