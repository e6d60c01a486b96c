"""Applying a change list in one transaction, or not at all; every run leaves a row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import ngettext

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.telling import Tell, keep_quiet, within
from change_tracker.core.models import AuditEvent
from change_tracker.core.tables import Problem
from change_tracker.people.errors import ChangedSincePreviewError
from change_tracker.people.models import PeopleSync
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.people.services.consequences import came_of_it, carry_out, person_event
from change_tracker.people.services.sync.plan import plan_people
from change_tracker.people.services.sync.plans import Kind, PeoplePlan
from change_tracker.people.services.sync.roster import Roster
from change_tracker.people.services.sync.write import write_plan

#: Problems that a run keeps; the counts tell how many there were.
KEPT_PROBLEMS = 1000


class RosterRefusedError(ChangeTrackerError):
    """The roster has errors, which are in `problems`."""

    code = "roster_refused"

    def __init__(self, message: str, problems: Sequence[Problem]) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """One run: its row, what it did or would do, and which audiences changed, or would change.

    `outcome` are sentences on what only the end of it can tell.
    """

    sync: PeopleSync
    plan: PeoplePlan
    memberships: tuple[MembershipChange, ...] = ()
    outcome: tuple[str, ...] = ()


def preview_people(
    *, plan: PeoplePlan, actor: User | None, now: datetime, tell: Tell = keep_quiet
) -> SyncResult:
    """Say what applying `plan` would do to audiences as well, and keep the run as a dry run.

    Everything is done and taken back, so that the preview cannot differ from what it previews.
    A plan with errors is kept as refused. Raises ChangedSincePreviewError where somebody adds the
    same person meanwhile.
    """
    if plan.errors:
        return SyncResult(sync=_record(plan, PeopleSync.State.REFUSED, actor, now), plan=plan)
    try:
        with transaction.atomic():
            written = _write(plan, actor, now, tell)
            transaction.set_rollback(True)
    except IntegrityError as error:
        raise ChangedSincePreviewError from error
    sync = _record(plan, PeopleSync.State.DRY_RUN, actor, now)
    return SyncResult(sync=sync, plan=plan, **written)


def apply_people(*, plan: PeoplePlan, actor: User | None, now: datetime) -> SyncResult:
    """Apply `plan`, which somebody saw, with all its consequences in one transaction.

    Raises RosterRefusedError for a plan with errors, ChangedSincePreviewError when the stored
    people, units or audiences are not those that it was made from. Then nothing is applied and
    the run is kept as refused.
    """
    return apply_roster(
        roster=plan.roster,
        full=plan.full,
        today=plan.today,
        look=partial(refuse_another, digest=plan.digest),
        actor=actor,
        now=now,
    )


def refuse_another(plan: PeoplePlan, *, digest: str) -> None:
    """Raise ChangedSincePreviewError unless `plan` is the one whose digest somebody saw."""
    if plan.digest != digest:
        raise ChangedSincePreviewError


def apply_roster(
    *,
    roster: Roster,
    full: bool,
    today: date,
    look: Callable[[PeoplePlan], None],
    actor: User | None,
    now: datetime,
    tell: Tell = keep_quiet,
) -> SyncResult:
    """Plan and apply `roster` while nobody else changes people, in one transaction.

    `look` is called with the plan, and may refuse it by raising a ChangeTrackerError. Raises that,
    RosterRefusedError for a plan with errors, and ChangedSincePreviewError where somebody adds the
    same person meanwhile. Then nothing is applied and the run is kept as refused.
    """
    plan: PeoplePlan | None = None
    try:
        with transaction.atomic():
            compared = within(tell, 0, 25)
            plan = plan_people(roster, full=full, today=today, hold=True, tell=compared)
            look(plan)
            refuse_errors(plan)
            return _apply(plan, actor, now, within(tell, 25, 100))
    except IntegrityError as error:
        _refuse(plan, ChangedSincePreviewError(), actor, now)
        raise ChangedSincePreviewError from error
    except ChangeTrackerError as error:
        _refuse(plan, error, actor, now)
        raise


def _apply(plan: PeoplePlan, actor: User | None, now: datetime, tell: Tell) -> SyncResult:
    written = _write(plan, actor, now, tell)
    sync = _record(plan, PeopleSync.State.APPLIED, actor, now)
    audit.record(obj=sync, verb="applied", actor=actor, now=now, changes=plan.counts)
    return SyncResult(sync=sync, plan=plan, **written)


def refuse_errors(plan: PeoplePlan) -> None:
    """Raise RosterRefusedError where the roster has errors."""
    if plan.errors:
        count = len(plan.errors)
        text = ngettext(
            "The staff list has %(count)s error; nothing was applied.",
            "The staff list has %(count)s errors; nothing was applied.",
            count,
        )
        raise RosterRefusedError(text % {"count": count}, plan.errors)


def _refuse(
    plan: PeoplePlan | None, error: ChangeTrackerError, actor: User | None, now: datetime
) -> None:
    """Keep a run that was not applied, with the reason where the roster is not the reason."""
    if plan is None:
        return
    if not isinstance(error, RosterRefusedError):
        why = Problem(None, "", str(error.message), is_error=True)
        plan = replace(plan, problems=(why, *plan.problems))
    _record(plan, PeopleSync.State.REFUSED, actor, now)


def keep_unread(
    source: str, error: ChangeTrackerError, actor: User | None, now: datetime
) -> PeopleSync:
    """Keep a run that never came to a plan, with its reason."""
    return PeopleSync.objects.create(
        source=source,
        state=PeopleSync.State.REFUSED,
        ran_at=now,
        actor_user_id=actor.pk if actor is not None else None,
        problems=[asdict(Problem(None, "", str(error.message), is_error=True))],
    )


def _write(plan: PeoplePlan, actor: User | None, now: datetime, tell: Tell) -> dict[str, Any]:
    """Everything that follows from `plan`; returns what of it a result tells."""
    change = plan.people_change
    write_plan(plan, tell=within(tell, 0, 70))
    audit.record_many(_events(plan, actor, now))
    carry_out(change, actor=actor, now=now)
    recomputed = within(tell, 70, 100)
    changed = recompute_audiences(actor=actor, today=plan.today, now=now, tell=recomputed)
    return {"memberships": tuple(changed), "outcome": tuple(came_of_it(change))}


def _events(plan: PeoplePlan, actor: User | None, now: datetime) -> Iterator[AuditEvent]:
    verbs = {Kind.LEAVER: "left", Kind.MOVER: "moved_unit"}
    for change in plan.changes:
        if change.kind in verbs and change.pk is not None:
            yield person_event(
                change.pk,
                verb=verbs[change.kind],
                ends_on=change.values["ends_on"],
                unit=change.values["unit"],
                unit_before=change.unit_before,
                actor=actor,
                now=now,
            )


def _record(plan: PeoplePlan, state: str, actor: User | None, now: datetime) -> PeopleSync:
    return PeopleSync.objects.create(
        source=plan.roster.source,
        state=state,
        ran_at=now,
        actor_user_id=actor.pk if actor is not None else None,
        counts=plan.counts,
        problems=[asdict(each) for each in [*plan.errors, *plan.warnings][:KEPT_PROBLEMS]],
        digest=plan.digest,
    )
