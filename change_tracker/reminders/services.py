"""What the tick, the command and people do with the outbox."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.again import BusyError, again
from change_tracker.core.conf import get_conf
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.services import forget_jobs, run_jobs
from change_tracker.people.services.calendar import follow_calendar
from change_tracker.people.services.sync import sync_source
from change_tracker.people.sources import people_source
from change_tracker.reminders.again import plan_again
from change_tracker.reminders.ahead import forget_forecasts, look_ahead
from change_tracker.reminders.alerts import tell_hr
from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.clock import Clock, database_now
from change_tracker.reminders.models import Digest, Heartbeat
from change_tracker.reminders.outcomes import let_end
from change_tracker.reminders.plan import Planned, plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.states import write_state
from change_tracker.spreadsheets.services.uploads import forget_uploads
from change_tracker.training.services import recertify
from change_tracker.voice.services import forget_feedback

log = logging.getLogger(__name__)
TICK, DAY, SYNC = "tick", "day", "sync"


class NotDeadError(ChangeTrackerError):
    """Only a mail that was given up is sent again by hand."""

    code = "not_given_up"


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did."""

    planned: Planned
    drained: Drained


def tick(*, clock: Clock = database_now, should_stop: Callable[[], bool] = lambda: False) -> Ticked:
    """Plan what is due, send what may leave, and say that we are alive.

    Twice in a row, or twice at once, has the effect of once. What comes after the mail raises only
    once all of it was tried.
    """
    planned = again(lambda: plan_reminders(now=clock()))
    drained = again(lambda: drain(clock=clock, should_stop=should_stop))
    beat(TICK, now=clock())
    # Last, so that mail leaves whatever happens here; the next tick sees what it changed.
    _run_each(
        day=lambda: begin_day(now=clock()),
        sync=lambda: sync_nightly(now=clock()),
        jobs=lambda: run_jobs(clock=clock, should_stop=should_stop),
        ahead=lambda: look_ahead(clock=clock, should_stop=should_stop),
    )
    return Ticked(planned, drained)


def _run_each(**steps: Callable[[], object]) -> None:
    """Run every step, whatever came of those before; raises the first of their errors at the end.

    Where the task has to end, none is begun any more.
    """
    failed: list[Exception] = []
    for name, step in steps.items():
        try:
            again(step)
        except Exception as error:
            let_end(error)
            log.exception("The step “%s” of the tick failed.", name)
            failed.append(error)
    if failed:
        raise failed[0]


def beat(name: str, *, now: datetime) -> None:
    """Note that something that has to run came to its end."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def begin_day(*, now: datetime) -> None:
    """Once a day of the site: first and last days of people take effect, what expires is asked for
    again, what was kept for long enough is deleted, and who is back or can be reached is told.
    """
    today = timezone.localdate(now)
    beaten = Heartbeat.objects.filter(name=DAY).values_list("at", flat=True).first()
    last = timezone.localdate(beaten) if beaten else None
    if last is None or last < today:
        follow_calendar(today=today, now=now, last_run=last)
        recertify(today=today, now=now)
        forget_jobs(now=now)
        forget_forecasts(now=now)
        forget_uploads(now=now)
        forget_feedback(today=today, now=now)
        plan_again(now=now)
        beat(DAY, now=now)


def sync_nightly(*, now: datetime) -> None:
    """Once a day of the site, from the hour in the settings, run the host's people source.

    A run that was stopped is told to HR, and not tried again before the next day.
    """
    hour, at = get_conf().sync_from_hour, timezone.localtime(now)
    if hour is None or at.hour < hour:
        return
    # Taken first, so that a source that fails does not fail again every minute.
    if not _take_day(SYNC, now=now):
        return
    try:
        again(lambda: sync_source(people_source(), today=at.date(), actor=None, now=now))
    except BusyError:
        _give_day_back(SYNC, now=now)
        raise
    except ChangeTrackerError as stopped:
        tell_hr(str(stopped.message))


def _take_day(name: str, *, now: datetime) -> bool:
    """Whether this is the first run of `name` today; of several at once, one is."""
    row, is_new = Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    if is_new:
        return True
    if timezone.localdate(row.at) >= timezone.localdate(now):
        return False
    return Heartbeat.objects.filter(pk=row.pk, at=row.at).update(at=now) == 1


def _give_day_back(name: str, *, now: datetime) -> None:
    """Let the next tick take it: it is no fault of what was to be done."""
    Heartbeat.objects.filter(name=name, at=now).update(at=now - timedelta(days=1))


def retry_digest(digest: Digest, *, actor: User | None, now: datetime) -> Digest:
    """Send a given-up mail again: with the same Message-ID, and all attempts before it.

    What no longer holds is left out when it leaves. Raises NotDeadError otherwise.
    """
    with transaction.atomic():
        rows = Digest.objects.filter(pk=digest.pk)
        if not write_state(rows, source="dead", to="pending", available_at=now, attempts=0):
            raise NotDeadError(_("Only a mail that was given up can be sent again."))
        audit.record(
            obj=digest,
            verb="retried",
            actor=actor,
            now=now,
            from_state=Digest.State.DEAD,
            to_state=Digest.State.PENDING,
        )
    digest.refresh_from_db()
    return digest
