"""What a file says otherwise about records and enrolments that are known already.

What happened here is not undone by a file that does not know of it: a completion, an exemption or
a date of ours stays, and so a file imported again changes nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.rules import valid_until
from change_tracker.training.services.importing.lines import Enrolled, Line

State = TrainingRecord.State


@dataclass(slots=True)
class Corrections:
    """What has to be written about known rows. Rows carry their new values, unsaved."""

    #: row -> the columns that change, with their new values
    records: list[tuple[TrainingRecord, dict[str, Any]]] = field(default_factory=list)
    enrolments: list[tuple[Enrolment, dict[str, Any]]] = field(default_factory=list)
    periods: list[EnrolmentPeriod] = field(default_factory=list)
    new_periods: list[tuple[Enrolled, Enrolment]] = field(default_factory=list)
    complete: list[int] = field(default_factory=list)
    reopen: list[int] = field(default_factory=list)
    withdraw: list[int] = field(default_factory=list)
    #: enrolments that are not in force: whatever is open in them again is asked of nobody
    left: list[int] = field(default_factory=list)
    #: enrolments that got a record more
    extended: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: what is open again, or no longer counts as done
    reopened: list[Problem] = field(default_factory=list)


def compare_record(
    record: TrainingRecord,
    line: Line,
    columns: Collection[str],
    now: datetime,
    to: Corrections,
    *,
    has_left: bool,
) -> None:
    """Note in `to` what `line` says otherwise about a known record.

    Of somebody who `has_left` the plan nothing is asked again; it only no longer counts.
    """
    facts: dict[str, Any] = {}
    if "score" in columns and line.score != record.score:
        facts["score"] = line.score
    # A date with a rule, or a later one that somebody granted, was set here since.
    ours = record.due_rule or record.is_extended
    if "due_on" in columns and not ours and line.due_on != record.due_on:
        facts |= {"due_on": line.due_on, "due_revision": record.due_revision + 1}
    if line.completed_on is not None and line.completed_on != record.completed_on:
        facts |= _completion(record, line, line.completed_on, now, to)
    elif line.completed_on is None and "completed_on" in columns and _is_imported_as_done(record):
        to.reopen.append(record.pk)
        to.reopened.append(_taken_back(line, record.completed_on, has_left=has_left))
    if facts:
        to.records.append((record, facts))


def compare_enrolment(
    each: Enrolled, enrolment: Enrolment, periods: list[EnrolmentPeriod], to: Corrections
) -> None:
    """Note in `to` what the file says otherwise about a known enrolment and its periods."""
    if each.assigned_on is not None and each.assigned_on != enrolment.assigned_on:
        if not periods:
            to.new_periods.append((each, enrolment))
        elif not _begins(periods[0], each.assigned_on, to):
            to.problems.append(_late_start(each))
            return
        to.enrolments.append((enrolment, {"assigned_on": each.assigned_on}))
    if each.withdrawn_on is not None:
        to.problems += _withdrawal(each, each.withdrawn_on, enrolment, periods, to)


def _completion(
    record: TrainingRecord, line: Line, day: date, now: datetime, to: Corrections
) -> dict[str, Any]:
    is_ours = record.completed_by_id is not None or record.state in (State.WAIVED, State.REVOKED)
    if is_ours:
        reason = _("It was done or decided here in another way; that stays.")
        to.problems.append(Problem(line.number, "completed_on", reason))
        return {}
    if record.state != State.COMPLETED:
        to.complete.append(record.pk)
    facts: dict[str, Any] = {"completed_on": day, "completed_at": now}
    if record.activity.valid_months:
        facts["expires_on"] = valid_until(day, record.activity.valid_months)
    return facts


def _taken_back(line: Line, day: date | None, *, has_left: bool) -> Problem:
    """Nothing is opened again without somebody being told."""
    if has_left:
        reason = _("It was done on %(day)s; now the file does not say so, and it no longer counts.")
    else:
        reason = _("It was done on %(day)s; now the file does not say so, and it is open again.")
    return Problem(line.number, "completed_on", reason % {"day": day})


def finished_no_longer(line: Line) -> Problem:
    """Somebody had finished a plan, and has more to do in it by this row."""
    reason = _("The person had finished “%(plan)s”; with “%(activity)s” it is open again.")
    facts = {"plan": line.plan, "activity": line.activity}
    return Problem(line.number, "activity", reason % facts)


def _is_imported_as_done(record: TrainingRecord) -> bool:
    return (
        record.state == State.COMPLETED
        and record.completed_by_id is None
        and record.origin == TrainingRecord.Origin.IMPORTED
    )


def _begins(first: EnrolmentPeriod, day: date, to: Corrections) -> bool:
    """Let the first period begin on `day`; False when it had ended by then."""
    if first.to_on is not None and first.to_on < day:
        return False
    first.from_on = day
    to.periods.append(first)
    return True


def _withdrawal(
    each: Enrolled,
    day: date,
    enrolment: Enrolment,
    periods: list[EnrolmentPeriod],
    to: Corrections,
) -> Iterator[Problem]:
    if any(period.to_on == day for period in periods):
        return
    if not periods:
        if enrolment.state != Enrolment.State.WITHDRAWN:
            to.withdraw.append(enrolment.pk)
        return
    last = periods[-1]
    if last.from_on > day:
        reason = _("The person came back since; this stays.")
        yield Problem(each.number, "withdrawn_on", reason)
        return
    last.to_on, last.is_open = day, None
    to.periods.append(last)
    to.withdraw.append(enrolment.pk)


def _late_start(each: Enrolled) -> Problem:
    reason = _("This is after the day on which the person left the plan.")
    return Problem(each.number, "assigned_on", reason, is_error=True)
