"""What would leave now and in the days to come: planned for real, read, and taken back.

So it follows the same rules, whatever they are. Other planners wait meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.owed import Within
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.states import write_state

DAY = timedelta(days=1)
#: What is read of the things that reminders are about.
SUBJECTS = (
    *("record__activity", "record__plan", "enrolment__plan", "extension__record__activity"),
    *("session__activity", "plan", "action", "source", "objective", "summary"),
)


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that would be said: when, to whom, what about, and which step asks for it."""

    leaves_at: datetime
    reminder: Reminder

    @property
    def about(self) -> str:
        """The title of what it is about."""
        subject: Any = getattr(self.reminder, self.reminder.subject_name)
        return str(getattr(subject, "activity", None) or getattr(subject, "plan", subject))


class PlannerBusyError(ChangeTrackerError):
    """Another planner is at work in this moment; a forecast would lack what it plans."""

    code = "planner_busy"


def forecast(*, now: datetime, days: int = 0, only: Within | None = None) -> list[Coming]:
    """What leaves from `now` on, for so many days more; 0: what one tick at `now` would send. Of
    everything, or of one initiative or to one person only.

    Nothing is written in the end: not what was planned, and not that it was sent. As long as nobody
    does anything, this is what happens; each thing done takes its lines away. Raises
    PlannerBusyError.
    """
    found: list[Coming] = []
    with transaction.atomic():
        for number in range(days + 1):
            moment = now + number * DAY
            if plan_reminders(now=moment, only=only).skipped:
                raise PlannerBusyError(_("Reminders are planned at the moment. Try again."))
            found += _leave(until=moment + DAY if days else moment, now=now, only=only)
        transaction.set_rollback(True)
    return found


def _leave(*, until: datetime, now: datetime, only: Within | None) -> list[Coming]:
    """The reminders of what could leave by then; it is then sent, for what follows to go on."""
    digests = Digest.objects.queued(until)
    if only is not None:
        held = Reminder.objects.planned().filter(only.reminders(), digest__isnull=False)
        digests = digests.filter(pk__in=held.values("digest"))
    reminders = Reminder.objects.planned().filter(digest__in=digests)
    if only is not None:
        reminders = reminders.filter(only.reminders())
    rows = list(
        reminders.select_related("recipient", "digest", *SUBJECTS).order_by(
            "digest__available_at", "recipient__display_name", "pk"
        )
    )
    ids = list(digests.values_list("pk", flat=True))
    token = uuid4()
    mine = Digest.objects.filter(pk__in=ids)
    write_state(mine, source="pending", to="claimed", lease_token=token, lease_until=until)
    write_state(
        mine, source="claimed", to="sent", lease_token=None, lease_until=None, sent_at=until
    )
    sent = Reminder.objects.filter(pk__in=[each.pk for each in rows])
    write_state(sent, source="planned", to="sent")
    return [
        Coming(max(each.digest.available_at, now), each) for each in rows if each.digest is not None
    ]
