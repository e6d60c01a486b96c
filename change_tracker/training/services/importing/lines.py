"""From cells to facts, row by row, and what contradicts itself in the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem, Row, Table, parse_date

DATES = ("assigned_on", "due_on", "completed_on", "withdrawn_on")
REQUIRED = ("person", "plan", "activity")
COLUMNS = (*REQUIRED, *DATES, "score")
#: What the titles of plans and activities can hold.
LONGEST_TITLE = 200
#: What the column of a score can hold.
LARGEST_SCORE = Decimal("99999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: what one person did about one activity of one plan."""

    number: int
    person: str
    plan: str
    activity: str
    assigned_on: date | None = None
    due_on: date | None = None
    completed_on: date | None = None
    withdrawn_on: date | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """One person in one plan, as all of their rows say together; `number` is the first row."""

    number: int
    person: str
    plan: str
    assigned_on: date | None
    withdrawn_on: date | None
    lines: tuple[Line, ...]


def read_lines(table: Table, today: date) -> tuple[list[Line], list[Problem]]:
    """The rows as facts; a row with an error is left out."""
    lines, problems = [], list(table.problems)
    for row in table.rows:
        found = list(_problems(row))
        problems += found
        if not found:
            line = _line(row)
            problems += _check(line, today)
            lines.append(line)
    return lines, problems


def enrolled(lines: Sequence[Line]) -> tuple[list[Enrolled], list[Problem]]:
    """The rows by person and plan, with what contradicts itself among them."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.person, line.plan), []).append(line)
    problems: list[Problem] = []
    for group in groups.values():
        problems += _doubles(group)
        problems += _conflicts(group, "assigned_on")
        problems += _conflicts(group, "withdrawn_on")
    found = [_together(group) for group in groups.values()]
    problems += [problem for each in found for problem in _check_dates(each)]
    return found, problems


def _problems(row: Row) -> Iterator[Problem]:
    for name in REQUIRED:
        if not row.values[name]:
            yield Problem(row.number, name, _("This is empty."), is_error=True)
    for name in ("plan", "activity"):
        if len(row.values[name]) > LONGEST_TITLE:
            reason = _("This is longer than %(limit)s letters.") % {"limit": LONGEST_TITLE}
            yield Problem(row.number, name, reason, is_error=True)
    for name in DATES:
        try:
            _date(row, name)
        except ValueError as error:
            yield Problem(row.number, name, str(error), is_error=True)
    try:
        _score(row)
    except ValueError as error:
        yield Problem(row.number, "score", str(error), is_error=True)


def _line(row: Row) -> Line:
    return Line(
        number=row.number,
        person=row.values["person"],
        plan=row.values["plan"],
        activity=row.values["activity"],
        assigned_on=_date(row, "assigned_on"),
        due_on=_date(row, "due_on"),
        completed_on=_date(row, "completed_on"),
        withdrawn_on=_date(row, "withdrawn_on"),
        score=_score(row),
    )


def _date(row: Row, name: str) -> date | None:
    text = row.values.get(name, "")
    return parse_date(text) if text else None


def _score(row: Row) -> Decimal | None:
    text = row.values.get("score", "")
    if not text:
        return None
    try:
        score = Decimal(text.removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text}) from None
    if not (score.is_finite() and 0 <= score <= LARGEST_SCORE):
        raise ValueError(
            _("A score is between 0 and %(most)s.") % {"most": LARGEST_SCORE},
        )
    return score.quantize(Decimal("0.01"))


def _check(line: Line, today: date) -> Iterator[Problem]:
    for name in ("completed_on", "withdrawn_on"):
        day: date | None = getattr(line, name)
        if day is not None and day > today:
            yield Problem(line.number, name, _("This day is in the future."), is_error=True)


def _doubles(group: Sequence[Line]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line in group:
        if line.activity in first:
            reason = _("The same person, plan and activity as in row %(row)s.")
            yield Problem(
                line.number, "activity", reason % {"row": first[line.activity]}, is_error=True
            )
        first.setdefault(line.activity, line.number)


def _conflicts(group: Sequence[Line], name: str) -> Iterator[Problem]:
    said = [line for line in group if getattr(line, name) is not None]
    for line in said[1:]:
        if getattr(line, name) != getattr(said[0], name):
            reason = _("Row %(row)s says %(day)s for the same person and plan.")
            facts = {"row": said[0].number, "day": getattr(said[0], name).isoformat()}
            yield Problem(line.number, name, reason % facts, is_error=True)


def _together(group: Sequence[Line]) -> Enrolled:
    return Enrolled(
        number=group[0].number,
        person=group[0].person,
        plan=group[0].plan,
        assigned_on=_first_said(group, "assigned_on"),
        withdrawn_on=_first_said(group, "withdrawn_on"),
        lines=tuple(group),
    )


def _first_said(group: Sequence[Line], name: str) -> date | None:
    days: Iterator[date | None] = (getattr(line, name) for line in group)
    return next((day for day in days if day is not None), None)


def _check_dates(each: Enrolled) -> Iterator[Problem]:
    if each.assigned_on is None:
        reason = _("Without the day of assigning it is kept, but counted nowhere.")
        yield Problem(each.number, "assigned_on", reason)
    elif each.withdrawn_on is not None and each.withdrawn_on < each.assigned_on:
        reason = _("Withdrawn before it was assigned.")
        yield Problem(each.number, "withdrawn_on", reason, is_error=True)
