"""What is owed to people about their own training."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from change_tracker.core.workdays import Calendar
from change_tracker.reminders import rules
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.models import Reminder, ReminderStep
from change_tracker.reminders.owed import Search, running
from change_tracker.training.models import Enrolment, TrainingRecord

About, To = ReminderStep.About, ReminderStep.To


def own(today: date, people: Q, parts: Sequence[Part], calendar: Calendar) -> Iterator[Search]:
    """What people are told of their own training on `today`, where that is their date."""
    yield Search(
        "enrolment", [rules.ASSIGNED, rules.EXPIRING], _own(_notices(today), people, today)
    )
    yield Search("record", [rules.ADDED], _own(_additions(today), people, today))
    for part in parts:
        found = rules.bands(part.ladder(About.TRAINING, To.SELF), today, calendar)
        if found:
            rows = _own(_dated(found, calendar).filter(part.of_training()), people, today)
            yield Search("record", [step for step, _first, _last in found], rows)


def _own(rows: "QuerySet[Any]", people: Q, today: date) -> Any:
    here = Q(person__starts_on=None) | Q(person__starts_on__lte=today)
    return rows.filter(people, here, **running("plan__initiative")).annotate(
        recipient=F("person"), revision=F("due_revision"), scope=F("plan__initiative")
    )


def _notices(today: date) -> "QuerySet[Enrolment]":
    # Older ones expired: three days, and the weekend in which nothing leaves.
    first = rules.notice_window(today)
    told = Reminder.objects.filter(enrolment=OuterRef("pk"), due_revision=OuterRef("due_revision"))
    new = Enrolment.objects.active().filter(
        ~Exists(told), assigned_on__gte=first, assigned_on__lte=today
    )
    again = When(cycle__gt=1, then=Value(rules.EXPIRING.name))
    step = Case(again, default=Value(rules.ASSIGNED.name), output_field=CharField())
    return new.annotate(owed_step=step, anchor_on=F("assigned_on"))


def _additions(today: date) -> "QuerySet[TrainingRecord]":
    """What people who have a plan got as well, and have not read of yet."""
    told = Reminder.objects.filter(
        record=OuterRef("pk"), to=To.SELF, due_revision=OuterRef("due_revision")
    )
    days = {"added_on__gte": rules.notice_window(today), "added_on__lte": today}
    fresh = TrainingRecord.objects.to_do().opened().filter(~Exists(told), **days)
    had_the_rest = Q(enrolment__assigned_on=None) | Q(enrolment__assigned_on__lt=F("added_on"))
    new = fresh.filter(had_the_rest, enrolment__state=Enrolment.State.ACTIVE)
    return new.annotate(owed_step=Value(rules.ADDED.name), anchor_on=F("added_on"))


def _dated(
    bands: list[tuple[rules.Step, date | None, date]], calendar: Calendar
) -> "QuerySet[TrainingRecord]":
    """Records whose due date has a step today that was not planned yet."""
    told = Reminder.objects.filter(
        record=OuterRef("pk"), step=OuterRef("owed_step"), due_revision=OuterRef("due_revision")
    )
    whens = (When(_in_band(*each, calendar), then=Value(each[0].name)) for each in bands)
    # What is due later has no step: nothing of it is read.
    last = max(last for _step, _first, last in bands)
    return (
        _open()
        .filter(due_on__lte=last)
        .annotate(owed_step=Case(*whens, output_field=CharField()), anchor_on=F("due_on"))
        .filter(~Exists(told), owed_step__isnull=False)
    )


def _open() -> "QuerySet[TrainingRecord]":
    return TrainingRecord.objects.to_do().opened().filter(enrolment__state=Enrolment.State.ACTIVE)


def _in_band(step: rules.Step, first: date | None, last: date, calendar: Calendar) -> Q:
    """The due dates of a band, each with what it asks of the day on which the person got it."""
    if first is None:
        return Q(due_on__lte=last)
    if step.always_goes:
        return Q(due_on__gte=first, due_on__lte=last)
    # Day by day: adding days to a column is not the same thing in every database.
    condition = Q(pk__in=[])
    for due_on in rules.days(first, last):
        before = rules.day_of(step, due_on, calendar)
        known = Q(enrolment__assigned_on=None) | Q(enrolment__assigned_on__lt=before)
        known &= Q(added_on=None) | Q(added_on__lt=before)
        condition |= Q(due_on=due_on) & known
    return condition
