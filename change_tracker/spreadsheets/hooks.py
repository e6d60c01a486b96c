"""What spreadsheets add to the slices on their left."""

from change_tracker.core.jobs.kinds import JOBS
from change_tracker.spreadsheets.jobs import CheckRegister, ImportRegister

CHECK, IMPORT = CheckRegister(), ImportRegister()


def register() -> None:
    """Fill the points; called once at start."""
    JOBS.register(CHECK)
    JOBS.register(IMPORT)
