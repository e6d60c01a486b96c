"""What every fault is tried on: so many people who are owed a reminder, and the count afterwards.

In CI a few dozen; with CHANGE_TRACKER_FAULTS=long (`make faults`) thousands, and with a number from
0 to 1 that share of them.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from change_tracker.people.models import Person
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.training.models import Enrolment, TrainingRecord
from tests import factories
from tests.reminders.processes import Celery
from tests.reminders.sink import Sink

ASKED = os.environ.get("CHANGE_TRACKER_FAULTS", "")
SHARE = 1.0 if ASKED == "long" else float(ASKED or 0)
IS_LONG = SHARE > 0
OPEN = ("pending", "claimed")
#: Settings under which mail leaves whenever a test runs, on Sundays, too.
AT_ANY_HOUR = {
    "SITE_URL": "https://intranet.example",
    "SEND_DAYS": (0, 1, 2, 3, 4, 5, 6),
    "SEND_FROM_HOUR": 0,
}
#: One line for each fault that was tried, for the table at the end of the run.
TRIED: "list[Outcome]" = []


def size(short: int, long: int) -> int:
    """How many, of what the caller counts."""
    return max(short, round(long * SHARE))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fault did: reminders that nobody got, and mails that somebody got again."""

    fault: str
    load: int
    lost: int
    repeated: int
    given_up: int

    def __str__(self) -> str:
        return f"| {self.fault} | {self.load} | {self.lost} | {self.repeated} | {self.given_up} |"


def owe(count: int, *, plan_them: bool = True) -> None:
    """So many people with training that is late, planned for a workday of last week."""
    plan = factories.make_plan(factories.make_initiative())
    item = plan.items.get()
    people = Person.objects.bulk_create(
        Person(external_id=f"k{n}", display_name=f"Person {n}", email=f"k{n}@example.org")
        for n in range(count)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(plan=plan, person=each, assigned_on=date(2020, 1, 1)) for each in people
    )
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            enrolment=each,
            person=each.person,
            plan=plan,
            item=item,
            activity=item.activity,
            opens_on=date(2020, 1, 1),
            due_on=date(2020, 2, 1),
        )
        for each in enrolments
    )
    if plan_them:
        plan_reminders(now=last_workday(database_now()))


def last_workday(now: datetime) -> datetime:
    """Yesterday at noon, or the Friday before: what was planned for then may leave now."""
    day = now - timedelta(days=1)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day.replace(hour=12)


def is_drained() -> bool:
    """Whether no mail waits any more."""
    return not Digest.objects.filter(state__in=OPEN).exists()


def wait_until(done: Callable[[], bool], celery: Celery | None = None, seconds: int = 300) -> None:
    """A start takes two seconds and a mail 20 ms; a machine with much else to do takes longer."""
    deadline = time.monotonic() + seconds * (10 if IS_LONG else 1)
    while not done():
        if time.monotonic() > deadline:
            log = celery.log("worker")[-3000:] if celery else ""
            raise AssertionError(f"After {seconds} s: {what_waits()}\n{log}")
        time.sleep(0.01)


def what_waits() -> str:
    """The first mails that have not left, with what was tried, and reminders without a mail."""
    mails = Digest.objects.exclude(state="sent").order_by("pk")
    tried = {
        each: list(each.attempt_rows.order_by("n").values_list("outcome", "detail"))
        for each in mails[:5]
    }
    said = [
        f"{each.state} for {each.local_on}, from {each.available_at}: {tries}"
        for each, tries in tried.items()
    ]
    loose = Reminder.objects.loose().count()
    return f"{mails.count()} mails, {loose} reminders in none. " + "; ".join(said)


def judge(fault: str, sink: Sink, load: int) -> Outcome:
    """Count what came of it, and hold it against the promise.

    A mail that came again has the Message-ID of the first, and an attempt in the log whose end
    nobody knew; what was given up is listed, so that nothing is lost without a trace.
    """
    arrived = sink.times_by_id()
    reached = {address for each in sink.mails for address in each.to}
    dead = Digest.objects.filter(state="dead")
    listed = set(dead.values_list("recipient__email", flat=True))
    owed = {f"k{n}@example.org" for n in range(load)}
    for message_id, times in arrived.items():
        unknown = Attempt.objects.filter(digest__message_id=message_id, outcome="unknown")
        assert times == 1 or unknown.count() >= times - 1, message_id
    outcome = Outcome(
        fault=fault,
        load=load,
        lost=len(owed - reached - listed),
        repeated=sum(times - 1 for times in arrived.values()),
        given_up=dead.count(),
    )
    TRIED.append(outcome)
    assert outcome.lost == 0
    assert len(arrived) == len(reached), "a second mail about the same"
    return outcome
