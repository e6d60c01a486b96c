"""Adds units, one every tenth of a second."""

import time
from typing import Any

from change_tracker.core.jobs.kinds import JobKind, Outcome, Tell
from change_tracker.core.jobs.models import JobRun
from change_tracker.people.models import OrgUnit


class AddSlowly(JobKind):
    """As many units as the task says."""

    name = "add_slowly"

    def run(self, job: JobRun, *, now: Any, tell: Tell) -> Outcome:
        total = job.task["units"]
        for number in range(total):
            OrgUnit.objects.create(external_id=f"slow-{number}", name="Unit")
            tell(number + 1, total)
            time.sleep(0.1)
        return Outcome(summary=f"{total} units were added.")
