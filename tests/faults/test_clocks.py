"""Clocks that step, and days on which nothing ran."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from change_tracker.reminders.claim import claim_digests
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.training.models import TrainingRecord
from tests.factories import NOW, TODAY
from tests.faults.trial import AT_ANY_HOUR, is_drained, judge, owe, size
from tests.reminders.conftest import at
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db

#: Few enough for one drain, whose leases last five minutes.
REMINDERS = size(30, 300)


@pytest.fixture
def _at_any_hour(settings: Any) -> None:
    settings.CHANGE_TRACKER = AT_ANY_HOUR


@pytest.mark.usefixtures("_at_any_hour")
def test_a_clock_that_steps_ends_no_lease(sink: Sink) -> None:
    owe(REMINDERS)
    now = database_now()
    held = claim_digests(now=database_now(), size=5)

    for step in (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1)):
        with time_machine.travel(now + step):
            drain()

    assert Digest.objects.filter(state="claimed").count() == len(held) == 5
    assert len(sink.mails) == REMINDERS - 5
    drain(clock=at(now + timedelta(minutes=6)))
    assert is_drained()
    assert judge("clock steps by an hour and a day", sink, REMINDERS).repeated == 0


def test_after_three_days_without_a_tick_everybody_hears_once(sink: Sink) -> None:
    owe(REMINDERS, plan_them=False)
    # Due tomorrow on the first of the days, due on the second, and late since the third.
    TrainingRecord.objects.update(opens_on=TODAY, due_on=TODAY + timedelta(days=1))
    saturday, monday = NOW + timedelta(days=2, hours=23), NOW + timedelta(days=5)
    for now in (NOW, saturday):
        plan_reminders(now=now)
    drain(clock=at(saturday))
    assert sink.mails == [], "on a day off"
    drain(clock=at(monday))

    assert judge("three days without a tick", sink, REMINDERS).repeated == 0
    steps = Reminder.objects.filter(state="sent").values_list("step", flat=True)
    assert len(set(steps)) == 1, "only the latest step"
