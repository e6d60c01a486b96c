"""One import from the rows of a file to the rows of the database."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.tables import Problem, RefusedImportError, Table
from change_tracker.initiatives.models import Initiative
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.services.attempts import attempt_meant
from change_tracker.training.services.importing.comparing import (
    Corrections,
    compare_enrolment,
    compare_record,
    finished_no_longer,
)
from change_tracker.training.services.importing.correcting import write_corrections
from change_tracker.training.services.importing.lines import Enrolled, Line, enrolled, read_lines
from change_tracker.training.services.importing.names import Names, find_names, make_missing
from change_tracker.training.services.importing.results import RecordsImport
from change_tracker.training.services.importing.writing import add_records, enrol_new

#: Enrolments that are read and compared at once.
BATCH = 1000


def import_records(
    *,
    table: Table,
    actor: User | None,
    today: date,
    now: datetime,
    initiative: Initiative | None = None,
    dry_run: bool = False,
) -> RecordsImport:
    """Bring in past records, matched by person, plan and activity; all of them or none.

    With `initiative`, plans (published) and activities that are missing are made in it. A file
    imported again writes nothing; what it says otherwise than before is corrected, with history.
    A dry run does the same and takes it back. Raises RefusedImportError with every problem when
    one of them is an error.
    """
    lines, problems = read_lines(table, today)
    found, further = enrolled(lines)
    problems += further
    with transaction.atomic():
        names = find_names(found, initiative)
        problems += names.problems
        _refuse(problems)
        if initiative is not None:
            make_missing(names, found, initiative, actor=actor, now=now)
        counts = _write(found, names, table.columns, actor=actor, today=today, now=now)
        problems += counts.pop("problems")
        _refuse(problems)
        done = RecordsImport(
            rows=len(table),
            plans=names.made_plans,
            activities=names.made_activities,
            problems=tuple(problems),
            **counts,
        )
        if any(counts.values()):
            _note(names, counts, actor=actor, now=now)
        if dry_run:
            transaction.set_rollback(True)
    return done


def _refuse(problems: Sequence[Problem]) -> None:
    if any(problem.is_error for problem in problems):
        raise RefusedImportError(problems)


def _note(names: Names, counts: dict[str, Any], *, actor: User | None, now: datetime) -> None:
    numbers = counts | {"reopened": len(counts["reopened"])}
    audit.record_many(
        audit.event(
            obj=plan, verb="imported", actor=actor, now=now, scope=plan.audit_scope, changes=numbers
        )
        for plan in names.plans.values()
    )


def _write(
    found: Sequence[Enrolled],
    names: Names,
    columns: Sequence[str],
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> dict[str, Any]:
    counts: dict[str, Any] = defaultdict(int, problems=[], reopened=())
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        known = _known(part, names)
        new = [each for each in part if _key(each, names) not in known]
        counts["enrolments"] += len(new)
        counts["records"] += enrol_new(new, names, now)
        old = [(each, known[key]) for each in part if (key := _key(each, names)) in known]
        corrections, missing = _compare(old, names, columns, now)
        counts["problems"] += corrections.problems
        counts["records"] += add_records(missing, names, now)
        counts["corrected"] += _count_records(corrections)
        counts["enrolments_corrected"] += len(
            {row.pk for row, _facts in corrections.enrolments} | set(corrections.withdraw)
        )
        again = write_corrections(corrections, names, actor=actor, today=today, now=now)
        counts["reopened"] += (*corrections.reopened, *_finished_no_longer(missing, again))
    return dict(counts)


def _finished_no_longer(
    added: Sequence[tuple[Enrolled, Line, Enrolment]], reopened: Collection[int]
) -> Iterator[Problem]:
    """A note on each row that gave somebody more to do who had finished."""
    for _each, line, enrolment in added:
        if enrolment.pk in reopened and line.completed_on is None:
            yield finished_no_longer(line)


def _count_records(found: Corrections) -> int:
    return len({row.pk for row, _facts in found.records} | set(found.reopen))


def _key(each: Enrolled, names: Names) -> tuple[int, int]:
    return names.plans[each.plan].pk, names.people[each.person][0]


def _known(part: Sequence[Enrolled], names: Names) -> dict[tuple[int, int], Enrolment]:
    """The enrolments that the people of `part` have, locked; the latest cycle of each."""
    rows = Enrolment.objects.filter(
        plan__in=list(names.plans.values()),
        person__in=[names.people[each.person][0] for each in part],
    )
    plans = {plan.pk: plan for plan in names.plans.values()}
    known = {}
    for row in rows.order_by("cycle", "pk").select_for_update():
        row.plan = plans[row.plan_id]
        known[row.plan_id, row.person_id] = row
    return known


def _compare(
    old: Sequence[tuple[Enrolled, Enrolment]],
    names: Names,
    columns: Sequence[str],
    now: datetime,
) -> tuple[Corrections, list[tuple[Enrolled, Line, Enrolment]]]:
    ids = [enrolment.pk for _each, enrolment in old]
    periods: dict[int, list[EnrolmentPeriod]] = defaultdict(list)
    for period in EnrolmentPeriod.objects.filter(enrolment__in=ids).order_by("from_on", "pk"):
        periods[period.enrolment_id].append(period)
    attempts: dict[tuple[int, int], list[TrainingRecord]] = defaultdict(list)
    for record in TrainingRecord.objects.filter(enrolment__in=ids).order_by("attempt"):
        attempts[record.enrolment_id, record.item_id].append(record)
    corrections, missing = Corrections(), []
    for each, enrolment in old:
        mine = periods[enrolment.pk]
        compare_enrolment(each, enrolment, mine, corrections)
        has_left = bool(mine) and mine[-1].is_open is None
        if has_left:
            corrections.left.append(enrolment.pk)
        for line in each.lines:
            item = names.items[each.plan, line.activity]
            tries = attempts.get((enrolment.pk, item.pk))
            if tries is None:
                missing.append((each, line, enrolment))
                corrections.extended.append(enrolment.pk)
            else:
                record = attempt_meant(tries, line.completed_on)
                record.plan, record.activity = enrolment.plan, item.activity
                compare_record(record, line, columns, now, corrections, has_left=has_left)
    return corrections, missing
