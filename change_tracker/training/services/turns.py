"""One activity after the other: which opens, which waits, and the dates that hang on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Q

from change_tracker.core.workdays import Calendar
from change_tracker.people.queries import working_calendar
from change_tracker.training.models import DueRule, Enrolment, Moved, TrainingRecord
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.rules import Due, Rule, Turn, dated, turn_of
from change_tracker.training.services.leaving import chunks
from change_tracker.training.services.redating import DUE_COLUMNS, NewDate, set_due, write

State = TrainingRecord.State
FOLLOWING = Q(plan__is_sequential=True) | Q(due_rule=DueRule.PREVIOUS_ITEM)


def take_turns(enrolments: Collection[int], *, today: date) -> int:
    """Open what has its turn in `enrolments` (ids), lock what lost it; returns how many changed.

    A date that counts from the activity before comes and goes with it; one that would leave less
    than a day moves. What was begun stays open. Four queries at most and one write for each 500
    changes; one query where nothing follows anything.
    """
    following = TrainingRecord.objects.filter(
        FOLLOWING, enrolment__in=list(enrolments), state__in=OPEN_STATES
    ).exclude(enrolment__state=Enrolment.State.WITHDRAWN)
    concerned = set(following.order_by().values_list("enrolment", flat=True))
    if not concerned:
        return 0
    calendar = working_calendar()
    changed = [
        record
        for records in _by_enrolment(concerned)
        for record in _changed(records, today, calendar)
    ]
    TrainingRecord.objects.bulk_update(changed, ("opens_on", *DUE_COLUMNS), batch_size=500)
    return len(changed)


def write_dates(dates: Collection[NewDate], *, today: date) -> None:
    """Write new dates, and let what hangs on them follow."""
    write(dates)
    for ids in chunks(sorted({each.enrolment for each in dates})):
        take_turns(ids, today=today)


def _by_enrolment(enrolments: Collection[int]) -> Iterable[list[TrainingRecord]]:
    """The records of each enrolment in the order of its plan; of several attempts the last.

    What was taken back or is no longer needed holds nobody up.
    """
    rows = TrainingRecord.objects.filter(
        enrolment__in=list(enrolments), item__removed_on=None
    ).exclude(state__in=(State.REVOKED, State.VOID))
    found: dict[int, dict[int, TrainingRecord]] = defaultdict(dict)
    for record in rows.select_related("item", "activity", "plan", "enrolment").order_by(
        "enrolment", "item__position", "item", "attempt"
    ):
        found[record.enrolment_id][record.item_id] = record
    return (list(records.values()) for records in found.values())


def waits_for(record: TrainingRecord) -> str:
    """What the activity is called that a locked record waits for. One query."""
    (records,) = _by_enrolment([record.enrolment_id])
    return blockers(records).get(record.pk, "")


def blockers(records: Iterable[TrainingRecord]) -> dict[int, str]:
    """What each locked one of `records` waits for: the title of the next required one before it.

    `records` are in the order of their plan; a query for each title that was not read with them.
    """
    found: dict[int, str] = {}
    last: dict[int, TrainingRecord] = {}
    for record in records:
        if record.is_locked() and record.enrolment_id in last:
            found[record.pk] = last[record.enrolment_id].activity.title
        if record.item.is_required and record.is_open():
            last[record.enrolment_id] = record
    return found


def _changed(
    records: list[TrainingRecord], today: date, calendar: Calendar
) -> Iterable[TrainingRecord]:
    before: list[Turn] = []
    for record in records:
        since = turn_of(before, record.enrolment.assigned_on or date.min)
        if record.is_open() and _follow(record, since, today, calendar):
            yield record
        before.append(turn_after(record))


def turn_after(record: TrainingRecord) -> Turn:
    """What the activities after it have to know of a record."""
    is_exempt = record.state == State.WAIVED
    done_on = record.left_on if is_exempt else record.completed_on
    is_over = is_exempt or record.state == State.COMPLETED
    return Turn(record.item.is_required, done_on if is_over else None, is_exempt)


def _follow(record: TrainingRecord, since: date | None, today: date, calendar: Calendar) -> bool:
    """Bring an unsaved open record to its turn; whether anything is different."""
    before = (record.opens_on, record.due_on)
    if record.plan.is_sequential:
        _open_or_lock(record, since, today)
    if record.due_rule == DueRule.PREVIOUS_ITEM:
        _date_by_turn(record, since, today, calendar)
    if record.opens_on and not before[0]:
        _leave_a_day(record, today)
    return (record.opens_on, record.due_on) != before


def _open_or_lock(record: TrainingRecord, since: date | None, today: date) -> None:
    if since is None and record.state == State.NOT_STARTED:
        record.opens_on = None
    elif since is not None and record.opens_on is None:
        record.opens_on = today


def _date_by_turn(
    record: TrainingRecord, since: date | None, today: date, calendar: Calendar
) -> None:
    rule = Rule(record.due_rule, None, record.due_days, record.due_unit)
    if record.is_extended:
        return
    if since is None and record.due_on and record.state == State.NOT_STARTED:
        set_due(record, Due(None, rule.kind, rule.days, rule.unit))
    elif since is not None and record.due_on is None:
        set_due(record, dated(rule, 1, since, today, calendar))


def _leave_a_day(record: TrainingRecord, today: date) -> None:
    """What opens now is due tomorrow at the earliest."""
    if record.due_on is None or record.due_on > today:
        return
    moved = Moved.PAST if record.due_on < today else Moved.TOO_SOON
    rule = (record.due_rule, record.due_days, record.due_unit)
    set_due(record, Due(today + timedelta(days=1), *rule, record.due_on, moved))
