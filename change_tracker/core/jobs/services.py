"""Beginning a job, and carrying out what waits.

A web request only writes a row: no broker is asked, so none can keep it waiting. A worker that is
woken by the clock takes the row, as it takes mails.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from change_tracker.core.access import User, key_of
from change_tracker.core.again import BusyError, again
from change_tracker.core.clock import Clock, database_now
from change_tracker.core.conf import get_conf
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError, StaleRowError
from change_tracker.core.jobs.beating import Beating
from change_tracker.core.jobs.kinds import Outcome, kind_of
from change_tracker.core.jobs.models import BROKEN, FOUND, INTERRUPTED, ZONE, JobRun
from change_tracker.core.jobs.states import JOB
from change_tracker.core.services import create_row

#: So often a job is begun before somebody has to look at it.
MOST_ATTEMPTS = 3
#: Problems that a job keeps.
KEPT_PROBLEMS = 1000
#: How long a job that has ended is kept.
KEPT = timedelta(days=90)


class LostLeaseError(ChangeTrackerError):
    """Somebody else has the job by now."""

    code = "lost_lease"


class NotRepeatableError(ChangeTrackerError):
    """The job was refused, is under way, or is done."""

    code = "not_repeatable"

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This can only be run again after it broke off."))


def start_job(
    *,
    kind: str,
    title: str,
    task: dict[str, Any],
    result_url: str = "",
    actor: User,
    now: datetime,
) -> JobRun:
    """Have `task` done soon; returns the row that says how far it is. Asks no broker."""
    return create_row(
        JobRun,
        kind=kind,
        title=title[:250],
        owner_id=key_of(actor),
        language=translation.get_language() or "",
        # What somebody looked at on their day is done on that day.
        task={ZONE: getattr(timezone.get_current_timezone(), "key", ""), **task},
        result_url=result_url,
        queued_at=now,
        actor=actor,
        now=now,
    )


def run_again(job: JobRun, *, actor: User, now: datetime) -> JobRun:
    """Have a job that broke off done after all: nothing of its first run was kept.

    Raises ForbiddenError for somebody else's, NotRepeatableError for one that did not break off.
    """
    if not job.is_of(actor):
        raise ForbiddenError
    if not job.can_run_again:
        raise NotRepeatableError
    return JOB.move(
        job,
        to="queued",
        actor=actor,
        now=now,
        finished_at=None,
        queued_at=now,
        failure="",
        summary="",
        done=0,
        attempts=0,
    )


def run_jobs(
    *, clock: Clock = database_now, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Carry out what waits, one job after the other; returns how many were begun.

    Any number of workers may do so at once: each job is one worker's.
    """
    begun = 0
    while not should_stop() and (job := again(lambda: claim_job(now=clock()))):
        carry_out(job, clock=clock)
        begun += 1
    return begun


def claim_job(*, now: datetime) -> JobRun | None:
    """Take the oldest job that waits or has lost its worker; `now` is the database's.

    One that has lost its worker too often is given up.
    """
    try:
        with transaction.atomic():
            while job := _oldest(now):
                if job.state == JobRun.State.RUNNING:
                    _take_away(job, now)
                if job.state == JobRun.State.QUEUED:
                    return _hand_out(job, now)
    except StaleRowError:
        # Without row locks, another worker was quicker.
        return None
    return None


def carry_out(job: JobRun, *, clock: Clock = database_now) -> None:
    """Do a job that was claimed, in the language and the zone of whoever began it: its effect and
    its end are one transaction.
    """
    zone = timezone.override(job.task.get(ZONE) or None)
    with translation.override(job.language or None), zone, _Watched(job, clock):
        try:
            again(partial(_run, job, clock))
        except LostLeaseError:
            return
        except BusyError:
            _give_back(job, clock)
        except ChangeTrackerError as refused:
            _fail(job, str(refused.message), refused.code, clock)
        except ValidationError as wrong:
            _fail(job, " ".join(wrong.messages), "invalid", clock)


