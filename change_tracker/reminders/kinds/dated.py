"""What has a date beside training: actions, resistance to look at again, objectives to measure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import Truncator
from django.utils.translation import gettext

from change_tracker.core.text import due_words, lower_first, short_date
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import (
    InitiativeMember,
    Measurement,
    Objective,
    Role,
    played_by,
)
from change_tracker.mitigation.models import MitigationAction
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.kinds.base import Note, Rule, Told, current, link, quoted
from change_tracker.reminders.models import Reminder, ReminderStep
from change_tracker.reminders.owed import Search, dated, members, running
from change_tracker.reminders.recipients import Recipient
from change_tracker.resistance.models import ResistanceSource

About, To = ReminderStep.About, ReminderStep.To


class OwnedWork(Rule):
    """Work of an initiative that somebody owns; what nobody owns is its leads'."""

    about = ""
    subject = ""
    on = ""

    def open_rows(self) -> Any:
        """Those that still ask for something."""
        raise NotImplementedError

    def note(self, row: Any, reminder: Reminder, today: date) -> Note:
        """What the mail says of one of them."""
        raise NotImplementedError

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """By their date: to the owner, to leads and to sponsors."""
        for part in parts:
            rows = self.open_rows().filter(part.of_initiatives())
            others = Q(owner=None) | ~Q(recipient=F("owner"))
            leaderless = members(rows.filter(owner=None), [Role.LEAD])
            for to, told in (
                (To.SELF, _to_owner(rows)),
                (To.SELF, leaderless),
                (To.LEAD, members(rows, [Role.LEAD]).filter(others)),
                (To.SPONSOR, members(rows, [Role.SPONSOR]).filter(others)),
            ):
                yield dated(
                    self.subject,
                    part.ladder(self.about, to),
                    told,
                    on=F(self.on),
                    revision=F("due_revision"),
                    today=today,
                    calendar=calendar,
                )

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """One note for each that is still open, of the same date, and the recipient's to know."""
        told, user = Told(), to.person.user
        if user is None:
            return told
        ids = [each.subject_id for each in reminders]
        rows = self.open_rows().visible_to(user).filter(pk__in=ids)
        found = list(rows.select_related("initiative", "owner").order_by(self.on, "pk"))
        parts = _parts_of(to, {each.initiative_id for each in found})
        for reminder, row in current(reminders, found):
            role = To.LEAD if reminder.to == To.SELF and row.owner_id is None else reminder.to
            is_owner = row.owner_id == to.person.pk and parts.get(row.initiative_id)
            if is_owner if role == To.SELF else role in parts.get(row.initiative_id, ()):
                told.add([reminder], self.note(row, reminder, to.today(now)))
        return told


def _to_owner(rows: Any) -> Any:
    """`rows` with their owners, as long as these have a part in the initiative and a login."""
    part = InitiativeMember.objects.filter(
        initiative=OuterRef("initiative"), person=OuterRef("owner")
    )
    known = rows.filter(Exists(part), owner__user__isnull=False, **running("initiative"))
    return known.annotate(recipient=F("owner"), scope=F("initiative"))


