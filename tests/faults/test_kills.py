"""The promise, tried: workers are killed while they drain, and no reminder is lost."""

import time
from pathlib import Path
from random import Random

import pytest

from change_tracker.reminders.models import Attempt, Digest, Reminder
from tests.faults.trial import OPEN, is_drained, judge, owe, size, wait_until
from tests.reminders.processes import UNHURRIED, Celery
from tests.reminders.sink import running_sink

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

REMINDERS = size(500, 5000)
KILLS = size(10, 500)


def test_no_reminder_is_lost_when_workers_are_killed(tmp_path: Path) -> None:
    chance = Random(500)
    owe(REMINDERS)
    assert Digest.objects.filter(state="pending").count() == REMINDERS
    most = REMINDERS // KILLS * 3 // 5  # so that there is something left to kill it for

    with running_sink() as sink:
        sink.delay_seconds = 0.01
        with Celery(sink, tmp_path) as celery:
            for kill in range(KILLS):
                seen, more = len(sink.mails), chance.randint(2, most)
                wait_until(lambda seen=seen, more=more: len(sink.mails) >= seen + more, celery)  # type: ignore[misc]
                time.sleep(chance.random() * 0.05)
                if kill % 2:
                    celery.kill_worker()
                    celery.start_worker()
                else:
                    celery.kill_child()
            assert Digest.objects.filter(state__in=OPEN).exists(), "killed after the draining"
            wait_until(is_drained, celery)

    outcome = judge(f"workers killed -9, {KILLS} times", sink, REMINDERS)
    # What is given up died twice in the second of sending, and is listed for a person.
    for digest in Digest.objects.filter(state="dead"):
        assert digest.attempt_rows.filter(outcome="unknown").count() == 2
    assert Reminder.objects.filter(state="sent").count() == REMINDERS - outcome.given_up


def test_the_sink_and_the_log_agree_when_nothing_is_killed(tmp_path: Path) -> None:
    owe(40)

    with running_sink() as sink, Celery(sink, tmp_path, LEASE_SECONDS=UNHURRIED) as celery:
        wait_until(is_drained, celery)

    assert sorted(sink.times_by_id().values()) == [1] * 40
    assert set(Attempt.objects.values_list("n", "outcome")) == {(1, "sent")}
