"""Writing what is new in a file: enrolments, their period, and their records."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.rules import valid_until
from change_tracker.training.services.importing.lines import Enrolled, Line
from change_tracker.training.services.importing.names import Names, is_required

BATCH = 5000


def enrol_new(new: Sequence[Enrolled], names: Names, now: datetime) -> int:
    """Enrol people who were not in their plan, with all their records; returns these' number."""
    made = Enrolment.objects.bulk_create(
        [_enrolment(each, names) for each in new], batch_size=BATCH
    )
    periods = (period_of(each, row, names) for each, row in zip(new, made, strict=True))
    EnrolmentPeriod.objects.bulk_create(filter(None, periods), batch_size=BATCH)
    pairs = zip(new, made, strict=True)
    return add_records(
        [(each, line, enrolment) for each, enrolment in pairs for line in each.lines], names, now
    )


def add_records(
    new: Sequence[tuple[Enrolled, Line, Enrolment]], names: Names, now: datetime
) -> int:
    """Write records that are not there yet; returns their number."""
    records = [_record(each, line, enrolment, names, now) for each, line, enrolment in new]
    TrainingRecord.objects.bulk_create(records, batch_size=BATCH)
    return len(records)


def period_of(each: Enrolled, enrolment: Enrolment, names: Names) -> EnrolmentPeriod | None:
    """The one period of an imported enrolment, in the unit of today: the past one is unknown.

    None without a day of assigning.
    """
    if each.assigned_on is None:
        return None
    return EnrolmentPeriod(
        enrolment=enrolment,
        unit_id=names.people[each.person][1],
        from_on=each.assigned_on,
        to_on=each.withdrawn_on,
        is_open=True if each.withdrawn_on is None else None,
    )


def _enrolment(each: Enrolled, names: Names) -> Enrolment:
    left = each.withdrawn_on is not None
    is_done = (left or not _lacks_some(each, names)) and all(
        line.completed_on is not None or not is_required(names.items[each.plan, line.activity])
        for line in each.lines
    )
    state = "completed" if is_done else "withdrawn" if left else "active"
    return Enrolment(
        person_id=names.people[each.person][0],
        plan=names.plans[each.plan],
        assigned_on=each.assigned_on,
        state=state,
    )


def _lacks_some(each: Enrolled, names: Names) -> bool:
    """Whether the file says nothing of something that the plan requires; assigning it asks that."""
    said = {line.activity for line in each.lines}
    return not names.required.get(each.plan, set()) <= said


def _record(
    each: Enrolled, line: Line, enrolment: Enrolment, names: Names, now: datetime
) -> TrainingRecord:
    item = names.items[each.plan, line.activity]
    is_done = line.completed_on is not None
    gone_on = each.withdrawn_on or item.removed_on
    is_void = not is_done and gone_on is not None
    person, unit = names.people[each.person]
    return TrainingRecord(
        enrolment=enrolment,
        item=item,
        person_id=person,
        plan_id=item.plan_id,
        activity_id=item.activity_id,
        unit_id=unit,
        opens_on=each.assigned_on or line.completed_on or timezone.localdate(now),
        due_on=line.due_on,
        completed_on=line.completed_on,
        expires_on=line.completed_on and valid_until(line.completed_on, item.activity.valid_months),
        completed_at=now if is_done else None,
        left_on=gone_on if is_void else None,
        score=line.score,
        origin=TrainingRecord.Origin.IMPORTED,
        state="completed" if is_done else "void" if is_void else "not_started",
    )
