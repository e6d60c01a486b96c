"""What people asked and said, and the answers: more time, and concerns."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext, ngettext

from change_tracker.core.text import short_date
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import TEAM, Initiative, Role
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.kinds.base import Note, Rule, Told, by_subject, link
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.owed import Search, members, news, running
from change_tracker.reminders.recipients import Recipient
from change_tracker.reminders.rules import Step
from change_tracker.training.models import ExtensionRequest
from change_tracker.training.waiting import requests_for
from change_tracker.voice.models import FeedbackItem, FeedbackMessage

ONCE = Value(1)


class TimeAskedRule(Rule):
    """Somebody asks for more time: their manager is told, or the leads where there is none."""

    kinds = (Reminder.Kind.TIME_ASKED,)
    step = Step("asked", Reminder.Kind.TIME_ASKED, 0)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """Requests that nobody has answered."""
        rows = ExtensionRequest.objects.waiting().annotate(revision=ONCE)
        by_manager = rows.filter(
            record__person__manager__user__isnull=False, **running("record__plan__initiative")
        ).annotate(recipient=F("record__person__manager"), scope=F("record__plan__initiative"))
        by_lead = members(
            rows.filter(record__person__manager__user=None), [Role.LEAD], "record__plan__initiative"
        )
        for told in (by_manager, by_lead):
            yield news("extension", self.step, told, on="asked_on", today=today)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """Each that still waits for this very recipient."""
        told, user, today = Told(), to.person.user, to.today(now)
        if user is None:
            return told
        known = by_subject(reminders)
        rows = requests_for(user).filter(pk__in=list(known)).order_by("asked_on", "pk")
        for row in rows.select_related("record__person", "record__activity"):
            words = {
                "person": row.record.person,
                "title": row.record.activity.title,
                "due": short_date(row.record.due_on, today) if row.record.due_on else "–",  # noqa: RUF001 a dash
                "wanted": short_date(row.wanted_on, today),
            }
            note = Note(
                section=gettext("Waiting for your answer"),
                title=gettext("%(person)s asks for more time") % words,
                when=gettext("%(title)s: until %(wanted)s instead of %(due)s") % words,
                why=gettext("Why you: you may say yes, no, or another date."),
                url=link("time-request", row.pk),
                fact=gettext("%(person)s asks for more time") % words,
                tone="soon",
            )
            told.add([known[row.pk]], note)
        return told


class TimeAnsweredRule(Rule):
    """More time was granted or refused: the one whose training it is reads of it."""

    kinds = (Reminder.Kind.TIME_ANSWERED,)
    step = Step("answered", Reminder.Kind.TIME_ANSWERED, 0)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """What was decided these days, asked for or not."""
        rows = ExtensionRequest.objects.filter(
            state__in=["granted", "refused"], **running("record__plan__initiative")
        )
        told = rows.annotate(
            recipient=F("record__person"), scope=F("record__plan__initiative"), revision=ONCE
        )
        yield news("extension", self.step, told, on="decided_on", today=today)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """Each whose training is still open; the date is the one that counts by now."""
        told, today, known = Told(), to.today(now), by_subject(reminders)
        rows = ExtensionRequest.objects.filter(pk__in=list(known), record__person=to.person)
        for row in rows.select_related("record__activity", "decided_by").order_by("pk"):
            record = row.record
            if not record.is_open() or record.due_on is None:
                continue
            words = {
                "title": record.activity.title,
                "day": short_date(record.due_on, today),
                "who": row.decided_by,
                "answer": row.answer,
            }
            granted = row.state == ExtensionRequest.State.GRANTED
            says = gettext("%(title)s: you have until %(day)s") % words
            keeps = gettext("%(title)s: the date stays %(day)s") % words
            note = Note(
                section=gettext("Answered"),
                title=says if granted else keeps,
                lines=(gettext("%(who)s: “%(answer)s”") % words,) if row.answer else (),
                why=gettext("Why you: it is about your training."),
                url=link("item", record.pk),
                fact=says if granted else keeps,
            )
            told.add([known[row.pk]], note)
        return told


class ConcernRaisedRule(Rule):
    """Somebody said something: the change team is told that, never who and what."""

    kinds = (Reminder.Kind.CONCERN_RAISED,)
    step = Step("raised", Reminder.Kind.CONCERN_RAISED, 0)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """What waits for an answer and is not late yet; asked again after an answer it is new."""
        waiting = _spoken(FeedbackItem.objects.waiting()).filter(promised_on__gte=today)
        told = members(waiting.annotate(since=Cast(Value(today), DateField())), TEAM)
        yield news("feedback", self.step, told, on="since", today=today, by_key=True)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """One note for each initiative in whose change team the recipient is."""
        told, user, today = Told(), to.person.user, to.today(now)
        if user is None:
            return told
        known = by_subject(reminders)
        rows = FeedbackItem.objects.waiting().changeable_by(user).filter(pk__in=list(known))
        waiting: dict[Initiative, list[FeedbackItem]] = defaultdict(list)
        for row in rows.select_related("initiative").order_by("promised_on", "pk"):
            waiting[row.initiative].append(row)
        for initiative, some in waiting.items():
            words = {
                "count": len(some),
                "initiative": initiative,
                "day": short_date(some[0].promised_on, today),
            }
            fact = ngettext(
                "%(count)s person waits for an answer about “%(initiative)s”",
                "%(count)s people wait for an answer about “%(initiative)s”",
                len({each.raised_by_id for each in some}),
            ) % (words | {"count": len({each.raised_by_id for each in some})})
            note = Note(
                section=gettext("Waiting for your answer"),
                title=fact,
                when=gettext("The first answer is promised by %(day)s") % words,
                why=gettext("Why you: you are in the change team; any of you may answer."),
                url=link("concerns", initiative.slug),
                fact=fact,
                tone="soon",
            )
            told.add([known[each.pk] for each in some], note)
        return told


class ConcernAnsweredRule(Rule):
    """There is an answer: whoever asked reads that there is one, and nothing of it."""

    kinds = (Reminder.Kind.CONCERN_ANSWERED,)
    step = Step("answered", Reminder.Kind.CONCERN_ANSWERED, 0)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """What was answered these days."""
        answered = _spoken(FeedbackItem.objects.filter(state=FeedbackItem.State.ANSWERED))
        told = answered.filter(**running("initiative")).annotate(
            recipient=F("raised_by"), scope=F("initiative")
        )
        yield news("feedback", self.step, told, on="answered_on", today=today, by_key=True)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """Each that is answered and not settled yet."""
        told, today, known = Told(), to.today(now), by_subject(reminders)
        rows = FeedbackItem.objects.filter(
            pk__in=list(known), raised_by=to.person, state=FeedbackItem.State.ANSWERED
        )
        for row in rows.order_by("pk"):
            note = Note(
                section=gettext("Answered"),
                title=gettext("There is an answer for you"),
                when=gettext("To what you said on %(day)s")
                % {"day": short_date(row.raised_on, today)},
                why=gettext("Only you and the change team can read it, after signing in."),
                url=link("say-item", row.pk),
                fact=gettext("There is an answer for you"),
            )
            told.add([known[row.pk]], note)
        return told


def _spoken(rows: Any) -> Any:
    """`rows` with `revision`: one more than the answers that were given."""
    answers = FeedbackMessage.objects.filter(item=OuterRef("pk")).exclude(disposition="").order_by()
    times = Subquery(answers.values("item").annotate(n=Count("pk")).values("n"))
    return rows.annotate(revision=Coalesce(times, 0) + 1)
