"""What people add to the slice on their left."""

from change_tracker.core.jobs.kinds import JOBS
from change_tracker.people.jobs import CheckPeople, ImportPeople
from change_tracker.people.rulejobs import ChangeGroupRule

CHECK, IMPORT, GROUP = CheckPeople(), ImportPeople(), ChangeGroupRule()


def register() -> None:
    """Fill the points; called once at start."""
    JOBS.register(CHECK)
    JOBS.register(IMPORT)
    JOBS.register(GROUP)
