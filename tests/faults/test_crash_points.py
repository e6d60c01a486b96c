"""A worker that dies at each named point: what the next one finds, and what the person gets.

The last table of the design, line by line, for both policies on doubt.
"""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.reminders import plan as planning
from change_tracker.reminders import send as sending
from change_tracker.reminders.channels import Couriers
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.services import retry_digest
from tests import factories
from tests.factories import NOW
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = timedelta(minutes=5)
Patch = Callable[[pytest.MonkeyPatch], None]


class Killed(BaseException):
    """No `except` of ours may see it, as nothing sees a kill."""


def die(*_args: Any, **_options: Any) -> Any:
    raise Killed


def after(module: Any, name: str) -> Patch:
    """Dies when the function has done its work."""
    known = getattr(module, name)

    def work_and_die(*args: Any, **options: Any) -> Any:
        known(*args, **options)
        raise Killed

    return lambda patched: patched.setattr(module, name, work_and_die)


def before(module: Any, name: str) -> Patch:
    """Dies before the function begins."""
    return lambda patched: patched.setattr(module, name, die)


def reply_unread(patched: pytest.MonkeyPatch) -> None:
    """Dies when the server has the whole message, and its answer was not read."""
    data = smtplib.SMTP.data

    def send_and_die(session: smtplib.SMTP, message: Any) -> Any:
        data(session, message)
        raise Killed

    patched.setattr(smtplib.SMTP, "data", send_and_die)


#: Killed after → how, attempts that are open then, mails that arrived by then.
POINTS: dict[str, tuple[Patch, int, int]] = {
    "planning not committed": (after(planning, "insert"), 0, 0),
    "claim committed": (before(sending, "prepare"), 0, 0),
    "attempt committed, before connecting": (before(Couriers, "deliver"), 1, 0),
    "DATA accepted, reply unread": (reply_unread, 1, 1),
    "reply read, before commit": (before(sending, "finish"), 1, 1),
    "final commit": (after(sending, "finish"), 0, 1),
}


def run(now: datetime) -> None:
    plan_reminders(now=now)
    drain(clock=at(now))


@pytest.mark.parametrize("on_doubt", ["resend", "hold"])
@pytest.mark.parametrize("point", POINTS)
def test_what_a_crash_leaves(
    employee: Person, sink: Sink, monkeypatch: pytest.MonkeyPatch, point: str, on_doubt: str
) -> None:
    initiative = factories.make_initiative()
    factories.make_policy(initiative, days=7, on_doubt=on_doubt)
    enrol(employee, initiative=initiative, assigned_on=NOW.date() - timedelta(days=30))
    kill, open_attempts, arrived = POINTS[point]

    with monkeypatch.context() as patched:
        kill(patched)
        with pytest.raises(Killed):
            run(NOW)

    assert Attempt.objects.filter(outcome="").count() == open_attempts
    assert len(sink.mails) == arrived
    for now in (NOW + timedelta(minutes=1), NOW + LEASE + timedelta(seconds=1)):
        run(now)

    digest, reminder = Digest.objects.get(), Reminder.objects.get()
    if open_attempts and on_doubt == "hold":
        # Nobody knows whether it left: it is listed, until a person says so.
        assert (digest.state, len(sink.mails), reminder.state) == ("dead", arrived, "planned")
        retry_digest(digest, actor=None, now=NOW + LEASE)
        drain(clock=at(NOW + 2 * LEASE))
    times = arrived + 1 if open_attempts else 1
    assert sink.times_by_id() == {digest.message_id: times}
    assert Attempt.objects.filter(outcome="unknown").count() == open_attempts
    assert (Digest.objects.get().state, Reminder.objects.get().state) == ("sent", "sent")
