"""What happened to dates and plans: sessions, and plans that were published or changed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Value
from django.utils.translation import gettext, pgettext

from change_tracker.core.text import short_date
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import AGENTS, Role
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.kinds.base import Note, Rule, Told, by_subject, link
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.owed import Search, members, news, running
from change_tracker.reminders.recipients import Recipient
from change_tracker.reminders.rules import Step
from change_tracker.training.models import Session, TrainingPlan
from change_tracker.training.sessionwords import date_words, session_words

Kind = Reminder.Kind
#: Who carries a plan to people, and who answers for it.
CARRIERS = (Role.LEAD, *AGENTS, Role.SPONSOR)


class SessionRule(Rule):
    """A session got a date, moved, or does not take place: whoever has its activity to do."""

    kinds = (Kind.SESSION_DATED, Kind.SESSION_MOVED, Kind.SESSION_CANCELLED)
    dated = Step("dated", Kind.SESSION_DATED, 0)
    moved = Step("moved", Kind.SESSION_MOVED, 0)
    cancelled = Step("cancelled", Kind.SESSION_CANCELLED, 0)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """Of what is still to come, the last thing that happened to it."""
        rows = _expected().filter(starts_at__gte=_begin_of(today))
        there = rows.filter(cancelled_on=None)
        gone = rows.filter(cancelled_on__isnull=False)
        for step, some, on in (
            (self.dated, there.filter(due_revision=1), "dated_on"),
            (self.moved, there.exclude(due_revision=1), "dated_on"),
            (self.cancelled, gone, "cancelled_on"),
        ):
            yield news("session", step, some, on=on, today=today, repeats=True)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """Each that has not begun, as long as the recipient has the activity to do."""
        told, today, known = Told(), to.today(now), by_subject(reminders)
        rows = _expected().filter(pk__in=list(known), recipient=to.person.pk, starts_at__gt=now)
        once = {row.pk: row for row in rows.select_related("activity").order_by("starts_at", "pk")}
        for row in once.values():
            reminder = known[row.pk]
            is_gone = row.cancelled_on is not None
            if is_gone != (reminder.kind == Kind.SESSION_CANCELLED):
                continue
            if reminder.due_revision != row.due_revision:
                continue
            told.add([reminder], _of_session(row, reminder, today))
        return told


def _begin_of(day: date) -> datetime:
    """When `day` begins anywhere."""
    return datetime.combine(day, time.min, UTC) - timedelta(hours=14)


def _of_session(row: Any, reminder: Reminder, today: date) -> Note:
    words = {"title": row.activity.title, "when": session_words(row, today)}
    said = {
        Kind.SESSION_DATED: gettext("%(title)s: there is a date") % words,
        Kind.SESSION_MOVED: gettext("%(title)s: the session has moved") % words,
        Kind.SESSION_CANCELLED: gettext("%(title)s: the session does not take place") % words,
    }[Kind(reminder.kind)]
    is_gone = reminder.kind == Kind.SESSION_CANCELLED
    return Note(
        section=pgettext("of an activity", "Sessions"),
        title=said,
        when=date_words(row, today) if is_gone else words["when"],
        why=gettext("Why you: you have this training to do."),
        url=link("item", row.record_id),
        fact=said,
        tone="late" if is_gone else "soon",
    )


def _expected() -> Any:
    """Sessions, once for each training that they are about and that is still to be done."""
    to_do = {
        f"activity__records__{name}": value
        for name, value in {
            "plan__initiative": F("initiative"),
            "state__in": ["not_started", "in_progress"],
        }.items()
    }
    return Session.objects.filter(**to_do, **running("initiative")).annotate(
        recipient=F("activity__records__person"),
        record_id=F("activity__records__pk"),
        scope=F("initiative"),
        revision=F("due_revision"),
    )


class PlanRule(Rule):
    """A training plan was published or changed: those who carry it to people are told.

    People who have it learn of their own part by what they were assigned and what was added.
    """

    kinds = (Kind.PLAN_PUBLISHED, Kind.PLAN_CHANGED)
    published = Step("published", Kind.PLAN_PUBLISHED, 0)
    changed = Step("changed", Kind.PLAN_CHANGED, 0)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """Published ones, and each later revision."""
        rows = members(TrainingPlan.objects.published(), CARRIERS)
        first = rows.annotate(revision_told=Value(1))
        yield news(
            "plan", self.published, first, on="published_on", today=today, revision="revision_told"
        )
        yield news("plan", self.changed, rows, on="revised_on", today=today)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """One note for each plan of an initiative in which the recipient still has a part."""
        told, user, today = Told(), to.person.user, to.today(now)
        if user is None:
            return told
        known = by_subject(reminders)
        rows = (
            TrainingPlan.objects.published()
            .visible_to(user)
            .filter(pk__in=list(known), initiative__members__person=to.person)
        )
        for row in rows.select_related("initiative").order_by("pk").distinct():
            is_new = known[row.pk].kind == Kind.PLAN_PUBLISHED
            on = row.published_on if is_new else row.revised_on
            words = {
                "title": row.title,
                "initiative": row.initiative,
                "day": short_date(on or today, today),
            }
            said = gettext("Changed: training plan “%(title)s”") % words
            if is_new:
                said = gettext("Published: training plan “%(title)s”") % words
            note = Note(
                section=gettext("Training plans"),
                title=said,
                when=gettext("Since %(day)s") % words,
                why=gettext("Why you: you have a part in “%(initiative)s”.") % words,
                url=link("plan", row.initiative.slug, row.pk),
                fact=said,
            )
            told.add([each for each in reminders if each.plan_id == row.pk], note)
        return told
