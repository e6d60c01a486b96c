"""Working mornings of the demonstration: the real tick, at the time of our choice.

The worker sends at any hour, so that whoever tries something on a Sunday sees the mail at once.
History and the button of the mailbox show an organisation's week: at eight, Monday to Friday.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from change_tracker.reminders.services import tick
from project.mailbox import mail_dated
from project.models import Morning

EIGHT = time(8)
FRIDAY = 4


def at_eight(day: date) -> datetime:
    """Eight o'clock at the site's place."""
    return datetime.combine(day, EIGHT, tzinfo=ZoneInfo(settings.TIME_ZONE))


def next_morning(now: datetime) -> datetime:
    """The first eight o'clock on a working day after `now` and after every morning that was run."""
    last = Morning.objects.order_by("-at").values_list("at", flat=True).first()
    after = max(now, last) if last else now
    day = timezone.localdate(after, ZoneInfo(settings.TIME_ZONE))
    while day.weekday() > FRIDAY or at_eight(day) <= after:
        day += timedelta(days=1)
    return at_eight(day)


def run_morning(at: datetime) -> int:
    """Let the outbox do at `at` what it would do then; returns how many mails left.

    Running a morning twice has the effect of once.
    """
    Morning.objects.get_or_create(at=at)
    with mail_dated(at):
        return tick(clock=lambda: at).drained.sent
