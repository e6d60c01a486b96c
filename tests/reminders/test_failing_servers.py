"""Failing mail servers and workers: what is repeated, what is given up, and what the log says."""

import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.template import VariableDoesNotExist

from change_tracker import signals
from change_tracker.people.models import Person
from change_tracker.reminders import prepare as preparing
from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.claim import claim_digests
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Attempt, Digest
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.prepare import known_at, prepare
from change_tracker.reminders.send import drain
from change_tracker.reminders.services import NotDeadError, retry_digest
from tests.factories import NOW
from tests.reminders.conftest import at, enrol, use_server
from tests.reminders.sink import Sink, dripping, free_port

pytestmark = pytest.mark.django_db


def tick(now: Any = NOW) -> Drained:
    plan_reminders(now=now)
    return drain(clock=at(now))


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
    claims = claim_digests(now=NOW, size=10)
    prepare(claims, now=NOW, done=Drained(), known=known_at(NOW))  # and then the machine goes away

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
        claims = claim_digests(now=now, size=10)
        assert len(prepare(claims, now=now, done=Drained(), known=known_at(now))) == 1

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


def test_a_handshake_that_never_ends_is_cut_off_too(employee: Person, settings: Any) -> None:
    """Nobody can cut a socket that the handshake has to itself; so each wait has an end."""
    settings.CHANGE_TRACKER = {"MAIL_DEADLINE_SECONDS": 1, "LEASE_SECONDS": 5}
    enrol(employee)
    plan_reminders(now=NOW)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_server(settings, silent.getsockname()[1], use_ssl=True)
        if not hasattr(mail, "mailers"):
            settings.EMAIL_TIMEOUT = None
        else:
            settings.MAILERS["default"]["OPTIONS"]["timeout"] = None
        began = time.monotonic()
        done = drain(clock=at())

    assert time.monotonic() - began < 4
    assert done == Drained(deferred=1)


def test_a_header_with_a_line_break_is_refused(
    employee: Person, manager: Person, sink: Sink, settings: Any
) -> None:
    enrol(employee)
    enrol(manager)
    settings.CHANGE_TRACKER = {"FROM_EMAIL": "a@example.org\nBcc: all@example.org"}

    assert tick().dead == 2
    assert sink.mails == []


def test_a_mail_that_cannot_be_written_holds_up_nobody_else(
    employee: Person, manager: Person, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a host's own template stumbles over something that one person alone has."""
    enrol(employee)
    enrol(manager)
    plan_reminders(now=NOW)

    def stumble(letter: Any, **options: Any) -> Any:
        if letter.to.person == employee:
            raise VariableDoesNotExist("nickname of %s", (employee.email,))
        return compose(letter, **options)

    monkeypatch.setattr(preparing, "compose", stumble)
    done = drain(clock=at())

    assert done == Drained(sent=1, deferred=1)
    attempt = Attempt.objects.get(outcome="deferred")
    assert attempt.detail == "it could not be written: VariableDoesNotExist"
    assert attempt.digest.recipient == employee
    monkeypatch.undo()
    assert drain(clock=at(NOW + timedelta(minutes=2))) == Drained(sent=1)


def test_what_was_claimed_is_given_back_when_reading_it_fails(
    employee: Person, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(employee)
    enrol(manager)
    plan_reminders(now=NOW)

    def fail(*args: Any, **options: Any) -> Any:
        raise OperationalError("deadlock")

    with monkeypatch.context() as patched:
        patched.setattr(preparing, "review", fail)
        with pytest.raises(OperationalError):
            drain(clock=at())

    assert set(Digest.objects.values_list("state", "lease_token")) == {("pending", None)}


def test_a_lease_that_is_shorter_than_the_deadline_is_refused(settings: Any) -> None:
    for lease in (60, 75):  # with the goodbye and what is around the sending
        settings.CHANGE_TRACKER = {"MAIL_DEADLINE_SECONDS": 60, "LEASE_SECONDS": lease}

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
