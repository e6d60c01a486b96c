"""The promise, tried: workers are killed while they drain, and no reminder is lost."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from change_tracker.people.models import Person
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.training.models import Enrolment, TrainingRecord
from tests import factories
from tests.reminders.processes import Celery
from tests.reminders.sink import running_sink

pytestmark = [
    pytest.mark.services,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]

REMINDERS = 500
KILLS = 10
OPEN = ("pending", "claimed")


def owe(count: int) -> None:
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
    plan_reminders(now=last_workday(database_now()))


def last_workday(now: datetime) -> datetime:
    """Yesterday at noon, or the Friday before: what was planned for then may leave now."""
    day = now - timedelta(days=1)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day.replace(hour=12)


def wait_until(done: Callable[[], bool], celery: Celery, *, seconds: float = 120) -> None:
    """A start takes two seconds and a mail 20 ms; a machine with much else to do takes longer."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, celery.log("worker")[-3000:]
        time.sleep(0.01)


def test_no_reminder_is_lost_when_workers_are_killed(tmp_path: Path) -> None:
    chance = Random(500)
    owe(REMINDERS)
    assert Digest.objects.filter(state="pending").count() == REMINDERS

    with running_sink() as sink:
        sink.delay_seconds = 0.01
        with Celery(sink, tmp_path) as celery:
            for kill in range(KILLS):
                seen, more = len(sink.mails), chance.randint(2, 30)
                wait_until(lambda seen=seen, more=more: len(sink.mails) >= seen + more, celery)  # type: ignore[misc]
                time.sleep(chance.random() * 0.05)
                if kill % 2:
                    celery.kill_worker()
                    celery.start_worker()
                else:
                    celery.kill_child()
            assert Digest.objects.filter(state__in=OPEN).exists(), "killed after the draining"
            wait_until(lambda: not Digest.objects.filter(state__in=OPEN).exists(), celery)

    arrived = sink.times_by_id()
    repeated = {message_id: times for message_id, times in arrived.items() if times > 1}
    unknown = Attempt.objects.filter(outcome="unknown").count()
    print(f"{KILLS} kills: {len(repeated)} repeated, {unknown} of unknown end")  # noqa: T201
    # 0 lost: everybody was written to, whatever state the row is in.
    assert {each.to[0] for each in sink.mails} == {f"k{n}@example.org" for n in range(REMINDERS)}
    # A repeat is the same mail again, and the log says that nobody knew.
    assert len(arrived) == REMINDERS
    for message_id, times in repeated.items():
        attempts = Attempt.objects.filter(digest__message_id=message_id)
        assert attempts.filter(outcome="unknown").count() >= times - 1
    # What is given up died twice in the second of sending, and is listed for a person.
    for digest in Digest.objects.filter(state="dead"):
        assert digest.attempt_rows.filter(outcome="unknown").count() == 2
    given_up = Digest.objects.filter(state="dead").count()
    assert Reminder.objects.filter(state="sent").count() == REMINDERS - given_up


def test_the_sink_and_the_log_agree_when_nothing_is_killed(tmp_path: Path) -> None:
    owe(40)

    with running_sink() as sink, Celery(sink, tmp_path) as celery:
        wait_until(lambda: not Digest.objects.filter(state__in=OPEN).exists(), celery)

    assert sorted(sink.times_by_id().values()) == [1] * 40
    assert set(Attempt.objects.values_list("n", "outcome")) == {(1, "sent")}
