"""Applying a playbook to an initiative: all that was chosen in one step, or nothing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import StaleRowError
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import lock, require_running
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, plan_action
from change_tracker.people.models import Audience, Person
from change_tracker.playbooks.models import Playbook, PlaybookStep, PlaybookUse
from change_tracker.playbooks.services.proposing import (
    ACTION,
    ITEM,
    Line,
    Outcome,
    Proposal,
    action_digest,
    line_digest,
    propose,
)
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.resistance.services.register import record_resistance
from change_tracker.training.models import LearningActivity, PlanItem, TrainingPlan
from change_tracker.training.services.planning import (
    add_item,
    add_rule,
    create_activity,
    create_plan,
)

ITEM_VALUES = ("body", "url", "minutes", "completion_rule", "kind")
DUE_VALUES = ("due_rule", "due_days", "due_unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What of a playbook is taken: `keys` of the lines that `propose` offers, None all of them; for
    which groups; who owns it; and what is said where an earlier attempt failed.
    """

    keys: Collection[str] | None = None
    groups: Collection[Audience] = ()
    owner: Person | None = None
    last_time: str = ""
    this_time: str = ""

    def takes(self, line: Line) -> bool:
        """Whether a line is among them."""
        return self.keys is None or line.key in self.keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying wrote. Nothing at all: it was there already."""

    use: PlaybookUse | None
    planned: list[MitigationAction] = field(default_factory=list)
    changed: list[MitigationAction] = field(default_factory=list)
    expected: list[ResistanceSource] = field(default_factory=list)
    items: list[PlanItem] = field(default_factory=list)
    left_alone: list[Line] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing left to do."""
        return not (self.planned or self.changed or self.items)


EVERYTHING = Taking()


def apply_playbook(
    playbook: Playbook,
    *,
    initiative: Initiative,
    actor: User | None,
    now: datetime,
    taking: Taking = EVERYTHING,
    expected_version: int | None = None,
) -> Applied:
    """Plan the actions of a playbook, and draft its training plan for the groups.

    What is expected stands in the register afterwards: open entries of a kind are answered, others
    are recorded as anticipated. A repeat writes nothing; applying a later version adds what is
    new, brings up to date what nobody edited, and leaves the rest alone. Queries grow with the
    lines that are made.

    Raises InitiativeEndedError, StaleRowError where the playbook has another version than
    expected, and ValidationError where last time and this time are asked and missing.
    """
    with transaction.atomic():
        require_running(initiative)  # whoever presses twice waits here, and finds it done
        initiative, held = lock(initiative), lock(playbook)
        if expected_version not in {None, held.version}:
            raise StaleRowError
        proposal = propose(held, initiative, timezone.localdate(now))
        chosen = [each for each in proposal.offered if taking.takes(each)]
        nothing_new = proposal.use is None or proposal.use.taken_version == held.version
        if not chosen and nothing_new:
            return Applied(use=proposal.use, left_alone=proposal.left_alone)
        return _Applying(proposal, initiative, taking, {"actor": actor, "now": now}).run(chosen)


