"""What one person has done, was exempt from, or had taken back: read from records alone.

Membership of today plays no part, so moves, leaving and a new cycle change nothing of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext

from change_tracker.core.access import User, roles_of
from change_tracker.core.chips import Chip
from change_tracker.people.models import Person
from change_tracker.training.decided import left_words
from change_tracker.training.models import ExternalLearning, TrainingRecord

State = TrainingRecord.State
ENDED = (State.COMPLETED, State.WAIVED, State.REVOKED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it was, how and when it ended; `by` and `score` as far as they are read."""

    record: Any
    on: date | None
    chip: Chip
    by: str
    why: str


def people_with_transcript(user: User) -> QuerySet[Person]:
    """Whose transcript `user` may open: their own and their team's; HR and site admins all;
    leads and coaches of those who have training in their initiatives.
    """
    roles = roles_of(user)
    people: Any = Person.objects.select_related("unit")
    if roles.site_admin or roles.manages_people:
        return people.all()  # type: ignore[no-any-return]
    records = TrainingRecord.objects.visible_to(user).filter(person=OuterRef("pk"))
    own_or_team = Person.objects.own_or_team(user).filter(pk=OuterRef("pk"))
    return people.filter(Exists(own_or_team) | Exists(records))  # type: ignore[no-any-return]


def transcript_of(person: Person, user: User) -> Any:
    """The records that make it up, newest first, with `is_known_in_full`.

    Managers read what is done, but not exemptions and what was taken back.
    """
    rows: Any = TrainingRecord.objects.visible_to(user).with_discretion(user)
    mine = rows.filter(
        Q(is_known_in_full=True) | Q(state=State.COMPLETED), person=person, state__in=ENDED
    )
    ended_on = Coalesce("left_on", "completed_on")
    return mine.select_related("activity", "plan__initiative", "completed_by", "left_by").order_by(
        ended_on.desc(), "-pk"
    )


def entries_of(records: Iterable[Any], today: date) -> Iterator[Entry]:
    """Each record in words; of what is not known in full only that it is done. No queries."""
    for record in records:
        in_full, is_done = record.is_known_in_full, record.state == State.COMPLETED
        on = record.completed_on if is_done else record.left_on
        yield Entry(
            record=record,
            on=on if in_full else None,
            chip=Chip(capfirst(record.get_state_display()), "done" if is_done else ""),
            by=_by(record) if in_full else "",
            why="" if is_done else left_words(record, today),
        )


def _by(record: TrainingRecord) -> str:
    """Who recorded or decided it; nobody where the person did it alone."""
    if record.state != State.COMPLETED:
        return record.left_by.display_name if record.left_by else ""
    if record.completed_by is not None:
        return record.completed_by.display_name
    is_imported = record.origin == TrainingRecord.Origin.IMPORTED
    return gettext("Another system") if is_imported else ""


def elsewhere_of(person: Person, user: User) -> Any:
    """What they learnt elsewhere, as far as `user` reads it, newest first; nothing taken back."""
    rows: Any = ExternalLearning.objects.visible_to(user).filter(person=person)
    told = rows.exclude(state=ExternalLearning.State.WITHDRAWN).select_related("decided_by")
    return told.order_by("-learnt_on", "-pk")


def elsewhere_lines(learnt: Iterable[Any]) -> Iterator[list[Any]]:
    """Lines of the file; the kind stands for the plan."""
    for row in learnt:
        yield [
            row.title,
            str(row.get_kind_display()),
            "",
            str(capfirst(row.get_state_display())),
            None,
            row.learnt_on,
            *[None] * 5,
            row.decided_by.display_name if row.decided_by else "",
            row.answer,
        ]


def file_head() -> list[str]:
    """The columns of the file."""
    return [
        gettext("Training"),
        gettext("Plan"),
        gettext("Initiative"),
        gettext("State"),
        gettext("Due on"),
        gettext("Completed on"),
        gettext("Counts until"),
        gettext("Ended on"),
        gettext("Version"),
        gettext("Attempt"),
        gettext("Score"),
        gettext("Recorded by"),
        gettext("Reason"),
    ]


def file_line(entry: Entry) -> list[Any]:
    """One line of it; what the caller does not read stays empty."""
    record = entry.record
    line = [
        record.activity.title,
        record.plan.title,
        record.plan.initiative.title,
        entry.chip.words,
        record.due_on,
    ]
    if not record.is_known_in_full:
        return line + [None] * 8
    return [
        *line,
        record.completed_on,
        record.expires_on,
        record.left_on,
        record.activity_version,
        record.attempt,
        record.score,
        entry.by,
        record.left_reason,
    ]
