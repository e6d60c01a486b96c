"""What applying a playbook would do, line by line; applying does the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.playbooks.models import Playbook, PlaybookStep, PlaybookUse
from change_tracker.playbooks.own import SAME
from change_tracker.playbooks.rules import Dated
from change_tracker.playbooks.sections import ACTIONS, ITEMS
from change_tracker.playbooks.services.surroundings import Around, around_of
from change_tracker.resistance.models import SourceType
from change_tracker.resistance.points import Section
from change_tracker.resistance.services.contents import content_of_row, digest
from change_tracker.training.models import TrainingPlan
from change_tracker.training.models.dues import FROM_GO_LIVE, WithDueRule
from change_tracker.training.rules import Rule, counted

ACTION, ITEM = PlaybookStep.Kind.ACTION, PlaybookStep.Kind.ITEM
SECTIONS: dict[str, Section] = {ACTION: ACTIONS, ITEM: ITEMS}
NOBODY: frozenset[int] = frozenset()


class Outcome(models.TextChoices):
    """What becomes of a line."""

    NEW = "new", _("new")
    CHANGED = "changed", _("other in the playbook by now: it is brought up to date")
    SAME = "same", _("there already")
    EDITED = "edited", _("other in the playbook by now, but edited here: it is left alone")
    BEGUN = "begun", _("other in the playbook by now, but work has begun: it is left alone")
    GONE = "gone", _("deleted here: it is left alone")
    DROPPED = "dropped", _("no longer in the playbook: it is left alone")
    KEPT = "kept", _("other in the playbook by now: the training plan keeps what it has")
    REVISE = "revise", _("new, but the training plan is no draft any more: revise the plan")


#: What the caller may choose, or leave out.
OFFERED = (Outcome.NEW, Outcome.CHANGED)
#: What is as the playbook has it needs no words; this does.
LEFT_ALONE = (
    *(Outcome.EDITED, Outcome.BEGUN, Outcome.GONE),
    *(Outcome.DROPPED, Outcome.KEPT, Outcome.REVISE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a playbook, and what applying it does. `row` is None where it was dropped."""

    kind: str
    slug: str
    title: str
    outcome: Outcome
    row: Any = None
    step: PlaybookStep | None = None
    due: Dated = field(default_factory=Dated)
    #: of a tool: when it is evaluated again
    again: Dated = field(default_factory=Dated)
    #: of a collaboration: which units work together, by key
    units: frozenset[int] = frozenset()
    #: what its action answers here already: entries of the register, and of which kind they are
    answered: Mapping[int, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The fingerprint of what the playbook says."""
        return line_digest(self.kind, self.row, self.units)

    @property
    def key(self) -> str:
        """How forms and programs name it."""
        return f"{self.kind}:{self.slug}"

    @property
    def expects(self) -> list[SourceType]:
        """The kinds of resistance that it answers, and that its action does not answer yet."""
        there = set(self.answered.values())
        return [type_ for type_ in self.row.answers.all() if type_.pk not in there]

    @property
    def is_offered(self) -> bool:
        """Whether applying writes it."""
        return self.outcome in OFFERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """All lines; `types` are kinds of resistance that the register would get for them."""

    playbook: Playbook
    use: PlaybookUse | None
    lines: list[Line]
    #: open entries of the register, by kind of resistance
    sources: dict[int, int]

    @property
    def offered(self) -> list[Line]:
        """What applying would write."""
        return [line for line in self.lines if line.is_offered]

    @property
    def left_alone(self) -> list[Line]:
        """What differs from the playbook and stays."""
        return [line for line in self.lines if line.outcome in LEFT_ALONE]

    @property
    def types(self) -> list[SourceType]:
        """The kinds of resistance that are expected, and in no open entry of the register yet."""
        offered = (each.expects for each in self.offered if each.kind == ACTION)
        found = {type_.pk: type_ for types in offered for type_ in types}
        return [found[pk] for pk in sorted(found) if pk not in self.sources]

    @property
    def is_newer(self) -> bool:
        """Whether the initiative has an older version than this."""
        return self.use is not None and self.use.taken_version < self.playbook.version

    @property
    def asks_last_time(self) -> bool:
        """Whether an expected resistance asks for last time and this time."""
        return any(each.asks_last_time for each in self.types)


def propose(playbook: Playbook, initiative: Initiative, today: date) -> Proposal:
    """What applying `playbook` to `initiative` would do today; six queries, however many lines."""
    taken = PlaybookStep.objects.filter(use__initiative=initiative, use__playbook=playbook)
    found = list(taken.select_related("use__plan", "action", "item__activity").order_by("pk"))
    use = found[0].use if found else None  # none is without a step
    steps = {(step.kind, step.slug): step for step in found}
    around = around_of(playbook, initiative, today)
    lines = [
        _line(kind, row, steps.pop((kind, row.slug), None), use, around)
        for kind, rows in ((ACTION, actions_of(playbook)), (ITEM, items_of(playbook)))
        for row in rows
    ]
    return Proposal(
        playbook=playbook,
        use=use,
        lines=[*lines, *_dropped(steps.values())],
        sources=around.sources,
    )


def actions_of(playbook: Playbook) -> Any:
    """Its actions by date, with what their contents need."""
    rows: Any = playbook.actions.select_related("strategy").prefetch_related("answers")
    return rows.order_by(models.F("days").asc(nulls_last=True), "pk")


def items_of(playbook: Playbook) -> Any:
    """Its activities in order, with what their contents need."""
    return playbook.items.select_related("kind").prefetch_related("topics").order_by("pk")


def line_digest(kind: str, row: Any, units: frozenset[int] = NOBODY) -> str:
    """The fingerprint of what a line says, with the units that it names."""
    said = content_of_row(SECTIONS[kind], row)
    return digest(said | ({"units": sorted(units)} if units else {}))


def action_digest(action: MitigationAction, units: frozenset[int]) -> str:
    """The fingerprint of what an action says that came from a line."""
    names = ("title", "description", "kind", "strategy_id", "minutes", *SAME)
    said = {name: getattr(action, name) for name in names}
    days = {name: str(getattr(action, name) or "") for name in ("due_on", "evaluate_again_on")}
    return digest(said | days | {"units": sorted(units)})


def _line(
    kind: str, row: Any, step: PlaybookStep | None, use: PlaybookUse | None, around: Around
) -> Line:
    is_action = kind == ACTION
    action = step.action if step else None
    due_on, again_on = (action.due_on, action.evaluate_again_on) if action else (None, None)
    line = Line(
        kind=kind,
        slug=row.slug,
        title=row.label,
        outcome=_new(kind, use.plan if use else None),
        row=row,
        step=step,
        due=around.on(row.days if is_action else _days_of(row, around), due_on),
        again=around.on(row.again_days if is_action else None, again_on),
        units=around.units_of_lines.get(row.pk, NOBODY) if is_action else NOBODY,
        answered=around.answered_by.get(action.pk, {}) if action else {},
    )
    return line if step is None else replace(line, outcome=_outcome(line, step, around))


def _new(kind: str, plan: TrainingPlan | None) -> Outcome:
    is_draft = plan is None or plan.state == TrainingPlan.State.DRAFT
    return Outcome.NEW if kind == ACTION or is_draft else Outcome.REVISE


def _outcome(line: Line, step: PlaybookStep, around: Around) -> Outcome:
    if (step.action if line.kind == ACTION else step.item) is None:
        return Outcome.GONE
    if step.line_digest == line.digest:
        return Outcome.SAME
    if step.action is None:
        return Outcome.KEPT
    if step.action.state != MitigationAction.State.PLANNED:
        return Outcome.BEGUN
    units = around.units_of_actions.get(step.action.pk, NOBODY)
    edited = step.row_digest != action_digest(step.action, units)
    return Outcome.EDITED if edited else Outcome.CHANGED


def _days_of(item: Any, around: Around) -> int | None:
    """How far from go-live the rule of an item, or of its plan, leads; None for rules about people,
    and while go-live is not known.
    """
    rule: WithDueRule = item if item.due_rule else around.playbook
    go_live_on = around.go_live_on
    if go_live_on is None or rule.due_rule not in FROM_GO_LIVE:
        return None
    due_on = counted(Rule.of(rule), go_live_on, around.calendar)
    return None if due_on is None else (due_on - go_live_on).days


def _dropped(steps: Any) -> Iterator[Line]:
    for step in steps:
        row = step.action or step.item
        title = str(row) if row is not None else step.slug
        outcome = Outcome.DROPPED if row is not None else Outcome.GONE
        yield Line(kind=step.kind, slug=step.slug, title=title, outcome=outcome, step=step)