class _Applying:
    """One run: what it was asked for, and what it has made so far."""

    def __init__(
        self,
        proposal: Proposal,
        initiative: Initiative,
        taking: Taking,
        by: dict[str, Any],
    ) -> None:
        self.proposal, self.initiative = proposal, initiative
        self.groups, self.taking, self.by = list(taking.groups), taking, by
        there = ResistanceSource.objects.in_bulk(list(proposal.sources.values()))
        self.sources = {type_: there[pk] for type_, pk in proposal.sources.items()}
        self.steps: list[PlaybookStep] = []
        self.use = proposal.use or PlaybookUse(
            initiative=initiative, playbook=proposal.playbook, plan=None
        )

    def run(self, chosen: list[Line]) -> Applied:
        """Write it all."""
        actions = [line for line in chosen if line.kind == ACTION]
        expected = self._expect(actions)
        planned = [self._plan(line) for line in actions if line.outcome == Outcome.NEW]
        changed = [self._change(line) for line in actions if line.outcome == Outcome.CHANGED]
        items = self._train([line for line in chosen if line.kind == ITEM], planned)
        self._remember(planned, changed, items)
        return Applied(
            use=self.use,
            planned=planned,
            changed=changed,
            expected=expected,
            items=items,
            left_alone=self.proposal.left_alone,
        )

    def _expect(self, lines: list[Line]) -> list[ResistanceSource]:
        """Record what is in no open entry of the register yet, once a kind."""
        wanted = {type_.pk: type_ for line in lines for type_ in line.row.answers.all()}
        missing = [type_ for pk, type_ in sorted(wanted.items()) if pk not in self.sources]
        recorded = [self._record(type_) for type_ in missing]
        self.sources |= {source.type_id: source for source in recorded}
        return recorded

    def _record(self, type_: SourceType) -> ResistanceSource:
        said: dict[str, Any] = {}
        if type_.asks_last_time:
            said = {"last_time": self.taking.last_time, "this_time": self.taking.this_time}
        return record_resistance(
            initiative=self.initiative,
            source_type=type_,
            statement=" ".join(type_.signs.split()) or type_.label,
            audiences=self.groups,
            origin=ResistanceSource.Origin.ANTICIPATED,
            owner=self.taking.owner,
            **said,
            **self.by,
        )

    def _plan(self, line: Line) -> MitigationAction:
        action = plan_action(
            initiative=self.initiative,
            sources=[self.sources[type_.pk] for type_ in line.row.answers.all()],
            audiences=self.groups,
            owner=self.taking.owner,
            **_values_of(line),
            **self.by,
        )
        self._note(line, action=action, row_digest=action_digest(action), **_given(line))
        return action

    def _change(self, line: Line) -> MitigationAction:
        step: Any = line.step
        action = change_action(step.action, **_values_of(line), **self.by)
        step.line_digest, step.row_digest = line_digest(ACTION, line.row), action_digest(action)
        step.days, step.given_on = line.row.days, line.due.on
        step.save(update_fields=["line_digest", "row_digest", "days", "given_on"])
        return action

    def _train(self, lines: list[Line], planned: list[MitigationAction]) -> list[PlanItem]:
        """The activities, in the plan that there is or a new draft."""
        if not lines:
            return []
        plan = self.use.plan or self._draft(planned)
        place = plan.items.count()
        items = []
        for position, line in enumerate(lines, place + 1):
            item = add_item(
                plan=plan,
                activity=self._activity(line.row, plan),
                position=position,
                is_required=line.row.is_required,
                **{name: getattr(line.row, name) for name in DUE_VALUES},
                **self.by,
            )
            self._note(line, item=item)
            items.append(item)
        return items

    def _draft(self, planned: list[MitigationAction]) -> TrainingPlan:
        playbook = self.proposal.playbook
        carried_out = (each for each in planned if each.kind == ActionKind.TRAINING)
        plan = create_plan(
            initiative=self.initiative,
            title=playbook.plan_title,
            is_sequential=playbook.plan_is_sequential,
            sources=[*{source.pk: source for source in self._answered(planned)}.values()],
            action=next(carried_out, None),
            **self.by,
        )
        due = {name: getattr(playbook, name) for name in DUE_VALUES}
        for group in self.groups:
            add_rule(plan=plan, audience=group, **due, **self.by)
        self.use.plan = plan
        return plan

    def _answered(self, planned: list[MitigationAction]) -> list[ResistanceSource]:
        """What the training answers: what its action does, or everything."""
        training = [each for each in planned if each.kind == ActionKind.TRAINING] or planned
        return [source for action in training for source in action.sources.all()]

    def _activity(self, row: Any, plan: TrainingPlan) -> LearningActivity:
        """The one of the shared library with the same title, or one of this initiative's own."""
        library = LearningActivity.objects.filter(initiative=None, title=row.label)
        found = library.exclude(plan_items__plan=plan).order_by("pk").first()
        return found or create_activity(
            initiative=self.initiative,
            title=row.label,
            topics=list(row.topics.all()),
            **{name: getattr(row, name) for name in ITEM_VALUES},
            **self.by,
        )

    def _note(self, line: Line, **made: Any) -> None:
        self.steps.append(
            PlaybookStep(
                kind=line.kind, slug=line.slug, line_digest=line_digest(line.kind, line.row), **made
            )
        )

    def _remember(
        self,
        planned: list[MitigationAction],
        changed: list[MitigationAction],
        items: list[PlanItem],
    ) -> None:
        """Which version is here now, what its lines became, and a line of history."""
        use, now = self.use, self.by["now"]
        use.taken_version = self.proposal.playbook.version
        use.taken_on = timezone.localdate(now)
        use.save()
        for step in self.steps:
            step.use = use
        PlaybookStep.objects.bulk_create(self.steps)
        audit.record(
            obj=use,
            verb="applied",
            scope=self.initiative.audit_scope,
            changes={
                "playbook": use.playbook_id,
                "taken_version": use.taken_version,
                "planned": [action.pk for action in planned],
                "changed": [action.pk for action in changed],
                "items": [item.pk for item in items],
            },
            **self.by,
        )


def _given(line: Line) -> dict[str, Any]:
    """What a step remembers, so that the date can follow go-live."""
    return {"days": line.row.days, "given_on": line.due.on}


def _values_of(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "title": row.label,
        "description": row.description,
        "strategy": row.strategy,
        "kind": row.kind,
        "minutes": row.minutes,
        "due_on": line.due.on,
    }
