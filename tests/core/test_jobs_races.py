"""Workers at once: each job is one worker's, and its effect is there once."""

from collections.abc import Iterator

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs, start_job
from change_tracker.people.models import OrgUnit
from tests import factories
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
