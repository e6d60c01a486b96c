"""What reminders add to the slices on their left."""

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.jobs.kinds import JOBS
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.reminders.byhandjobs import RemindPeople
from change_tracker.training.models import TrainingRecord

REMIND = RemindPeople()


def reminders_start(row: Initiative) -> str:
    """From then on people are told of their training and reminded of it."""
    waiting = TrainingRecord.objects.outstanding().filter(plan__initiative=row)
    number = waiting.values("person").distinct().count()
    if not number:
        return gettext("Whoever gets training from now on is told of it, and reminded of it.")
    return ngettext(
        "%(number)s person has open training, and is reminded of it from now on.",
        "%(number)s people have open training, and are reminded of it from now on.",
        number,
    ) % {"number": number}


def reminders_wait(row: Initiative) -> Promise:
    """While it is on hold, nobody is reminded."""
    return _("Nobody is reminded until it goes on. Due dates stay as they are.")


def reminders_end(row: Initiative) -> Promise:
    """An initiative that has ended reminds nobody."""
    return _("Nobody is reminded any more.")


def register() -> None:
    """Fill the points; called once at start."""
    JOBS.register(REMIND)
    INITIATIVE.foresee("active", reminders_start)
    INITIATIVE.foresee("on_hold", reminders_wait)
    INITIATIVE.foresee("closed", reminders_end)
    INITIATIVE.foresee("cancelled", reminders_end)
