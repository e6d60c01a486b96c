"""What kinds of jobs there are: each slice registers its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.points import Point
from change_tracker.core.tables import Problem

__all__ = [
    "CHECKED",
    "JOBS",
    "JobKind",
    "Outcome",
    "Tell",
    "UnknownKindError",
    "kind_of",
    "looked_words",
]


#: The name under which a page is told which look has found out what it shows.
CHECKED = "checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a job, in words of its owner; a `failure` is the code of a refusal.

    `result_url` is where it leads from now on; without one it stays. `found` is what a job that
    only looks found out, as plain data.
    """

    summary: str
    problems: Sequence[Problem] = ()
    failure: str = ""
    result_url: str = ""
    found: Mapping[str, Any] | None = None


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


def looked_words() -> str:
    """What has come of a job that only looks."""
    return gettext("It is worked out. Nothing has happened yet.")


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
