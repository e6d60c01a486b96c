"""Another rule for a group that so many people join or leave by it that no page can wait."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError, StaleRowError
from change_tracker.core.jobs.kinds import CHECKED, JobKind, Outcome, looked_words
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.jobs.telling import Tell
from change_tracker.people.changewords import change_words
from change_tracker.people.errors import ChangedSincePreviewError
from change_tracker.people.models import Audience, OrgUnit, Person
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences import (
    Clause,
    change_audience,
    count_changes,
    plain,
    preview_clauses,
    set_clauses,
)

#: Up to so many people join and leave while the page waits.
MOST_AT_ONCE = 200

REFERS_TO: dict[str, Any] = {"unit": OrgUnit, "person": Person, "other": Audience}


class ChangeGroupRule(JobKind):
    """Another rule for a group, with all that follows for who joins and who leaves."""

    name = "change_group_rule"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all."""
        task, audience, clauses = job.task, _audience_of(job), clauses_of(job)
        today = timezone.localdate(now)
        if counted := task.get("counted"):
            found = count_changes(audience=audience, clauses=clauses, today=today)
            if found != tuple(counted):
                raise ChangedSincePreviewError
        change = set_clauses(
            audience=audience,
            clauses=clauses,
            expected_version=task["version"],
            expected=task["digest"],
            actor=job.owner,
            today=today,
            now=now,
        )
        return Outcome(summary=change_words(change))


class CheckGroupRule(JobKind):
    """A look at what another rule for a group would do; nothing happens by it."""

    name = "check_group_rule"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """What it would do now."""
        shown = preview_clauses(
            audience=_audience_of(job),
            clauses=clauses_of(job),
            expected_version=job.task["version"],
            today=timezone.localdate(now),
            now=now,
        )
        url = f"{job.result_url}?{CHECKED}={job.pk}" if job.result_url else ""
        return Outcome(summary=looked_words(), result_url=url, found=shown.plain())


def takes_long(audience: Audience, clauses: Sequence[Clause], today: date) -> bool:
    """Whether a worker does it. Two queries."""
    return sum(count_changes(audience=audience, clauses=clauses, today=today)) > MOST_AT_ONCE


def set_rule(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    expected_version: int | None = None,
    expected: str | None = None,
    result_url: str = "",
    actor: User,
    today: date,
    now: datetime,
) -> MembershipChange | JobRun:
    """Give `audience` another rule; where many join or leave by it, begin a job that does.

    The job leads to `result_url`. Raises at once what `set_clauses` does, as far as that can be
    known beforehand.
    """
    how: dict[str, Any] = {"expected_version": expected_version, "expected": expected}
    how |= {"audience": audience, "clauses": clauses, "actor": actor, "now": now}
    if takes_long(audience, clauses, today):
        return change_later(result_url=result_url, **how)
    return set_clauses(today=today, **how)


def change_group(
    *,
    audience: Audience,
    clauses: Sequence[Clause] | None = None,
    expected_version: int | None = None,
    expected: str | None = None,
    actor: User,
    today: date,
    now: datetime,
    **columns: Any,
) -> Audience | JobRun:
    """What `change_audience` does; where many join or leave by the rule, that is done by a job."""
    by: dict[str, Any] = {"actor": actor, "now": now}
    version = audience.version if expected_version is None else expected_version
    columns |= {"expected_version": version, "today": today}
    if clauses is None or not takes_long(audience, clauses, today):
        return change_audience(
            audience=audience, clauses=clauses, expected=expected, **columns, **by
        )
    with transaction.atomic():
        before = audience.version
        audience = change_audience(audience=audience, **columns, **by)
        # A change of columns has raised the version that was expected by one.
        version += audience.version - before
        return change_later(
            audience=audience, clauses=clauses, expected_version=version, expected=expected, **by
        )


def change_later(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    expected_version: int | None = None,
    expected: str | None = None,
    counted: tuple[int, int] | None = None,
    result_url: str = "",
    actor: User,
    now: datetime,
) -> JobRun:
    """Begin a job that gives `audience` the rule that was shown.

    Where only numbers were shown, `counted` are those of `count_changes`; the job keeps to them.
    Raises StaleRowError when the row no longer has `expected_version`.
    """
    version = audience.version if expected_version is None else expected_version
    if not Audience.objects.filter(pk=audience.pk, version=version).exists():
        raise StaleRowError
    return start_job(
        kind=ChangeGroupRule.name,
        title=gettext("Changing the group “%(group)s”") % {"group": audience.name},
        task={
            "audience": audience.pk,
            "clauses": [plain(each) for each in clauses],
            "version": version,
            "digest": expected,
            "counted": counted,
        },
        result_url=result_url,
        actor=actor,
        now=now,
    )


def check_later(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    expected_version: int | None = None,
    sent: Sequence[tuple[str, str]] = (),
    result_url: str = "",
    actor: User,
    now: datetime,
) -> JobRun:
    """Begin a job that finds out what the rule would do, as `preview_clauses` does.

    It leads to `result_url`, with its number as CHECKED; `sent` is what that page needs again.
    """
    return start_job(
        kind=CheckGroupRule.name,
        title=gettext("Checking another rule for “%(group)s”") % {"group": audience.name},
        task={
            "audience": audience.pk,
            "clauses": [plain(each) for each in clauses],
            "version": audience.version if expected_version is None else expected_version,
            "sent": sent,
        },
        result_url=result_url,
        actor=actor,
        now=now,
    )


def clauses_of(job: JobRun) -> list[Clause]:
    """The rule of a job. Raises ChangedSincePreviewError where what it names has gone."""
    return [_clause(each) for each in job.task["clauses"]]


def _audience_of(job: JobRun) -> Audience:
    """The group, as long as whoever began the job may change it."""
    mine = Audience.objects.changeable_by(job.owner) if job.owner else Audience.objects.none()
    audience = mine.filter(pk=job.task["audience"]).first()
    if audience is None:
        raise ForbiddenError
    return audience


def _clause(kept: dict[str, Any]) -> Clause:
    """A line of the rule again."""
    named = {name: kept[name] for name in REFERS_TO if kept[name]}
    rows = {name: REFERS_TO[name].objects.filter(pk=pk).first() for name, pk in named.items()}
    if None in rows.values():
        raise ChangedSincePreviewError
    day = kept["joined_after"]
    return Clause(**kept | rows | {"joined_after": date.fromisoformat(day) if day else None})
