"""Training of others: what managers, leads and sponsors are told when it stays undone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext, ngettext

from change_tracker.core.text import due_words, lower_first, short_date
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.kinds.base import Note, Rule, Told, link, some_of
from change_tracker.reminders.models import Reminder, ReminderStep
from change_tracker.reminders.owed import Search, dated, members, running
from change_tracker.reminders.recipients import Recipient
from change_tracker.training.models import Enrolment, TrainingRecord

About, To = ReminderStep.About, ReminderStep.To


@dataclass(frozen=True, slots=True)
class Known:
    """What one recipient may hear of: the records that they may open, and the initiatives that they
    lead and sponsor.
    """

    person_id: int
    records: set[int]
    led: set[int]
    sponsored: set[int]

    def may_hear_of(self, record: TrainingRecord, to: str) -> bool:
        """Whether the recipient still has that part in it, and may read what the mail says."""
        if to == To.SPONSOR:
            return record.plan.initiative_id in self.sponsored
        has_part = record.plan.initiative_id in self.led
        if to == To.MANAGER:
            has_part = record.person.manager_id == self.person_id
        return has_part and record.pk in self.records


class TrainingOfOthers(Rule):
    """The ladder above the person: never about the recipient's own training."""

    kinds = (Reminder.Kind.DUE, Reminder.Kind.LATE)

    def speaks_of(self, reminder: Reminder) -> bool:
        """What is the recipient's own is an item of the mail, not a note."""
        return super().speaks_of(reminder) and reminder.to != To.SELF

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """What passed the grace of each rung."""
        for part in parts:
            for to in (To.MANAGER, To.LEAD, To.SPONSOR):
                rows = _told_to(open_training().filter(part.of_training()), to)
                yield dated(
                    "record",
                    part.ladder(About.TRAINING, to),
                    rows.filter(~Q(recipient=F("person"))),
                    on=F("due_on"),
                    revision=F("due_revision"),
                    today=today,
                    calendar=calendar,
                )

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """Managers read of their own people, leads of their initiative, sponsors a number."""
        told, user = Told(), to.person.user
        if user is None:
            return told
        wanted = open_training().filter(pk__in=[each.record_id for each in reminders])
        rows = wanted.select_related("person", "activity", "plan__initiative")
        records = {each.pk: each for each in rows}
        known = Known(
            to.person.pk,
            set(wanted.visible_to(user).values_list("pk", flat=True)),
            set(Initiative.objects.with_role(user, Role.LEAD).values_list("pk", flat=True)),
            set(Initiative.objects.with_role(user, Role.SPONSOR).values_list("pk", flat=True)),
        )
        groups: dict[tuple[str, Any], list[tuple[Reminder, TrainingRecord]]] = defaultdict(list)
        for each in reminders:
            record = records.get(each.record_id or 0)
            is_current = record is not None and record.due_revision == each.due_revision
            if record is not None and is_current and known.may_hear_of(record, each.to):
                initiative = None if each.to == To.MANAGER else record.plan.initiative
                groups[each.to, initiative].append((each, record))
        for (part, initiative), pairs in groups.items():
            once = sorted({record.pk: record for _each, record in pairs}.values(), key=_by_date)
            note = NOTES[To(part)](initiative, once, to.today(now))
            told.add([each for each, _record in pairs], note)
        return told


def open_training() -> Any:
    """Work whose turn has come and that is the person's to do."""
    return TrainingRecord.objects.to_do().opened().filter(enrolment__state=Enrolment.State.ACTIVE)


def _told_to(rows: "QuerySet[Any]", to: str) -> Any:
    if to != To.MANAGER:
        return members(rows, [Role(to)], "plan__initiative")
    known = rows.filter(person__manager__user__isnull=False, **running("plan__initiative"))
    return known.annotate(recipient=F("person__manager"), scope=F("plan__initiative"))


def _by_date(record: TrainingRecord) -> tuple[date, int]:
    return record.due_on or date.max, record.pk


def people_in(records: Iterable[TrainingRecord]) -> int:
    """How many people these are of."""
    return len({each.person_id for each in records})


def names(records: Iterable[TrainingRecord], today: date) -> tuple[str, ...]:
    """Who, what, and how late."""
    words = gettext("%(person)s: %(title)s, due %(day)s (%(how_far)s)")
    return some_of(
        [
            words
            % {
                "person": each.person,
                "title": each.activity.title,
                "day": short_date(each.due_on, today),
                "how_far": lower_first(due_words(each.due_on, today)),
            }
            for each in records
            if each.due_on is not None
        ]
    )


def _to_manager(_initiative: Any, records: Sequence[TrainingRecord], today: date) -> Note:
    count = people_in(records)
    title = ngettext(
        "%(count)s person of your team needs a word about training",
        "%(count)s people of your team need a word about training",
        count,
    ) % {"count": count}
    return Note(
        section=gettext("Your team"),
        title=title,
        lines=names(records, today),
        why=gettext("Why you: you are their manager, and their own reminders have not helped yet."),
        url=link("team"),
        fact=title,
        tone="late",
    )


def _to_lead(initiative: Initiative, records: Sequence[TrainingRecord], today: date) -> Note:
    count = people_in(records)
    title = ngettext(
        "%(count)s person is stuck in “%(initiative)s”",
        "%(count)s people are stuck in “%(initiative)s”",
        count,
    ) % {"count": count, "initiative": initiative}
    return Note(
        section=gettext("Initiatives that you lead"),
        title=title,
        lines=names(records, today),
        why=gettext("Why you: you lead it, and neither they nor their managers have moved it yet."),
        url=link("late-people", initiative.slug),
        fact=title,
        tone="late",
    )


def _to_sponsor(initiative: Initiative, records: Sequence[TrainingRecord], today: date) -> Note:
    count = people_in(records)
    title = ngettext(
        "%(count)s person has been late with training for “%(initiative)s” for long",
        "%(count)s people have been late with training for “%(initiative)s” for long",
        count,
    ) % {"count": count, "initiative": initiative}
    return Note(
        section=gettext("Initiatives that you sponsor"),
        title=title,
        why=gettext(
            "Why you: you sponsor it. Who they are stays with their managers and the lead."
        ),
        url=link("sponsor", initiative.slug),
        fact=title,
        tone="late",
    )


NOTES = {To.MANAGER: _to_manager, To.LEAD: _to_lead, To.SPONSOR: _to_sponsor}
