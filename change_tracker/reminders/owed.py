"""What is owed, as querysets: one `Search` for each kind of thing and each kind of recipient.

Nothing is read here; `plan` reads what is new of each, and writes it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from change_tracker.core.questions import Lookup, lookup
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative
from change_tracker.reminders import rules
from change_tracker.reminders.models import Reminder, ReminderStep
from change_tracker.reminders.models.reminders import SUBJECTS
from change_tracker.reminders.rules import Step

#: Whose work is written about; of these, one on hold waits for its mail.
SPOKEN_OF = (Initiative.State.ACTIVE, Initiative.State.SUSTAINING, Initiative.State.ON_HOLD)
#: Steps that one tick plans at most of each kind, so that sending begins soon; the next goes on.
AT_ONCE = 20_000
To = ReminderStep.To


@dataclass(frozen=True)
class Search:
    """Rows of one model with what `Owed` takes of them: `owed_step`, `recipient`, `scope` (the id
    of the initiative), `revision` and `anchor_on`; `subject` is the column of a reminder.
    """

    subject: str
    steps: Sequence[Step]
    rows: "QuerySet[Any]"
    revision: str = "revision"
    #: whether its joins find the same row and person more than once
    repeats: bool = False
    #: whether what was told already is looked up by its key, not in the search: MariaDB compares no
    #: revision that is counted with one that is stored
    by_key: bool = False
    #: looked for once for that moment, to the end; what comes up later belongs to the next
    once: datetime | None = None

    @cached_property
    def new(self) -> Lookup:
        """What is new of it, on the whole site or `Within` a part: asked in every tick and for
        every forecast, written once for each sort of part.
        """
        return lookup(self._new)

    def _new(self, **where: Any) -> "QuerySet[Any]":
        """What `Owed` takes of some of its rows; at most what one tick plans."""
        columns = ("owed_step", "pk", "recipient", "scope", self.revision, "anchor_on")
        found = self.rows.filter(**where).order_by().values_list(*columns)
        return (found.distinct() if self.repeats else found)[:AT_ONCE]


@dataclass(frozen=True, slots=True)
class Owed:
    """One step that is due and was not planned yet."""

    subject: str
    step: Step
    subject_id: int
    person_id: int
    scope: int | None
    due_revision: int
    anchor_on: date

    @property
    def key(self) -> str:
        """What makes it the same thing, however often it is planned."""
        subject = f"{SUBJECTS[self.subject]}{self.subject_id}"
        return f"{self.step.kind}:{subject}:{self.person_id}:{self.due_revision}:{self.step.name}"


@dataclass(frozen=True, slots=True)
class Within:
    """One initiative, or one recipient: the rest is not asked about."""

    initiative_id: int | None = None
    person_id: int | None = None

    @property
    def where(self) -> dict[str, Any]:
        """Which rows of a search belong to it: a column and its value."""
        if self.initiative_id is not None:
            return {"scope": self.initiative_id}
        return {"recipient": self.person_id}

    def reminders(self) -> Q:
        """The same as a condition on what was planned."""
        if self.initiative_id is not None:
            return Q(initiative=self.initiative_id)
        return Q(recipient=self.person_id)


def owed(search: Search, only: Within | None = None) -> list[Owed]:
    """What is new of it, or of a part of it; at most AT_ONCE. One query."""
    named = {step.name: step for step in search.steps}
    rows = search.new(**(only.where if only else {}))
    steps = [Owed(search.subject, named[name], *row) for name, *row in rows]
    if not (search.by_key and steps):
        return steps
    keys = Reminder.objects.filter(dedupe_key__in=[each.key for each in steps])
    told = set(keys.values_list("dedupe_key", flat=True))
    return [each for each in steps if each.key not in told]


def news(
    subject: str,
    step: Step,
    rows: "QuerySet[Any]",
    *,
    on: str,
    today: date,
    revision: str = "revision",
    repeats: bool = False,
    by_key: bool = False,
) -> Search:
    """What happened on the day in column `on`, to be told once; `rows` say whom.

    Older news expired: three days, and the weekend in which nothing leaves. `revision` is the
    column that rises when it happens again.
    """
    days = {f"{on}__gte": rules.notice_window(today), f"{on}__lte": today}
    fresh = rows.filter(**days).annotate(owed_step=Value(step.name), anchor_on=F(on))
    told = Reminder.objects.filter(
        **{subject: OuterRef("pk")},
        kind=step.kind,
        recipient=OuterRef("recipient"),
        due_revision=OuterRef(revision),
    )
    if not by_key:
        fresh = fresh.filter(~Exists(told))
    return Search(subject, [step], fresh, revision, repeats, by_key)


def summed_up(subject: str, step: Step, rows: "QuerySet[Any]", *, on: date) -> Search:
    """What is summed up on the day `on`, once for each row and recipient, however late; `rows` are
    those of which there is something to say.
    """
    revision = on.toordinal()
    told = Reminder.objects.filter(
        **{subject: OuterRef("pk")},
        kind=step.kind,
        recipient=OuterRef("recipient"),
        due_revision=revision,
    )
    found = rows.filter(~Exists(told)).annotate(
        owed_step=Value(step.name),
        revision=Value(revision),
        anchor_on=Cast(Value(on), DateField()),
    )
    return Search(subject, [step], found, once=datetime.combine(on, time.min, UTC))


def dated(
    subject: str,
    ladder: Sequence[Step],
    rows: "QuerySet[Any]",
    *,
    on: Any,
    revision: Any,
    today: date,
    calendar: Calendar,
    by_key: bool = False,
) -> Search | None:
    """What has a step of `ladder` today by the day `on`; None without a step that could have."""
    found = rules.bands(ladder, today, calendar)
    if not found:
        return None
    # What comes later has no step: nothing of it is read.
    last = max(last for _step, _first, last in found)
    bands = (When(_within(first, last), then=Value(step.name)) for step, first, last in found)
    told = Reminder.objects.filter(
        **{subject: OuterRef("pk")},
        step=OuterRef("owed_step"),
        recipient=OuterRef("recipient"),
        due_revision=OuterRef("revision"),
    )
    due = rows.annotate(anchor_on=on, revision=revision).filter(anchor_on__lte=last)
    stepped = due.annotate(owed_step=Case(*bands, output_field=CharField()))
    if not by_key:
        stepped = stepped.filter(~Exists(told))
    return Search(subject, ladder, stepped.filter(owed_step__isnull=False), by_key=by_key)


def _within(first: date | None, last: date) -> Q:
    return Q(anchor_on__lte=last) if first is None else Q(anchor_on__range=(first, last))


def members(rows: "QuerySet[Any]", roles: Iterable[str], path: str = "initiative") -> Any:
    """`rows` once for each member of their initiative with one of `roles` who can sign in."""
    joined = f"{path}__members__" if path else "members__"
    told = {f"{joined}role__in": list(roles), f"{joined}person__user__isnull": False}
    # One filter, so that role and person are those of the same member.
    return rows.filter(**told, **running(path)).annotate(
        recipient=F(f"{joined}person"), scope=F(f"{path}__pk" if path else "pk")
    )


def running(path: str) -> dict[str, Any]:
    """The condition that the initiative at `path` is one of which is spoken."""
    return {f"{path}__state__in" if path else "state__in": SPOKEN_OF}
