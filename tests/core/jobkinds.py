"""Kinds of jobs for tests: they write units, so that what was kept can be counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import F

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.kinds import JOBS, JobKind, Outcome, Tell
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.tables import Problem
from change_tracker.people.models import OrgUnit


class CountUp(JobKind):
    """Adds units, and does what else its task says."""

    name = "count_up"

    def run(self, job: JobRun, *, now: Any, tell: Tell) -> Outcome:
        for number in range(3):
            OrgUnit.objects.create(external_id=f"job-{job.pk}-{number}", name="Unit")
            tell(number + 1, 3)
        end = job.task.get("end", "")
        if end == "refuse":
            raise ChangeTrackerError("Not on a Sunday.", code="sunday")
        if end == "break":
            raise RuntimeError("a mistake of ours")
        if end == "lose":
            JobRun.objects.filter(pk=job.pk).update(lease_token="0" * 32, attempts=F("attempts"))
        problems = [Problem(7, "name", "It is empty.")] if end == "problems" else []
        return Outcome(summary="3 units were added.", problems=problems)


@contextmanager
def registered(kind: JobKind) -> Iterator[None]:
    """The kind is known while this lasts."""
    JOBS.register(kind)
    try:
        yield
    finally:
        JOBS._entries.remove(kind)