def _parts_of(to: Recipient, initiatives: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = InitiativeMember.objects.filter(person=to.person, initiative__in=initiatives)
    for initiative, role in rows.values_list("initiative", "role"):
        found.setdefault(initiative, set()).add(role)
    return found


def _tone(due_on: date, today: date) -> str:
    return "late" if due_on < today else "soon"


def _why(row: Any, to: str) -> str:
    words = {"initiative": row.initiative, "owner": row.owner}
    if to == To.SPONSOR:
        return gettext("Why you: you sponsor “%(initiative)s”.") % words
    if row.owner_id is None:
        return gettext("Why you: you lead “%(initiative)s”, and nobody owns this.") % words
    if to == To.LEAD:
        return gettext("Why you: you lead “%(initiative)s”; %(owner)s owns this.") % words
    return gettext("Why you: you own this in “%(initiative)s”.") % words


class ActionRule(OwnedWork):
    """Actions that come to their date, or passed it."""

    kinds = (Reminder.Kind.ACTION_DUE, Reminder.Kind.ACTION_LATE)
    about, subject, on = About.ACTION, "action", "due_on"

    def open_rows(self) -> Any:
        """Work that has not ended."""
        return MitigationAction.objects.open()

    def note(self, row: MitigationAction, reminder: Reminder, today: date) -> Note:
        """What, when, and how late it is."""
        due_on = row.due_on or today
        words = {"title": row.title, "day": short_date(due_on, today)}
        return Note(
            section=gettext("Actions"),
            title=row.title,
            when=_when(due_on, today),
            why=_why(row, reminder.to),
            url=link("action", row.initiative.slug, row.pk),
            fact=gettext("Action “%(title)s”, due %(day)s") % words,
            tone=_tone(due_on, today),
        )


class ReviewRule(OwnedWork):
    """Resistance to look at again."""

    kinds = (Reminder.Kind.REVIEW_DUE,)
    about, subject, on = About.REVIEW, "source", "review_on"

    def open_rows(self) -> Any:
        """What still asks for something."""
        return ResistanceSource.objects.open()

    def note(self, row: ResistanceSource, reminder: Reminder, today: date) -> Note:
        """What was heard, and since when it waits."""
        review_on = row.review_on or today
        return Note(
            section=gettext("To look at again"),
            title=quoted(Truncator(row.statement).chars(80)),
            when=_when(review_on, today),
            why=_why(row, reminder.to),
            url=link("register-entry", row.initiative.slug, row.pk),
            fact=gettext("To look at again: what people say about “%(initiative)s”")
            % {"initiative": row.initiative},
            tone=_tone(review_on, today),
        )


def _when(due_on: date, today: date) -> str:
    words = {"day": short_date(due_on, today), "how_far": lower_first(due_words(due_on, today))}
    return gettext("Due %(day)s (%(how_far)s)") % words


class ReadingRule(Rule):
    """Objectives whose last reading is old; those without any are on the list of gaps."""

    kinds = (Reminder.Kind.READING_DUE,)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """By the day of the last reading; each reading begins anew."""
        for part in parts:
            rows = _measured().filter(part.of_initiatives())
            for role in (Role.LEAD, Role.SPONSOR):
                yield dated(
                    "objective",
                    part.ladder(About.READING, role.value),
                    members(rows, [role]),
                    on=F("latest_on"),
                    revision=F("due_revision"),
                    today=today,
                    calendar=calendar,
                    by_key=True,
                )

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """One note for each that nobody has measured meanwhile."""
        told, user, today = Told(), to.person.user, to.today(now)
        if user is None:
            return told
        mine = played_by(user, Role.LEAD, Role.SPONSOR)
        rows = (
            _measured()
            .visible_to(user)
            .filter(pk__in=[each.objective_id for each in reminders], initiative__in=mine)
        )
        for reminder, row in current(reminders, rows.select_related("initiative").order_by("pk")):
            words = {
                "title": row.title,
                "day": short_date(row.latest_on, today),
                "initiative": row.initiative,
            }
            note = Note(
                section=gettext("To be measured"),
                title=row.title,
                when=gettext("Last measured %(day)s") % words,
                why=gettext("Why you: it is an objective of “%(initiative)s”.") % words,
                url=link("objective", row.initiative.slug, row.pk),
                fact=gettext("To be measured: “%(title)s”") % words,
                tone="soon",
            )
            told.add([reminder], note)
        return told


def _measured() -> Any:
    """Objectives with the day of their last reading; each further one raises `due_revision`."""
    readings = Measurement.objects.filter(objective=OuterRef("pk")).order_by()
    times = Subquery(readings.values("objective").annotate(n=Count("pk")).values("n"))
    return Objective.objects.with_latest().annotate(due_revision=Coalesce(times, 0))
