"""An initiative as it stood at the end of a past day: from rows that carry dates, and the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise

from change_tracker.core.access import User
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.hill import hill_words
from change_tracker.mitigation.models import NO_ANSWER, OPEN_STATES, MitigationAction
from change_tracker.progress.gaplines import SEVERE
from change_tracker.progress.queries import Measures, late_people_on, measures
from change_tracker.progress.trail import UNKNOWN, Event, Trail
from change_tracker.progress.verdict import Standing
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES, Level

TYPES = ("initiative", "resistancesource", "mitigationaction")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEntry:
    """One resistance; `level` is None before its first review. With some somebody lives."""

    row: Any
    state: str | Promise
    is_open: bool
    is_lived_with: bool
    level: int | None

    @property
    def level_words(self) -> str | Promise:
        """The level as behaviour."""
        return "" if self.level is None else Level(self.level).label


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAction:
    """One action; `position` and `due_on` are None where there was none, or nobody can say."""

    row: Any
    state: str | Promise
    is_open: bool
    answers: bool
    position: int | None
    due_on: date | None

    @property
    def hill(self) -> str | Promise:
        """Where it stood on the hill, in words."""
        return "" if self.position is None else hill_words(self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The whole. `entries` is None for who may not read the register; `unsaid` are rows of which
    nothing says since when they are there, `gone` such as were deleted since.
    """

    state: str | Promise
    standing: Standing
    measures: Measures
    entries: Sequence[PastEntry] | None
    actions: Sequence[PastAction]
    unsaid: int
    gone: int


def past_of(user: User, initiative: Any, on: date, *, reads_register: bool) -> Past | None:
    """What `user` may know of it on the day `on`; None before it was there. Seven queries."""
    until = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    trail = Trail(_events(initiative), until)
    if trail.was_there(initiative) is False:
        return None
    found = _entries(user, initiative, on) if reads_register else []
    actions = _actions(user, initiative)
    there = {row.pk: trail.was_there(row) or bool(row.seen) or None for row in found}
    entries = [_entry(row, trail) for row in found if there[row.pk]]
    done = [_action(row, trail) for row in actions if trail.was_there(row)]
    undated = [row for row in found if trail.was_there(row) is None and not row.seen]
    undated += [row for row in actions if trail.was_there(row) is None]
    figures = measures(initiative, on)
    return Past(
        state=Initiative.State(trail.state(initiative)).label,
        standing=_standing(
            initiative,
            on,
            trail,
            figures,
            entries,
            done,
            reads_register=reads_register,
            is_whole=all(trail.was_there(row) is not None for row in actions),
        ),
        measures=figures,
        entries=entries if reads_register else None,
        actions=done,
        unsaid=len(undated),
        gone=trail.gone,
    )


def _events(initiative: Initiative) -> list[Event]:
    columns = ("at", "object_type", "object_id", "verb", "from_state", "to_state", "changes")
    rows = AuditEvent.objects.filter(scope=initiative.audit_scope, object_type__in=TYPES)
    return [Event(**each) for each in rows.order_by("at", "pk").values(*columns)]


def _entries(user: User, initiative: Initiative, on: date) -> list[Any]:
    """The register, each with what was `seen` of its level by then, the latest first."""
    reviews = ResistanceReview.objects.filter(reviewed_on__lte=on)
    seen = Prefetch("reviews", queryset=reviews.order_by("-reviewed_on", "-pk"), to_attr="seen")
    rows: Any = ResistanceSource.objects.visible_to(user).filter(initiative=initiative)
    return list(rows.select_related("type").prefetch_related(seen).order_by("pk"))


def _actions(user: User, initiative: Initiative) -> list[Any]:
    rows: Any = MitigationAction.objects.visible_to(user).filter(initiative=initiative)
    return list(rows.prefetch_related(Prefetch("sources", to_attr="answered")).order_by("pk"))


def _entry(row: Any, trail: Trail) -> PastEntry:
    state = trail.state(row)
    return PastEntry(
        row=row,
        state=ResistanceSource.State(state).label,
        is_open=state not in ENDED_STATES,
        is_lived_with=state == ResistanceSource.State.ACCEPTED,
        level=row.seen[0].level if row.seen else None,
    )


def _action(row: Any, trail: Trail) -> PastAction:
    state = trail.state(row)
    position, due_on = trail.value(row, "position"), trail.value(row, "due_on")
    return PastAction(
        row=row,
        state=MitigationAction.State(state).label,
        is_open=state in OPEN_STATES,
        answers=state not in NO_ANSWER,
        position=None if position is UNKNOWN else position,
        due_on=_day(due_on),
    )


def _standing(
    initiative: Initiative,
    on: date,
    trail: Trail,
    figures: Measures,
    entries: Sequence[PastEntry],
    actions: Sequence[PastAction],
    *,
    reads_register: bool,
    is_whole: bool,
) -> Standing:
    units = late_people_on(initiative, on)
    heard = [each for each in entries if each.is_open]
    severe = [each for each in heard if (each.level or 0) >= SEVERE]
    waiting = {each.row.pk for each in severe if not each.is_lived_with}
    # One of which nobody can say since when it is may have answered anything.
    is_sure = is_whole and all(trail.is_as_it_was(each.row, "sources") for each in actions)
    go_live_on = _day(trail.value(initiative, "go_live_on"))
    return Standing(
        state=trail.state(initiative),
        go_live_in=(go_live_on - on).days if go_live_on else None,
        enrolled=figures.enrolled,
        due=figures.due,
        late_people=sum(number for _unit, number in units),
        late_unit=units[0][0] if units else "",
        late_in_unit=units[0][1] if units else 0,
        open_resistance=len(heard) if reads_register else None,
        severe=len(severe),
        severe_unanswered=len(waiting - _answered(trail, actions)) if is_sure else 0,
        late_actions=sum(
            each.is_open and each.due_on is not None and each.due_on < on for each in actions
        ),
        knows_go_live=trail.value(initiative, "go_live_on") is not UNKNOWN,
        knows_answers=is_sure,
    )


def _answered(trail: Trail, actions: Sequence[PastAction]) -> set[int]:
    """What the actions of then answered; what may have been changed since is not held against
    anybody.
    """
    return {
        source.pk
        for each in actions
        if each.answers or not trail.is_as_it_was(each.row, "sources")
        for source in each.row.answered
    }


def _day(value: Any) -> date | None:
    """A day as a row has it, or as the trail wrote it down."""
    if isinstance(value, str):
        return parse_date(value)
    return value if isinstance(value, date) else None
