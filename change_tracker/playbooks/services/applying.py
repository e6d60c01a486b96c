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
from change_tracker.core.services import lock
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import require_running
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.planning import plan_actions, rewrite_actions
from change_tracker.people.models import Audience, Person
from change_tracker.playbooks.models import Playbook, PlaybookStep, PlaybookUse
from change_tracker.playbooks.services.proposing import (
    ACTION,
    ITEM,
    Line,
    Outcome,
    Proposal,
    propose,
)
from change_tracker.playbooks.services.writing import (
    NOTED,
    due_of,
    given_by,
    new_activity,
    values_of,
)
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.resistance.services.register import record_resistances
from change_tracker.training.models import LearningActivity, PlanItem, TrainingPlan
from change_tracker.training.services.drafting import ItemDraft, add_groups, append_items
from change_tracker.training.services.planning import create_plan


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
    #: whether the initiative had an older version before
    is_newer: bool = False
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
    new, brings up to date what nobody edited, and leaves the rest alone. As many queries for a
    hundred lines as for one.

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
        if not chosen and not proposal.is_newer:
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
        # Held, as far as they are still open: nobody deletes or dismisses what is answered here.
        held = ResistanceSource.objects.open().order_by("pk").select_for_update()
        there = held.in_bulk(list(proposal.sources.values()))
        self.sources = {type_: there[pk] for type_, pk in proposal.sources.items() if pk in there}
        self.steps: list[PlaybookStep] = []
        #: what the use is told anew; a plan that it had may have been deleted meanwhile
        self.noted = ["taken_version", "taken_on"]
        self.use = proposal.use or PlaybookUse(
            initiative=initiative, playbook=proposal.playbook, plan=None
        )

    def run(self, chosen: list[Line]) -> Applied:
        """Write it all."""
        is_newer = self.proposal.is_newer
        actions = [line for line in chosen if line.kind == ACTION]
        expected = self._expect(actions)
        planned = self._plan([line for line in actions if line.outcome == Outcome.NEW])
        changed = self._change([line for line in actions if line.outcome == Outcome.CHANGED])
        items = self._train([line for line in chosen if line.kind == ITEM], planned)
        self._remember(list(planned.values()), changed, items)
        return Applied(
            use=self.use,
            planned=list(planned.values()),
            changed=changed,
            expected=expected,
            items=items,
            is_newer=is_newer,
            left_alone=self.proposal.left_alone,
        )

    def _expect(self, lines: list[Line]) -> list[ResistanceSource]:
        """Record what is in no open entry of the register yet, once a kind."""
        wanted = {type_.pk: type_ for line in lines for type_ in line.expects}
        missing = [type_ for pk, type_ in sorted(wanted.items()) if pk not in self.sources]
        entries = [self._entry(type_) for type_ in missing]
        recorded = record_resistances(initiative=self.initiative, entries=entries, **self.by)
        self.sources |= {source.type_id: source for source in recorded}
        return recorded

    def _entry(self, type_: SourceType) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if type_.asks_last_time:
            said = {"last_time": self.taking.last_time, "this_time": self.taking.this_time}
        return {
            "type": type_,
            "statement": " ".join(type_.signs.split()) or type_.label,
            "audiences": self.groups,
            "origin": ResistanceSource.Origin.ANTICIPATED,
            "owner": self.taking.owner,
        } | said

    def _answered(self, line: Line) -> list[ResistanceSource]:
        return [self.sources[type_.pk] for type_ in line.row.answers.all()]

    def _plan(self, lines: list[Line]) -> dict[str, MitigationAction]:
        """The new actions, by the key of their line."""
        drafts = [
            {
                "sources": self._answered(line),
                "audiences": self.groups,
                "owner": self.taking.owner,
                **values_of(line),
            }
            for line in lines
        ]
        actions = plan_actions(initiative=self.initiative, drafts=drafts, **self.by)
        for line, action in zip(lines, actions, strict=True):
            self._note(line, action=action, **given_by(line, action))
        return {line.key: action for line, action in zip(lines, actions, strict=True)}

    def _change(self, lines: list[Line]) -> list[MitigationAction]:
        """The actions that are other in the playbook by now, and that nobody edited."""
        pairs: list[tuple[Any, Line]] = [(line.step, line) for line in lines]
        rewritten = rewrite_actions(
            [
                (step.action, values_of(line, step.action) | self._answers_more(line))
                for step, line in pairs
            ],
            **self.by,
        )
        for step, line in pairs:
            step.line_digest = line.digest
            for name, value in given_by(line, step.action).items():
                setattr(step, name, value)
        PlaybookStep.objects.bulk_update([step for step, _line in pairs], NOTED)
        return rewritten

    def _answers_more(self, line: Line) -> dict[str, Any]:
        """What its action answers from now on, where the playbook answers more than it did."""
        more = [self.sources[type_.pk] for type_ in line.expects]
        there = [ResistanceSource(pk=pk) for pk in line.answered]
        return {"sources": [*there, *more]} if more else {}

    def _train(self, lines: list[Line], planned: dict[str, MitigationAction]) -> list[PlanItem]:
        """The activities, in the plan that there is or a new draft."""
        if not lines:
            return []
        plan = self.use.plan or self._draft(planned)
        library = self._library(plan, lines)
        drafts = [
            ItemDraft(
                activity=library.pop(line.row.label, None),
                new=new_activity(line.row),
                is_required=line.row.is_required,
                due=due_of(line.row),
            )
            for line in lines
        ]
        items = append_items(plan, drafts, **self.by)
        for line, item in zip(lines, items, strict=True):
            self._note(line, item=item)
        return items

    def _draft(self, planned: dict[str, MitigationAction]) -> TrainingPlan:
        """A new plan: it answers what its action does, or everything."""
        playbook = self.proposal.playbook
        actions = [(line, planned[line.key]) for line in self.proposal.lines if line.key in planned]
        training = [each for each in actions if each[1].kind == ActionKind.TRAINING]
        answered = [source for line, _ in training or actions for source in self._answered(line)]
        plan = create_plan(
            initiative=self.initiative,
            title=playbook.plan_title,
            is_sequential=playbook.plan_is_sequential,
            sources=[*{source.pk: source for source in answered}.values()],
            action=training[0][1] if training else None,
            **self.by,
        )
        add_groups(plan, self.groups, due_of(playbook), **self.by)
        self.use.plan = plan
        self.noted.append("plan")
        return plan

    def _library(self, plan: TrainingPlan, lines: list[Line]) -> dict[str, LearningActivity]:
        """What the shared library has under the same title and the plan has not, the oldest."""
        titles = [line.title for line in lines]
        rows = LearningActivity.objects.filter(initiative=None, title__in=titles)
        found = rows.exclude(plan_items__plan=plan).order_by("-pk")
        return {activity.title: activity for activity in found}

    def _note(self, line: Line, **made: Any) -> None:
        self.steps.append(
            PlaybookStep(kind=line.kind, slug=line.slug, line_digest=line.digest, **made)
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
        use.save(update_fields=self.noted if use.pk else None)
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
