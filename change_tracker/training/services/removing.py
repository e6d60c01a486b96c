"""Taking a group out of a plan that it was given to: first who would lose it, then exactly that."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.ids import Keys
from change_tracker.core.jobs.telling import Tell, keep_quiet
from change_tracker.core.services import delete_row
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services.leaving import BATCH, chunks, leave_plans
from change_tracker.training.services.planrules import refusal_to_change_rules
from change_tracker.training.services.reading import Run, batch_of, start
from change_tracker.training.services.redating import NewDate, date_by_the_rest
from change_tracker.training.services.turns import write_dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What taking a group out does, or did: people by what happens to them."""

    #: those with work ahead who lose the plan, and what they have done of it already
    withdrawn: int = 0
    kept: int = 0
    #: those who had finished, and stay finished
    finished: int = 0
    #: those who have the plan by another group as well, and their open dates that change
    staying: int = 0
    redated: int = 0
    #: the enrolments (ids) of those who are withdrawn
    losing: tuple[int, ...] = ()
    digest: str = ""

    @property
    def writes(self) -> int:
        """How many people and dates are written."""
        return self.withdrawn + self.finished + self.redated


@dataclass(slots=True)
class _Found:
    """Enrolments by what becomes of them, and new dates."""

    withdrawn: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    staying: list[int] = field(default_factory=list)
    redated: list[NewDate] = field(default_factory=list)

    def removal(self) -> Removal:
        """In numbers. One query for each thousand who are withdrawn."""
        done = TrainingRecord.objects.filter(state=TrainingRecord.State.COMPLETED)
        dates = [(each.record, each.due.on) for each in self.redated]
        told = (self.withdrawn, self.finished, self.staying, dates)
        return Removal(
            withdrawn=len(self.withdrawn),
            kept=sum(done.filter(enrolment__in=ids).count() for ids in chunks(self.withdrawn)),
            finished=len(self.finished),
            staying=len(self.staying),
            redated=len(self.redated),
            losing=tuple(self.withdrawn),
            digest=sha256(repr(told).encode()).hexdigest(),
        )


def preview_removal(*, rule: PlanAudience, today: date) -> Removal:
    """What `remove_rule` would do now; the same reading, and nothing is written."""
    return _read(rule, today, lock=False).removal()


def remove_rule(
    *,
    rule: PlanAudience,
    actor: User | None,
    today: date,
    now: datetime,
    expected: str | None = None,
    tell: Tell = keep_quiet,
) -> Removal:
    """Take a group out of its plan, whether the rule was carried out or not.

    Whoever has the plan by no other group loses it: unfinished work is withdrawn, what is done
    stays. Whoever has it by another group keeps it, with the earliest date of those that are left.
    `expected` is the digest that the caller was shown: raises PeopleChangedError when anything else
    would happen, PlanArchivedError for an archived plan, StaleRowError where the group is out of it
    already. Set-based, in batches.
    """
    with transaction.atomic():
        # Nobody assigns it meanwhile.
        plan = TrainingPlan.objects.select_for_update().get(pk=rule.plan_id)
        if refusal := refusal_to_change_rules(plan):
            raise refusal
        found = _read(rule, today, lock=True)
        removal = found.removal()
        if expected is not None and removal.digest != expected:
            raise PeopleChangedError
        delete_row(rule, actor=actor, now=now)
        _withdraw(rule, found, tell, actor=actor, today=today, now=now)
        write_dates(found.redated, today=today)
        counts = ("withdrawn", "kept", "finished", "staying", "redated")
        changes = {"group": rule.audience_id} | {name: getattr(removal, name) for name in counts}
        scope = plan.audit_scope
        audit.record(
            obj=plan, verb="group_removed", actor=actor, now=now, scope=scope, changes=changes
        )
    return removal


def _withdraw(
    rule: PlanAudience,
    found: _Found,
    tell: Tell,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> None:
    ending = sorted([*found.withdrawn, *found.finished])
    group = rule.audience.name
    reason = gettext("The group “%(group)s” is no longer in the plan.") % {"group": group}
    done = 0
    for ids in chunks(ending):
        tell(done, len(ending))
        rows = Enrolment.objects.filter(pk__in=ids)
        leave_plans(rows, reason=reason, actor=actor, today=today, now=now)
        done += len(ids)
    tell(done, len(ending))


def _read(rule: PlanAudience, today: date, *, lock: bool) -> _Found:
    """Who has the plan by this rule, and by which others. Two queries for each batch, and four
    where somebody stays.
    """
    run = _without(rule, today)
    found = _Found()
    for enrolments in _having(rule, lock=lock):
        others = _with_another(rule, enrolments)
        for pk, (_person, state) in enrolments.items():
            ending = found.withdrawn if state == Enrolment.State.ACTIVE else found.finished
            (found.staying if pk in others else ending).append(pk)
        if staying := sorted(enrolments[pk][0] for pk in others):
            found.redated += date_by_the_rest(run, batch_of(run, staying, lock=False))
    return found


def _without(rule: PlanAudience, today: date) -> Run:
    run = start(rule.plan, today, [])
    return replace(run, known={pk: each for pk, each in run.known.items() if pk != rule.pk})


def _having(rule: PlanAudience, *, lock: bool) -> Iterator[dict[int, tuple[int, str]]]:
    """Enrolments that the rule gave and that leaving has an effect on, a few at a time: the person
    and the state of each.
    """
    rows = Enrolment.objects.running().order_by("pk")
    rows = rows.select_for_update() if lock else rows
    last = 0
    while found := {
        pk: (person, state)
        for pk, person, state in rows.filter(
            pk__gt=last,
            # Once more, see `people_reached`.
            reasons__enrolment__gt=last,
            reasons__plan_audience=rule.pk,
            reasons__ended_on=None,
        ).values_list("pk", "person", "state")[:BATCH]
    }:
        yield found
        last = max(found)


def _with_another(rule: PlanAudience, enrolments: Collection[int]) -> set[int]:
    """Which of the enrolments have another reason as well."""
    others = EnrolmentReason.objects.holding().filter(enrolment__in=Keys(enrolments))
    return set(others.exclude(plan_audience=rule.pk).values_list("enrolment", flat=True))
