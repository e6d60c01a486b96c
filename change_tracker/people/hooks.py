"""What people add to the slice on their left."""

from change_tracker.core.jobs.kinds import JOBS
from change_tracker.people.jobs import CheckPeople, ImportPeople

CHECK, IMPORT = CheckPeople(), ImportPeople()


def register() -> None:
    """Fill the points; called once at start."""
    JOBS.register(CHECK)
    JOBS.register(IMPORT)