def forget_jobs(*, now: datetime) -> int:
    """Delete jobs that ended 90 days ago; returns how many."""
    with transaction.atomic():
        # Held: one that is run again at this moment is not deleted as it was read.
        old = JobRun.objects.select_for_update().filter(finished_at__lt=now - KEPT).order_by("pk")
        ids = list(old.values_list("pk", flat=True))
        _counts, deleted = JobRun.objects.filter(pk__in=ids).delete()
    return deleted.get(JobRun._meta.label, 0)


def _run(job: JobRun, clock: Clock) -> None:
    with Beating(job) as beat, transaction.atomic():
        outcome = kind_of(job.kind).run(job, now=clock(), tell=beat.tell)
        beat.stop()
        _end(job, outcome, beat.progress, clock())


def _oldest(now: datetime) -> JobRun | None:
    skips = connection.features.has_select_for_update_skip_locked
    rows = JobRun.objects.claimable(now).order_by("pk")
    return rows.select_for_update(skip_locked=skips).first()


def _hand_out(job: JobRun, now: datetime) -> JobRun:
    return JOB.move(
        job,
        to="running",
        actor=None,
        now=now,
        started_at=now,
        attempts=F("attempts") + 1,
        lease_token=uuid4(),
        lease_until=now + timedelta(seconds=get_conf().lease_seconds),
    )


def _take_away(job: JobRun, now: datetime) -> None:
    """Its worker has gone without a word."""
    free: dict[str, Any] = {"lease_token": None, "lease_until": None}
    if job.attempts < MOST_ATTEMPTS:
        JOB.move(job, to="queued", actor=None, now=now, done=0, **free)
        return
    with translation.override(job.language or None):
        words = _("It broke off %(times)s times, and nothing of it was kept.") % {
            "times": job.attempts
        }
    JobRun.objects.filter(pk=job.pk).update(summary=words)
    JOB.move(job, to="failed", actor=None, now=now, finished_at=now, failure=INTERRUPTED, **free)


def _give_back(job: JobRun, clock: Clock) -> None:
    """Others wrote the same each time: its turn comes again, as if its worker had gone."""
    try:
        with transaction.atomic():
            _take_away(_held(job), clock())
    except LostLeaseError:
        return


class _Watched:
    """Tells the owner of an error of ours at once; whoever runs the worker sees it as well."""

    def __init__(self, job: JobRun, clock: Clock) -> None:
        self._job, self._clock = job, clock

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The order to end is no error: the lease runs out, and another worker begins anew.
        if isinstance(error, Exception):
            words = _("An error stopped it, and nothing of it was kept.")
            _fail(self._job, words, BROKEN, self._clock)


def _end(job: JobRun, outcome: Outcome, progress: tuple[int, int], now: datetime) -> None:
    row = _held(job)
    done, total = progress
    JobRun.objects.filter(pk=row.pk).update(
        done=total if not outcome.failure else done,
        total=total,
        summary=outcome.summary,
        problems=[asdict(each) for each in outcome.problems[:KEPT_PROBLEMS]],
        result_url=outcome.result_url or row.result_url,
        task=row.task if outcome.found is None else row.task | {FOUND: outcome.found},
    )
    JOB.move(
        row,
        to="failed" if outcome.failure else "done",
        actor=row.owner,
        now=now,
        failure=outcome.failure,
        finished_at=now,
        lease_token=None,
        lease_until=None,
    )


def _fail(job: JobRun, words: str, code: str, clock: Clock) -> None:
    """End a job of which nothing was kept; one that somebody else has by now is theirs."""
    try:
        with transaction.atomic():
            _end(job, Outcome(summary=words, failure=code), (0, 0), clock())
    except LostLeaseError:
        return


def _held(job: JobRun) -> JobRun:
    """The row, locked, as long as the lease is ours."""
    rows = JobRun.objects.select_for_update().filter(pk=job.pk, lease_token=job.lease_token)
    row = rows.first()
    if row is None:
        raise LostLeaseError("")
    return row
