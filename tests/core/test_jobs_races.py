"""Workers at once: each job is one worker's, and its effect is there once."""

import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import forget_jobs, run_again, run_jobs, start_job
from change_tracker.people.models import OrgUnit
from tests import factories
from tests.between import before
from tests.core.jobkinds import CountUp, registered
from tests.factories import NOW
from tests.races import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    with registered(CountUp()):
        yield


def test_four_workers_share_twenty_jobs_and_do_each_once() -> None:
    user = factories.make_user()
    for _ in range(20):
        start_job(kind="count_up", title="Count", task={}, actor=user, now=NOW)

    begun = at_once(*[run_jobs] * 4)

    # A worker that finds everything taken leaves the rest to the others.
    assert sum(int(str(each)) for each in begun) == 20
    assert set(JobRun.objects.values_list("state", "attempts")) == {("done", 1)}
    assert OrgUnit.objects.count() == 60


def test_a_job_that_is_run_again_while_old_ones_are_forgotten_is_not_lost() -> None:
    user = factories.make_user()
    job = start_job(kind="count_up", title="Count", task={}, actor=user, now=NOW)
    ended = {"state": "failed", "failure": "broken", "finished_at": NOW}
    JobRun.objects.filter(pk=job.pk).update(**ended)
    job.refresh_from_db()
    deleting = Event()

    def run() -> object:
        deleting.wait(20)
        return run_again(job, actor=user, now=NOW)

    def wait() -> None:
        deleting.set()
        time.sleep(0.5)

    def forget() -> object:
        with before("DELETE FROM .*jobrun", wait):
            return forget_jobs(now=NOW + timedelta(days=91))

    said = at_once(run, forget)

    assert isinstance(said[0], StaleRowError) or JobRun.objects.exists(), "told, or there"
