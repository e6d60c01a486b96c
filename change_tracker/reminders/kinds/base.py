"""What a kind of reminder says for itself: when it is owed, whether it holds, and its words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from change_tracker.core.conf import get_conf
from change_tracker.core.workdays import Calendar
from change_tracker.reminders.inforce import Part
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.owed import Search
from change_tracker.reminders.recipients import Recipient

#: A mail names so many of a kind, and counts the rest.
MOST_LINES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing in a mail that is not a training of the recipient, in the recipient's language.

    `tone` is late, soon or new. `fact` is the subject of a mail that says nothing else.
    """

    section: str
    title: str
    why: str
    fact: str
    when: str = ""
    lines: tuple[str, ...] = ()
    url: str = ""
    tone: str = "new"


@dataclass(slots=True)
class Told:
    """What still holds of some reminders: their ids, and what the mail says of them."""

    kept: set[int] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)

    def add(self, reminders: Iterable[Reminder], note: Note) -> None:
        """Let `note` speak for `reminders`."""
        self.kept |= {each.pk for each in reminders}
        self.notes.append(note)


class Rule:
    """One or more kinds of reminder. Subclasses are listed in `RULES`."""

    kinds: tuple[str, ...] = ()

    def speaks_of(self, reminder: Reminder) -> bool:
        """Whether a mail lets this rule say it."""
        return reminder.kind in self.kinds

    def searches(
        self, today: date, parts: Sequence[Part], calendar: Calendar
    ) -> Iterable[Search | None]:
        """What is owed on `today`: the rows, and whom each is told to. Asked once and kept for the
        day, so it looks at nothing but what it is handed, and at the days of summaries.
        """
        raise NotImplementedError

    def tell(self, reminders: Sequence[Reminder], to: Recipient, now: datetime) -> Told:
        """Read what they are about again, through the doorway, in the recipient's language; what is
        not kept is closed. A constant number of queries.
        """
        raise NotImplementedError


def link(name: str, *args: Any) -> str:
    """The absolute address of one of our pages; empty where SITE_URL is not set."""
    site = get_conf().site_url.rstrip("/")
    return f"{site}{reverse(f'change_tracker:{name}', args=args)}" if site else ""


def some_of(lines: Sequence[str]) -> tuple[str, ...]:
    """The first of them, and how many more there are."""
    rest = len(lines) - MOST_LINES
    if rest <= 0:
        return tuple(lines)
    more = ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest}
    return (*lines[:MOST_LINES], more)


def by_subject(reminders: Sequence[Reminder]) -> dict[int, Reminder]:
    """The newest reminder of each thing."""
    return {each.subject_id: each for each in sorted(reminders, key=lambda each: each.pk)}


def current(reminders: Sequence[Reminder], rows: Iterable[Any]) -> list[tuple[Reminder, Any]]:
    """Those of `rows` whose date is still the one that the reminder is about."""
    known = by_subject(reminders)
    return [(known[row.pk], row) for row in rows if row.due_revision == known[row.pk].due_revision]


def quoted(words: str) -> str:
    """Between quotation marks."""
    return gettext("“%(words)s”") % {"words": words}
