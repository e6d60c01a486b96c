"""What one person has to learn, by when and why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.access import User
from change_tracker.core.text import short_date
from change_tracker.people.models import Person
from change_tracker.training.models import DueRule, EnrolmentReason, TrainingRecord
from change_tracker.training.models.records import OPEN_STATES

SOON_DAYS = 7
#: What a person may look back on.
SHOWN_DONE = (TrainingRecord.State.COMPLETED, TrainingRecord.State.WAIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhySentence:
    """The parts of the answer to "why was I given this?", each in the reader's language."""

    purpose: str
    groups: tuple[str, ...]
    rule: str

    @property
    def group(self) -> str:
        """The groups in one phrase, such as "Counter staff and Repairs"."""
        return str(get_text_list(list(self.groups), _("and")))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One piece of training of one person. `days_late` is 0 when it is not late."""

    record_id: int
    activity_id: int
    title: str
    body: str
    url: str
    minutes: int
    plan_id: int
    plan: str
    initiative_id: int
    initiative: str
    initiative_slug: str
    go_live_on: date | None
    is_required: bool
    due_on: date | None
    days_late: int
    is_soon: bool
    state: str
    completed_on: date | None
    can_undo: bool
    why: WhySentence

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWork:
    """Everything of one person: what is open, what is done, and the next go-live among it."""

    items: tuple[WorkItem, ...] = ()
    done: tuple[WorkItem, ...] = ()
    go_live_on: date | None = None

    @property
    def minutes(self) -> int:
        """How long all that is open takes."""
        return sum(item.minutes for item in self.items)


def my_work(user: User, today: date) -> MyWork:
    """The training of `user`; empty for a login without a person. Three queries at most.

    Open items come late first, then by due date, then those without a date; done ones newest
    first.
    """
    person = Person.objects.of_user(user).first()
    if person is None:
        return MyWork()
    records = list(_records_of(person))
    groups = _groups_of(records)
    items = [_item(record, groups[record.enrolment_id], person, today) for record in records]
    done = [item for item in items if item.state in SHOWN_DONE]
    open_items = [item for item in items if item.state not in SHOWN_DONE]
    return MyWork(
        items=tuple(open_items),
        done=tuple(sorted(done, key=lambda item: item.completed_on or date.min, reverse=True)),
        go_live_on=_next_go_live(records, today),
    )


def my_item(user: User, record_id: int, today: date) -> WorkItem | None:
    """One piece of training of `user`, whatever its state; None when it is not theirs.

    Two queries.
    """
    own = TrainingRecord.objects.own(user).filter(pk=record_id)
    record = own.select_related("activity", "item", "person", "plan__initiative").first()
    if record is None:
        return None
    return _item(record, _groups_of([record])[record.enrolment_id], record.person, today)


def _records_of(person: Person) -> QuerySet[TrainingRecord]:
    shown = TrainingRecord.objects.filter(person=person)
    shown = shown.outstanding() | shown.filter(state__in=SHOWN_DONE)
    return shown.select_related("activity", "item", "plan__initiative").order_by(
        F("due_on").asc(nulls_last=True), "plan_id", "item__position", "pk"
    )


def _groups_of(records: Iterable[TrainingRecord]) -> dict[int, list[str]]:
    enrolments = {record.enrolment_id for record in records}
    reasons = EnrolmentReason.objects.filter(enrolment__in=enrolments).order_by("pk")
    groups: dict[int, list[str]] = defaultdict(list)
    for enrolment, name in reasons.values_list("enrolment", "plan_audience__audience__name"):
        groups[enrolment].append(name)
    return groups


def _item(record: TrainingRecord, groups: list[str], person: Person, today: date) -> WorkItem:
    activity, initiative = record.activity, record.plan.initiative
    days = (record.due_on - today).days if record.due_on else None
    return WorkItem(
        record_id=record.pk,
        activity_id=activity.pk,
        title=activity.title,
        body=activity.body,
        url=activity.url,
        minutes=activity.minutes,
        plan_id=record.plan_id,
        plan=record.plan.title,
        initiative_id=initiative.pk,
        initiative=initiative.title,
        initiative_slug=initiative.slug,
        go_live_on=initiative.go_live_on,
        is_required=record.item.is_required,
        due_on=record.due_on,
        days_late=record.days_late(today),
        is_soon=record.is_open() and days is not None and 0 <= days <= SOON_DAYS,
        state=record.state,
        completed_on=record.completed_on,
        can_undo=record.can_be_undone_by(person.pk, today),
        why=WhySentence(
            purpose=initiative.purpose, groups=tuple(groups), rule=str(rule_text(record))
        ),
    )


def rule_text(record: TrainingRecord) -> str | Promise:
    """Where the due date of a record comes from, in words."""
    if record.due_on is None:
        return _("There is no due date.")
    if record.due_rule == DueRule.JOINED_GROUP and record.due_days:
        return ngettext(
            "It is due %(days)s day after you joined the group.",
            "It is due %(days)s days after you joined the group.",
            record.due_days,
        ) % {"days": record.due_days}
    if record.due_rule == DueRule.FIXED:
        return _("It is due on %(date)s for everyone in the group.") % {
            "date": short_date(record.due_on)
        }
    return _("It is due on %(date)s.") % {"date": short_date(record.due_on)}


def _next_go_live(records: Iterable[TrainingRecord], today: date) -> date | None:
    days: Any = (record.plan.initiative.go_live_on for record in records if record.is_open())
    return min((day for day in days if day is not None and day >= today), default=None)
