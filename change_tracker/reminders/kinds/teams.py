"""The summary of a manager: who of the team is late, who waits for an answer, whom nothing reaches.

It is about those who report directly; further down it is for their own managers to act.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.text import short_date
from change_tracker.core.workdays import Calendar
from change_tracker.people.models import Person
from change_tracker.reminders.attach import RUNNING
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.kinds.base import Note, Rule, Told, link, some_of
from change_tracker.reminders.kinds.ladder import open_training, people_in
from change_tracker.reminders.kinds.summaries import (
    Said,
    last_day,
    late_lines,
    said_beside,
    unreached_lines,
)
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.owed import Search, summed_up
from change_tracker.reminders.recipients import Recipient
from change_tracker.reminders.rules import TEAM_SUMMARY
from change_tracker.reminders.unreached import not_reached, unreached
from change_tracker.training.models import ExtensionRequest, ExternalLearning, Submission
from change_tracker.training.waiting import Waiting, waiting_from


class TeamSummary(Rule):
    """One for each manager who can sign in, on the days of summaries, if there is something."""

    kinds = (Reminder.Kind.TEAM_SUMMARY,)

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterator[Search | None]:
        """Managers of whose team there is something to say."""
        on = last_day(today)
        if on is not None:
            yield summed_up("team", TEAM_SUMMARY, _with_something(today), on=on)

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """How it stands in this moment, through the doorway of the manager."""
        told, user = Told(), to.person.user
        if user is None:
            return told
        said, today = said_beside(reminders), to.today(now)
        for note in (
            _late(to.person, user, said, today),
            _waiting(to.person, user, said, today),
            _unreached(to.person, user, now),
        ):
            if note is not None:
                told.add(reminders, note)
        return told


def _with_something(today: date) -> "QuerySet[Any]":
    of_running = {"record__plan__initiative__state__in": RUNNING}
    found = Q()
    for each in (
        _running().filter(due_on__lt=today).ids("person__manager"),
        not_reached(_running()).ids("person__manager"),
        ExtensionRequest.objects.waiting().filter(**of_running).ids("record__person__manager"),
        Submission.objects.waiting().filter(**of_running).ids("record__person__manager"),
        ExternalLearning.objects.waiting().ids("person__manager"),
    ):
        found |= Q(pk__in=each)
    return Person.objects.filter(found, user__isnull=False).annotate(
        recipient=F("pk"), scope=Value(None, output_field=BigIntegerField())
    )


def _running() -> Any:
    return open_training().filter(plan__initiative__state__in=RUNNING)


def _of_team(manager: Person, user: User) -> Any:
    return _running().visible_to(user).filter(person__manager=manager)


def _late(manager: Person, user: User, said: Said, today: date) -> Note | None:
    rows = _of_team(manager, user).filter(due_on__lt=today).select_related("person", "activity")
    records = list(rows.order_by("due_on", "pk"))
    lines = late_lines(records, said, today)
    if not lines:
        return None
    count = people_in(records)
    title = ngettext(
        "%(count)s person of your team is late with training",
        "%(count)s people of your team are late with training",
        count,
    ) % {"count": count}
    return _note(title, lines, tone="late")


def _waiting(manager: Person, user: User, said: Said, today: date) -> Note | None:
    team = Person.objects.filter(manager=manager).order_by().values("pk")
    found = waiting_from(team, user, RUNNING)
    rows = [each for each in found["waiting"] if not _is_said(each, said)]
    if not rows:
        return None
    count = len(rows) + found["more_waiting"]
    title = ngettext(
        "Your team waits for %(count)s answer from you",
        "Your team waits for %(count)s answers from you",
        count,
    ) % {"count": count}
    return _note(title, some_of([_asked(each, today) for each in rows]), tone="soon")


def _is_said(row: Waiting, said: Said) -> bool:
    return row.kind == "more-time" and row.pk in said.requests


def _asked(row: Waiting, today: date) -> str:
    words = {"person": row.person, "title": row.title, "wanted": short_date(row.on, today)}
    if row.kind == "more-time":
        return gettext("%(person)s asks for more time: %(title)s, until %(wanted)s") % words
    if row.kind == "hand-in":
        return gettext("%(person)s waits to be confirmed: %(title)s") % words
    return gettext("%(person)s learnt something elsewhere: %(title)s") % words


def _unreached(manager: Person, user: User, now: datetime) -> Note | None:
    known = not_reached(_of_team(manager, user), recipient__manager=manager)
    lost = unreached(known, now)
    if not lost:
        return None
    title = ngettext(
        "We cannot reach %(count)s person of your team",
        "We cannot reach %(count)s people of your team",
        len(lost),
    ) % {"count": len(lost)}
    why = gettext("Why you: they have training to do, and nobody reminds them of it unless you do.")
    return _note(title, unreached_lines(lost), tone="soon", why=why)


def _note(title: str, lines: tuple[str, ...], *, tone: str, why: str = "") -> Note:
    return Note(
        section=gettext("Your team"),
        title=title,
        lines=lines,
        why=why or gettext("Why you: you are their manager, and this is your regular summary."),
        url=link("team"),
        fact=title,
        tone=tone,
    )
