"""Dates that a playbook gave follow go-live, as long as nobody chose another one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.conf import get_conf
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.points import Following, FollowsGoLive
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Holiday
from change_tracker.playbooks.models import PlaybookStep
from change_tracker.playbooks.rules import Dated, dated, follows
from change_tracker.playbooks.services.proposing import action_digest
from change_tracker.playbooks.services.surroundings import gathered

BATCH = 500


@dataclass(frozen=True, slots=True)
class _Clock:
    """A date of an action that a playbook gave: where it stands, and what the step knows of it."""

    name: str
    days: str
    given: str


DUE = _Clock("due_on", "days", "given_on")
AGAIN = _Clock("evaluate_again_on", "again_days", "again_given_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dating:
    """One date of an open action, the step that it came from, and what another go-live makes of it;
    `stays` says why it does not follow although its days count from go-live.
    """

    clock: _Clock
    step: PlaybookStep
    action: MitigationAction
    due: Dated
    stays: str | Promise = ""

    @property
    def now(self) -> date | None:
        """The date that it has."""
        day: date | None = getattr(self.action, self.clock.name)
        return day

    @property
    def moves(self) -> bool:
        """Whether it gets another date."""
        return not self.stays and self.due.on != self.now

    @property
    def title(self) -> str:
        """What it is called on a page."""
        if self.clock is DUE:
            return self.action.title
        return gettext("%(action)s: evaluate it again") % {"action": self.action.title}


class ActionDates(FollowsGoLive):
    """Open actions of playbooks move with go-live, unless their date was chosen by hand."""

    def foresee(
        self, user: User, initiative: Initiative, to: date | None, today: date
    ) -> list[Following]:
        """Each date that would be another, and each that stays; three queries."""
        found = _datings(_dated(initiative).visible_to(user), to, today)
        return [
            Following(
                title=each.title,
                from_on=each.now,
                to_on=each.due.on if each.moves else each.now,
                words=each.stays or (each.due.moved.label if each.due.moved else ""),
            )
            for each in found
            if each.moves or each.stays
        ]

    def follow(self, initiative: Initiative, *, actor: User | None, now: datetime) -> None:
        """Give them their dates, with a line of history each; seven statements for any number."""
        held = _dated(initiative).select_for_update()
        go_live_on, today = initiative.go_live_on, timezone.localdate(now)
        moving = [each for each in _datings(held, go_live_on, today) if each.moves]
        if not moving:
            return
        steps = {each.step.pk: each.step for each in moving}
        actions = {each.action.pk: each.action for each in moving}
        _give(moving, steps.values(), actions)
        MitigationAction.objects.bulk_update(
            actions.values(), [DUE.name, AGAIN.name, "due_revision", "version"], BATCH
        )
        PlaybookStep.objects.bulk_update(
            steps.values(), [DUE.given, AGAIN.given, "row_digest"], BATCH
        )
        audit.record_many(
            audit.event(
                obj=action,
                verb="changed",
                actor=actor,
                now=now,
                scope=initiative.audit_scope,
                reason=gettext("Go-live was moved."),
                changes={
                    each.clock.name: audit.plain(None, each.due.on)
                    for each in moving
                    if each.action is action
                },
            )
            for action in actions.values()
        )


GO_LIVE_DATES = ActionDates()


def _dated(initiative: Initiative) -> Any:
    """The open actions with days that count from go-live, by date."""
    counts = Q(days__isnull=False) | Q(again_days__isnull=False)
    steps = PlaybookStep.objects.filter(counts, use__initiative=initiative)
    rows = MitigationAction.objects.open().filter(pk__in=steps.values("action"))
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def _datings(actions: Any, to: date | None, today: date) -> Iterator[_Dating]:
    found = {action.pk: action for action in actions}
    if not found or to is None:
        return
    steps = {step.action_id: step for step in PlaybookStep.objects.filter(action__in=found)}
    days = Holiday.objects.values_list("day", flat=True)
    calendar = Calendar(tuple(get_conf().working_days), tuple(days))
    for pk, action in found.items():
        for clock in (DUE, AGAIN):
            count: int | None = getattr(steps[pk], clock.days)
            if count is not None:
                due = dated(to, count, today, calendar)
                stays = _why_it_stays(clock, steps[pk], action, due, today)
                yield _Dating(clock=clock, step=steps[pk], action=action, due=due, stays=stays)


def _why_it_stays(
    clock: _Clock, step: PlaybookStep, action: MitigationAction, due: Dated, today: date
) -> str | Promise:
    now: date | None = getattr(action, clock.name)
    if now != getattr(step, clock.given):
        return _("its date was chosen by hand, and stays")
    if not follows(now, due, today):
        return _("that day has passed, and so has its date, which stays")
    evaluated_on = action.evaluated_on if clock is AGAIN else None
    if evaluated_on and due.on and due.on <= evaluated_on:
        return _("it was evaluated since, so its date stays")
    return ""


def _give(
    moving: Sequence[_Dating],
    steps: Iterable[PlaybookStep],
    actions: Mapping[int, MitigationAction],
) -> None:
    """Write the new dates into the rows; what was edited otherwise stays edited."""
    units = units_of(actions)
    pairs = [(step, actions[step.action_id]) for step in steps if step.action_id]
    as_given = [
        pair for pair in pairs if pair[0].row_digest == action_digest(pair[1], units(pair[1]))
    ]
    for each in moving:
        setattr(each.action, each.clock.name, each.due.on)
        setattr(each.step, each.clock.given, each.due.on)
        each.action.due_revision += each.clock is DUE
    for action in actions.values():
        action.version += 1
    for step, action in as_given:
        step.row_digest = action_digest(action, units(action))


def units_of(actions: Collection[int]) -> Callable[[MitigationAction], frozenset[int]]:
    """Which units each of the actions with these keys names; one query."""
    through: Any = MitigationAction.units.through
    rows = through.objects.filter(mitigationaction__in=list(actions))
    named = gathered(rows.values_list("mitigationaction_id", "orgunit_id"))
    return lambda action: named.get(action.pk, frozenset())
