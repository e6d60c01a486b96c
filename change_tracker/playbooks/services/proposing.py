"""What applying a playbook would do, line by line; applying does the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.core.together import Part, read_together
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Holiday
from change_tracker.playbooks.models import Playbook, PlaybookStep, PlaybookUse
from change_tracker.playbooks.rules import Dated, dated
from change_tracker.playbooks.sections import ACTIONS, ITEMS
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.points import Section
from change_tracker.resistance.services.contents import content_of_row, digest
from change_tracker.training.models import TrainingPlan
from change_tracker.training.models.dues import FROM_GO_LIVE, WithDueRule
from change_tracker.training.rules import Rule, counted

ACTION, ITEM = PlaybookStep.Kind.ACTION, PlaybookStep.Kind.ITEM
SECTIONS: dict[str, Section] = {ACTION: ACTIONS, ITEM: ITEMS}


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

    @property
    def key(self) -> str:
        """How forms and programs name it."""
        return f"{self.kind}:{self.slug}"

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
        offered = (each.row.answers.all() for each in self.offered if each.kind == ACTION)
        found = {type_.pk: type_ for types in offered for type_ in types}
        return [found[pk] for pk in sorted(found) if pk not in self.sources]

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
    plan = use.plan if use else None
    calendar, sources = _around(initiative)
    lines = [
        _line(kind, row, steps.pop((kind, row.slug), None), plan)
        for kind, rows in ((ACTION, actions_of(playbook)), (ITEM, items_of(playbook)))
        for row in rows
    ]
    due = [_with_date(line, playbook, initiative, today, calendar) for line in lines]
    return Proposal(
        playbook=playbook,
        use=use,
        lines=[*due, *_dropped(steps.values())],
        sources=sources,
    )


def _around(initiative: Initiative) -> tuple[Calendar, dict[int, int]]:
    """The days on which people work, and the oldest open entry of each kind; one query."""
    there = ResistanceSource.objects.filter(initiative=initiative).open()
    days, entries = read_together(
        Part(Holiday.objects.all(), ("day",), make=lambda day: day),
        Part(there, ("id", "type_id"), make=lambda **entry: entry),
    )
    in_order = sorted(entries, key=lambda entry: -entry["id"])
    calendar = Calendar(tuple(get_conf().working_days), tuple(days))
    return calendar, {entry["type_id"]: entry["id"] for entry in in_order}


def actions_of(playbook: Playbook) -> Any:
    """Its actions by date, with what their contents need."""
    rows = playbook.actions.select_related("strategy").prefetch_related("answers")
    return rows.order_by(models.F("days").asc(nulls_last=True), "pk")


def items_of(playbook: Playbook) -> Any:
    """Its activities in order, with what their contents need."""
    return playbook.items.select_related("kind").prefetch_related("topics").order_by("pk")


def line_digest(kind: str, row: Any) -> str:
    """The fingerprint of what a line says."""
    return digest(content_of_row(SECTIONS[kind], row))


def action_digest(action: MitigationAction) -> str:
    """The fingerprint of what an action says that came from a line."""
    names = ("title", "description", "kind", "strategy_id", "minutes")
    due_on = action.due_on.isoformat() if action.due_on else ""
    return digest({name: getattr(action, name) for name in names} | {"due_on": due_on})


def _line(kind: str, row: Any, step: PlaybookStep | None, plan: TrainingPlan | None) -> Line:
    outcome = _new(kind, plan) if step is None else _outcome(kind, row, step)
    return Line(kind=kind, slug=row.slug, title=row.label, outcome=outcome, row=row, step=step)


def _new(kind: str, plan: TrainingPlan | None) -> Outcome:
    is_draft = plan is None or plan.state == TrainingPlan.State.DRAFT
    return Outcome.NEW if kind == ACTION or is_draft else Outcome.REVISE


def _outcome(kind: str, row: Any, step: PlaybookStep) -> Outcome:
    if (step.action if kind == ACTION else step.item) is None:
        return Outcome.GONE
    if step.line_digest == line_digest(kind, row):
        return Outcome.SAME
    if step.action is None:
        return Outcome.KEPT
    if step.action.state != MitigationAction.State.PLANNED:
        return Outcome.BEGUN
    edited = step.row_digest != action_digest(step.action)
    return Outcome.EDITED if edited else Outcome.CHANGED


def _with_date(
    line: Line, playbook: Playbook, initiative: Initiative, today: date, calendar: Calendar
) -> Line:
    days = line.row.days if line.kind == ACTION else None
    go_live_on = initiative.go_live_on
    if line.kind == ITEM and go_live_on is not None:
        rule = line.row if line.row.due_rule else playbook
        days = _days_of(rule, go_live_on, calendar)
    due = dated(go_live_on, days, today, calendar)
    return Line(
        kind=line.kind,
        slug=line.slug,
        title=line.title,
        outcome=line.outcome,
        row=line.row,
        step=line.step,
        due=due,
    )


def _days_of(row: WithDueRule, go_live_on: date, calendar: Calendar) -> int | None:
    """How far from go-live a rule about it leads; None for rules about people."""
    if row.due_rule not in FROM_GO_LIVE:
        return None
    due_on = counted(Rule.of(row), go_live_on, calendar)
    return None if due_on is None else (due_on - go_live_on).days


def _dropped(steps: Any) -> Iterator[Line]:
    for step in steps:
        row = step.action or step.item
        title = str(row) if row is not None else step.slug
        outcome = Outcome.DROPPED if row is not None else Outcome.GONE
        yield Line(kind=step.kind, slug=step.slug, title=title, outcome=outcome, step=step)
