"""What people add to the slice on their left."""

from change_tracker.core.jobs.kinds import JOBS
from change_tracker.people.jobs import CheckPeople, ImportPeople
from change_tracker.people.rulejobs import ChangeGroupRule, CheckGroupRule

CHECK, IMPORT = CheckPeople(), ImportPeople()
GROUP, GROUP_CHECK = ChangeGroupRule(), CheckGroupRule()


def register() -> None:
    """Fill the points; called once at start."""
    JOBS.register(CHECK)
    JOBS.register(IMPORT)
    JOBS.register(GROUP)
    JOBS.register(GROUP_CHECK)
