"""What would leave now and in the days to come: planned for real, read, and taken back.

So it follows the same rules, whatever they are. Other planners wait meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.states import write_state

DAY = timedelta(days=1)


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


def forecast(*, now: datetime, days: int = 0) -> list[Coming]:
    """What leaves from `now` on, for so many days more; 0: what one tick at `now` would send.

    Nothing is written in the end: not what was planned, and not that it was sent. As long as nobody
    does anything, this is what happens; each thing done takes its lines away.
    """
    found: list[Coming] = []
    with transaction.atomic():
        for number in range(days + 1):
            moment = now + number * DAY
            plan_reminders(now=moment)
            found += _leave(until=moment + DAY if days else moment, now=now)
        transaction.set_rollback(True)
    return found


def _leave(*, until: datetime, now: datetime) -> list[Coming]:
    """The reminders of what could leave by then; it is then sent, for what follows to go on."""
    digests = Digest.objects.queued(until)
    reminders = Reminder.objects.planned().filter(digest__in=digests)
    rows = list(
        reminders.select_related(
            "recipient", "digest", "record__activity", "record__plan", "enrolment__plan", "summary"
        ).order_by("digest__available_at", "recipient__display_name", "pk")
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
