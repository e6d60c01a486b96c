"""Real workers on a real broker: a job is begun without one, and outlives the worker it had."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.people.models import OrgUnit
from tests import factories
from tests.reminders.processes import Celery
from tests.reminders.sink import running_sink

pytestmark = [
    pytest.mark.services,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]

UNITS = 50


def wait_until(done: Callable[[], bool], celery: Celery, *, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, celery.log("worker")[-3000:]
        time.sleep(0.05)


def test_a_killed_worker_leaves_a_job_that_another_one_does_once(tmp_path: Path) -> None:
    # No worker and no broker is there yet: beginning needs neither.
    job = start_job(
        kind="add_slowly",
        title="Add",
        task={"units": UNITS},
        actor=factories.make_user(),
        now=timezone.now(),
    )
    settings = "tests.core.slowjobs.settings"

    def fresh() -> JobRun:
        job.refresh_from_db()
        return job

    with (
        running_sink() as sink,
        Celery(sink, tmp_path, DJANGO_SETTINGS_MODULE=settings) as celery,
    ):
        wait_until(lambda: fresh().done > 0, celery)
        # Progress is seen while nothing of the work itself is.
        assert (job.state, job.total, OrgUnit.objects.count()) == ("running", UNITS, 0)
        celery.kill_worker()
        assert OrgUnit.objects.count() == 0
        celery.start_worker()
        wait_until(lambda: not fresh().is_open, celery)

    assert (job.state, job.attempts, job.summary) == ("done", 2, f"{UNITS} units were added.")
    assert OrgUnit.objects.count() == UNITS
