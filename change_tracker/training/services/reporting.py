"""What other systems report: completions, scores and progress, many at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, key_of
from change_tracker.people.models import Person
from change_tracker.signals import announce, training_completed
from change_tracker.training.errors import ReportRefusedError
from change_tracker.training.models import Enrolment, LearningActivity, TrainingRecord
from change_tracker.training.rules import valid_until
from change_tracker.training.services.attempts import attempt_meant
from change_tracker.training.services.following import complete_finished
from change_tracker.training.services.importing.correcting import write_columns
from change_tracker.training.services.turns import take_turns
from change_tracker.training.states import RECORD

MOST_REPORTS = 1000
State = TrainingRecord.State
Rule = LearningActivity.CompletionRule
#: Columns of a report that say how far somebody is; a record that is done keeps its own.
PROGRESS = ("progress", "progress_label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that `person` (external id) did: in every plan that has `activity`, or one record.

    None means: not said. `progress` is in percent.
    """

    person: str
    activity: int | None = None
    record: int | None = None
    completed_on: date | None = None
    score: Decimal | None = None
    progress: int | None = None
    progress_label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one report: completed, updated, unchanged, or refused with code and field."""

    status: str
    records: tuple[int, ...] = ()
    code: str = ""
    field: str = ""
    message: str | Promise = ""


@dataclass(slots=True)
class Changes:
    """What is to be written, gathered over all reports."""

    columns: list[tuple[TrainingRecord, dict[str, Any]]]
    corrected: list[tuple[TrainingRecord, dict[str, Any]]]
    completed: list[int]


def report_completions(
    reports: Sequence[Report], *, actor: User, today: date, now: datetime
) -> list[Outcome]:
    """Carry out at most MOST_REPORTS reports; one outcome each, in their order.

    A report is carried out whole or refused; one that is refused keeps no other from being
    carried out. Nothing is opened again, and what is known already writes nothing. A constant
    number of queries for each BATCH of rows.
    """
    if len(reports) > MOST_REPORTS:
        raise ValueError(f"More than {MOST_REPORTS} reports at once.")
    with transaction.atomic():
        found = _Records(reports)
        changes, outcomes = Changes([], [], []), []
        for report in reports:
            try:
                outcomes.append(_take(found, report, changes, actor, today))
            except ReportRefusedError as refused:
                outcomes.append(
                    Outcome(
                        status="refused",
                        code=refused.code,
                        field=refused.field,
                        message=refused.message,
                    )
                )
        _write(changes, actor=actor, now=now)
    return outcomes


class _Records:
    """The records that reports may be about, locked by their enrolments. Three queries."""

    def __init__(self, reports: Sequence[Report]) -> None:
        names = {report.person for report in reports}
        people = Person.objects.filter(external_id__in=names)
        self.people = {person.external_id: person for person in people}
        self.taken: set[int] = set()
        self.of_person: dict[int, list[TrainingRecord]] = defaultdict(list)
        for record in self._read(reports):
            self.of_person[record.person_id].append(record)

    def _read(self, reports: Sequence[Report]) -> Any:
        activities = {report.activity for report in reports if report.record is None}
        ids = {report.record for report in reports if report.record is not None}
        items = TrainingRecord.objects.filter(pk__in=ids).values("item")
        named = Q(activity__in=activities - {None}) | Q(pk__in=ids)
        named |= Q(item__in=items, state=State.REVOKED)
        people = [person.pk for person in self.people.values()]
        records = TrainingRecord.objects.filter(named, person__in=people)
        enrolments = Enrolment.objects.filter(pk__in=records.values("enrolment"))
        list(enrolments.order_by("pk").select_for_update().values_list("pk"))
        # Of several cycles and attempts the last one counts: see `wanted`.
        ordered = records.order_by("enrolment__cycle", "attempt", "pk")
        return ordered.select_related("plan", "activity")

    def refuse_what_was_taken_back(self, record: TrainingRecord, report: Report) -> None:
        """Raise ReportRefusedError for a completion from before an earlier attempt was revoked."""
        taken_back = [
            each.left_on
            for each in self.of_person[record.person_id]
            if each.item_id == record.item_id and each.state == State.REVOKED and each.left_on
        ]
        day = report.completed_on
        if record.is_open() and taken_back and (day is None or day < max(taken_back)):
            words = _("It was taken back; report a day since then on which it was done again.")
            raise ReportRefusedError("revoked", "completed_on", words)

    def wanted(self, report: Report) -> list[TrainingRecord]:
        """Those that `report` is about; raises ReportRefusedError where there are none."""
        person = self.people.get(report.person)
        if person is None:
            raise ReportRefusedError("unknown_person", "person", _("Nobody has this id."))
        mine = self.of_person[person.pk]
        if report.record is not None:
            named = [record for record in mine if record.pk == report.record]
            if not named:
                words = _("This person has no such training record.")
                raise ReportRefusedError("unknown_record", "record", words)
            return named
        attempts: dict[int, list[TrainingRecord]] = defaultdict(list)
        for record in mine:
            if record.activity_id == report.activity:
                attempts[record.item_id].append(record)
        day = report.completed_on
        last = {item: attempt_meant(each, day) for item, each in attempts.items()}
        if not last:
            words = _("This person was never given this activity.")
            raise ReportRefusedError("not_assigned", "activity", words)
        counting = [record for record in last.values() if record.left_on is None]
        return counting or list(last.values())


def _take(found: _Records, report: Report, changes: Changes, actor: User, today: date) -> Outcome:
    """Note what `report` changes."""
    records = _permitted(found, report, actor, today)
    judged = [(record, *_judge(record, report, today)) for record in records]
    found.taken |= {record.pk for record in records}
    for record, values, completes in judged:
        if values:
            known = record.state == State.COMPLETED
            (changes.corrected if known else changes.columns).append((record, values))
        if completes:
            changes.completed.append(record.pk)
    status = "completed" if any(done for *_row, done in judged) else "unchanged"
    if status == "unchanged" and any(values for _record, values, _done in judged):
        status = "updated"
    return Outcome(status=status, records=tuple(record.pk for record in records))


def _permitted(found: _Records, report: Report, actor: User, today: date) -> list[TrainingRecord]:
    """The records that `report` is about; raises ReportRefusedError where it may not be."""
    if report.completed_on is not None and report.completed_on > today:
        words = _("The day cannot be in the future.")
        raise ReportRefusedError("future", "completed_on", words)
    records = found.wanted(report)
    if found.people[report.person].user_id in {key_of(actor)} - {None}:
        words = _("Nobody reports about themselves.")
        raise ReportRefusedError("oneself", "person", words)
    if found.taken & {record.pk for record in records}:
        words = _("Another row of this request is about the same training.")
        raise ReportRefusedError("twice", "person", words)
    if report.completed_on is not None or report.score is not None:
        for record in records:
            found.refuse_what_was_taken_back(record, report)
    return records


def _judge(record: TrainingRecord, report: Report, today: date) -> tuple[dict[str, Any], bool]:
    """What `report` writes to one record, and whether it completes it."""
    passes = _passes(record, report)
    said = {name: getattr(report, name) for name in ("completed_on", "score", *PROGRESS)}
    if record.state == State.COMPLETED:
        if report.score is not None and not passes:
            words = _("It is done already, and this score would not be enough for that.")
            raise ReportRefusedError("below_pass_score", "score", words)
        said = {name: value for name, value in said.items() if name not in PROGRESS}
        return _differing(record, said), False
    if not record.is_open():
        words = _("This training is no longer asked for.")
        raise ReportRefusedError("not_open", "activity", words)
    is_scored = record.activity.completion_rule == Rule.SCORE
    completes = passes and (is_scored or report.completed_on is not None)
    said["completed_on"] = (report.completed_on or today) if completes else None
    return _differing(record, said), completes


def _passes(record: TrainingRecord, report: Report) -> bool:
    """Whether the score is enough, where one is needed."""
    activity = record.activity
    if activity.completion_rule != Rule.SCORE or activity.pass_score is None:
        return True
    score = record.score if report.score is None else report.score
    if score is None and report.completed_on is not None:
        words = _("This is done with a score, so the score is needed.")
        raise ReportRefusedError("no_score", "score", words)
    return score is not None and score >= activity.pass_score


def _differing(record: TrainingRecord, said: dict[str, Any]) -> dict[str, Any]:
    values = {
        name: value
        for name, value in said.items()
        if value is not None and getattr(record, name) != value
    }
    if "completed_on" in values and record.activity.valid_months:
        values["expires_on"] = valid_until(values["completed_on"], record.activity.valid_months)
    return values


def _write(changes: Changes, *, actor: User, now: datetime) -> None:
    """Columns first, then the moves of states."""
    write_columns(TrainingRecord, changes.columns, verb="reported", actor=actor, now=now)
    write_columns(TrainingRecord, changes.corrected, actor=actor, now=now)
    begun = [record.pk for record, _values in changes.columns]
    # What was begun elsewhere before its turn here: with that its turn has come.
    today = timezone.localdate(now)
    reported = TrainingRecord.objects.filter(pk__in=[*begun, *changes.completed])
    reported.filter(opens_on=None).update(opens_on=today)
    RECORD.move_many(
        TrainingRecord.objects.filter(pk__in=changes.completed),
        to="completed",
        actor=actor,
        now=now,
        completed_at=now,
        completed_by=Person.objects.of_user(actor).first(),
    )
    RECORD.move_many(
        TrainingRecord.objects.filter(pk__in=begun, state="not_started"),
        to="in_progress",
        actor=actor,
        now=now,
    )
    done = TrainingRecord.objects.filter(pk__in=changes.completed)
    done = done.select_related("plan", "person", "activity", "enrolment")
    records = list(done)
    take_turns({record.enrolment_id for record in records}, today=today)
    complete_finished({record.enrolment_id for record in records}, actor=actor, now=now)
    for record in records:
        announce(training_completed, TrainingRecord, record=record)
