"""Deciding about more people than a page can wait for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.jobs.kinds import JobKind, Outcome
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import KEPT_PROBLEMS, start_job
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.tables import Problem
from change_tracker.core.text import short_date
from change_tracker.training import decisions, services
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import Enrolment, TrainingPlan
from change_tracker.training.services import Decision, Verdict, Verdicts

#: Up to so many people are decided about while the page waits.
MOST_AT_ONCE = 200

DO: dict[Decision, Callable[..., Verdicts]] = {
    Decision.EXTEND: services.extend_people,
    Decision.EXEMPT: services.exempt_people,
    Decision.WITHDRAW: services.withdraw_people,
}


class DecideAboutPeople(JobKind):
    """More time, an exemption or a withdrawal for many people of a plan."""

    name = "decide_about_people"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all; who is left out is told by name."""
        if job.owner is None:
            raise ForbiddenError
        task, today = job.task, timezone.localdate(now)
        until = date.fromisoformat(task["until"]) if task["until"] else None
        decision = Decision(task["decision"])
        theirs = Enrolment.objects.changeable_by(job.owner).filter(plan=task["plan"])
        verdicts = DO[decision](
            theirs.filter(pk__in=task["enrolments"]),
            reason=task["reason"],
            expected=task["digest"],
            actor=job.owner,
            today=today,
            now=now,
            tell=tell,
            **({"until": until} if until else {}),
        )
        day = short_date(until, today) if until else ""
        return Outcome(
            summary=decisions.done_words(decision, verdicts, day),
            problems=list(_left_out(verdicts, job.owner)),
        )


def decide_later(  # noqa: PLR0913  what was decided
    decision: Decision,
    verdicts: Verdicts,
    *,
    plan: TrainingPlan,
    reason: str,
    expected: str,
    until: date | None = None,
    result_url: str,
    actor: User,
    now: datetime,
) -> JobRun:
    """Begin a job that decides as `verdicts` say. Raises PeopleChangedError where they are not
    what the caller was shown.
    """
    if verdicts.digest != expected:
        raise PeopleChangedError
    return start_job(
        kind=DecideAboutPeople.name,
        title=_title(decision, len(verdicts.reached), plan),
        task={
            "decision": decision.value,
            "plan": plan.pk,
            "enrolments": sorted(pk for ids in verdicts.of.values() for pk in ids),
            "until": until.isoformat() if until else "",
            "reason": reason,
            "digest": expected,
        },
        result_url=result_url,
        actor=actor,
        now=now,
    )


def _title(decision: Decision, count: int, plan: TrainingPlan) -> str:
    said = {
        Decision.EXTEND: ngettext(
            "More time for %(count)s person in “%(plan)s”",
            "More time for %(count)s people in “%(plan)s”",
            count,
        ),
        Decision.EXEMPT: ngettext(
            "Exempting %(count)s person from “%(plan)s”",
            "Exempting %(count)s people from “%(plan)s”",
            count,
        ),
        Decision.WITHDRAW: ngettext(
            "Withdrawing %(count)s person from “%(plan)s”",
            "Withdrawing %(count)s people from “%(plan)s”",
            count,
        ),
    }
    return said[decision] % {"count": count, "plan": plan.title}


def _left_out(verdicts: Verdicts, reader: User) -> Iterator[Problem]:
    """Who was left out, and why. One query."""
    why = {
        pk: Verdict(verdict).label
        for verdict, ids in verdicts.of.items()
        if verdict != Verdict.REACHED
        for pk in ids
    }
    chosen: Sequence[int] = list(why)[:KEPT_PROBLEMS]
    rows: Any = Enrolment.objects.visible_to(reader).filter(pk__in=chosen)
    names = rows.order_by("person__display_name", "pk").values_list("pk", "person__display_name")
    for pk, name in names if chosen else ():
        yield Problem(None, name, gettext("Left out: %(why)s") % {"why": why[pk]})
