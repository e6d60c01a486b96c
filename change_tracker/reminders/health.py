"""Whether reminders run: the last tick, what waits for too long, what was given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils.translation import gettext, ngettext

from change_tracker.reminders.models import Attempt, ChannelPause, Digest, Heartbeat
from change_tracker.reminders.services import DAY, TICK

#: A tick is due every minute, and one that sends much takes some; after so long something is wrong.
SILENT_AFTER = timedelta(minutes=10)
#: A mail that could leave for so long: nobody sends, or there is more than can be sent.
STUCK_AFTER = timedelta(minutes=30)
#: The work of a day is done by its first tick; when that does not come to its end, it was not done.
BEHIND_AFTER = timedelta(hours=36)
#: Of how long unknown ends are counted.
RECENTLY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox stands. `oldest_due` is since when the longest waiting mail could leave, and
    `last_day` when the work of a day came to its end.
    """

    now: datetime
    last_tick: datetime | None
    last_day: datetime | None
    oldest_due: datetime | None
    due: int
    dead: int
    unknown: int
    paused: tuple[str, ...]

    @property
    def is_silent(self) -> bool:
        """Whether no tick came to its end lately."""
        return self.last_tick is None or self.now - self.last_tick > SILENT_AFTER

    @property
    def is_behind(self) -> bool:
        """Whether what is done once a day was not, where it ever was."""
        return self.last_day is not None and self.now - self.last_day > BEHIND_AFTER

    @property
    def is_stuck(self) -> bool:
        """Whether a mail waits for too long."""
        return self.oldest_due is not None and self.now - self.oldest_due > STUCK_AFTER

    @property
    def is_well(self) -> bool:
        """Whether mail leaves. What was given up needs a person, and is no reason to be woken."""
        return not (self.is_silent or self.is_stuck)

    def problems(self) -> list[str]:
        """What somebody should look at, as sentences."""
        found = []
        if self.last_tick is None:
            found.append(gettext("The tick has never run: see “What has to run”."))
        elif self.is_silent:
            found.append(gettext("The tick has not run for more than ten minutes."))
        if self.is_behind:
            found.append(
                gettext("What is done once a day has not been done for more than 36 hours.")
            )
        if self.is_stuck:
            found.append(gettext("A mail has waited for more than half an hour."))
        if self.dead:
            words = ngettext(
                "%(count)s mail was given up.", "%(count)s mails were given up.", self.dead
            )
            found.append(words % {"count": self.dead})
        if self.unknown:
            words = ngettext(
                "Of %(count)s attempt of the last week nobody knows how it ended.",
                "Of %(count)s attempts of the last week nobody knows how they ended.",
                self.unknown,
            )
            found.append(words % {"count": self.unknown})
        for name in self.paused:
            found.append(gettext("Nothing leaves by “%(name)s”: it is paused.") % {"name": name})
        return found


def health(*, now: datetime) -> Health:
    """How it stands at `now`, which is the database's. Five queries, each through an index."""
    queued = Digest.objects.queued(now).aggregate(oldest=Min("available_at"), due=Count("pk"))
    last = dict(Heartbeat.objects.filter(name__in=[TICK, DAY]).values_list("name", "at"))
    unknown = Attempt.objects.filter(
        started_at__gt=now - RECENTLY, outcome=Attempt.Outcome.UNKNOWN
    ).count()
    paused = ChannelPause.objects.running(now).order_by("channel").values_list("channel", flat=True)
    return Health(
        now=now,
        last_tick=last.get(TICK),
        last_day=last.get(DAY),
        oldest_due=queued["oldest"],
        due=queued["due"],
        dead=Digest.objects.dead().count(),
        unknown=unknown,
        paused=tuple(paused),
    )
