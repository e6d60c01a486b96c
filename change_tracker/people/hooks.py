"""What people add to the slice on their left."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.jobs.kinds import JOBS
from change_tracker.core.meanings import Words, explain_choices
from change_tracker.people.jobs import CheckPeople, ImportPeople
from change_tracker.people.models import PeopleSync
from change_tracker.people.rulejobs import ChangeGroupRule, CheckGroupRule

CHECK, IMPORT = CheckPeople(), ImportPeople()
GROUP, GROUP_CHECK = ChangeGroupRule(), CheckGroupRule()
#: What becomes of a run of a people source.
SYNC_MEANS: dict[str, Words] = {
    PeopleSync.State.DRY_RUN: _("It only looked what would change; nothing was written."),
    PeopleSync.State.APPLIED: _("What had changed is written."),
    PeopleSync.State.REFUSED: _("Nothing was written; the reason stands beside it."),
}


def register() -> None:
    """Fill the points; called once at start."""
    explain_choices("peoplesync", PeopleSync.State, SYNC_MEANS)
    JOBS.register(CHECK)
    JOBS.register(IMPORT)
    JOBS.register(GROUP)
    JOBS.register(GROUP_CHECK)
