"""What kinds of jobs there are: each slice registers its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.points import Point
from change_tracker.core.tables import Problem

__all__ = ["JOBS", "JobKind", "Outcome", "Tell", "UnknownKindError", "kind_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a job, in words of its owner; a `failure` is the code of a refusal.

    `result_url` is where it leads from now on; without one it stays.
    """

    summary: str
    problems: Sequence[Problem] = ()
    failure: str = ""
    result_url: str = ""


class JobKind:
    """One kind of long work.

    `run` is called in a transaction that also ends the job: all of it is kept, or nothing. So it
    must change the default database only, and it may be called again after a worker died.
    """

    name: ClassVar[str]

    def run(self, job: JobRun, *, now: Any, tell: Tell) -> Outcome:
        """Do what `job.task` says, in the name of `job.owner`; what the domain refuses is raised,
        or told as the failure of the outcome where something of it is to be kept.
        """
        raise NotImplementedError


JOBS: Point[JobKind] = Point("jobs.kinds", "the kinds of long work that a worker can carry out")


class UnknownKindError(ChangeTrackerError):
    """The job was begun by a version that knew more kinds than this one."""

    code = "unknown_kind"


def kind_of(name: str) -> JobKind:
    """The kind with that name. Raises UnknownKindError."""
    for kind in JOBS:
        if kind.name == name:
            return kind
    raise UnknownKindError(name)
