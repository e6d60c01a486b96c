"""Another rule for a group that so many people join or leave by it that no page can wait."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.jobs.kinds import JobKind, Outcome
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.jobs.telling import Tell
from change_tracker.people.changewords import change_words
from change_tracker.people.errors import ChangedSincePreviewError
from change_tracker.people.models import Audience, OrgUnit, Person
from change_tracker.people.services.audiences import Clause, count_changes, plain, set_clauses

#: Up to so many people join and leave while the page waits.
MOST_AT_ONCE = 200

REFERS_TO: dict[str, Any] = {"unit": OrgUnit, "person": Person, "other": Audience}


class ChangeGroupRule(JobKind):
    """Another rule for a group, with all that follows for who joins and who leaves."""

    name = "change_group_rule"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all."""
        task = job.task
        mine = Audience.objects.changeable_by(job.owner) if job.owner else Audience.objects.none()
        audience = mine.filter(pk=task["audience"]).first()
        if audience is None:
            raise ForbiddenError
        change = set_clauses(
            audience=audience,
            clauses=[_clause(each) for each in task["clauses"]],
            expected_version=task["version"],
            expected=task["digest"],
            actor=job.owner,
            today=timezone.localdate(now),
            now=now,
        )
        return Outcome(summary=change_words(change))


def takes_long(audience: Audience, clauses: Sequence[Clause], today: date) -> bool:
    """Whether a worker does it. Two queries."""
    return count_changes(audience=audience, clauses=clauses, today=today) > MOST_AT_ONCE


def change_later(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    expected_version: int | None,
    expected: str,
    result_url: str,
    actor: User,
    now: datetime,
) -> JobRun:
    """Begin a job that gives `audience` the rule that was shown."""
    return start_job(
        kind=ChangeGroupRule.name,
        title=gettext("Changing the group “%(group)s”") % {"group": audience.name},
        task={
            "audience": audience.pk,
            "clauses": [plain(each) for each in clauses],
            "version": audience.version if expected_version is None else expected_version,
            "digest": expected,
        },
        result_url=result_url,
        actor=actor,
        now=now,
    )


def _clause(kept: dict[str, Any]) -> Clause:
    """A line of the rule again. Raises ChangedSincePreviewError where what it names has gone."""
    named = {name: kept[name] for name in REFERS_TO if kept[name]}
    rows = {name: REFERS_TO[name].objects.filter(pk=pk).first() for name, pk in named.items()}
    if None in rows.values():
        raise ChangedSincePreviewError
    day = kept["joined_after"]
    return Clause(**kept | rows | {"joined_after": date.fromisoformat(day) if day else None})
