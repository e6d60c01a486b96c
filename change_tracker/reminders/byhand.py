"""Reminding chosen people of a plan: first whom it reaches, then exactly that.

It is one more reason to write, and leaves as all others do: with the mail of the day, in the hours
of the recipient, read again just before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User, key_of
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.telling import Tell, keep_quiet
from change_tracker.core.services import lock
from change_tracker.initiatives.models import Initiative
from change_tracker.people.queries import working_calendar
from change_tracker.reminders import rules
from change_tracker.reminders.models import Digest, MailPreference, Reminder
from change_tracker.reminders.models.outbox import TESTS
from change_tracker.reminders.owed import Owed
from change_tracker.reminders.pace import Pace, wishes_of
from change_tracker.reminders.plan import Planned, batches, insert
from change_tracker.reminders.recipients import (
    Recipient,
    recipients,
    sending_window,
    shared_among,
)
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import (
    Enrolment,
    ExtensionRequest,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services.leaving import chunks

RUNNING = (Initiative.State.ACTIVE, Initiative.State.SUSTAINING)
OWN = (Reminder.Kind.DUE, Reminder.Kind.LATE)


class Call(TextChoices):
    """Whether somebody is reminded, or why not."""

    REACHED = "reached", _("reached")
    NOTHING_DUE = "nothing_due", _("nothing with a date is open")
    ASKED = "asked", _("has asked for more time")
    ON_ITS_WAY = "on_its_way", _("a reminder is on its way")
    TODAY = "today", _("has had a mail today")
    ENOUGH = "enough", _("was reminded often enough")
    NOT_WANTED = "not_wanted", _("wants no reminders")
    UNREACHABLE = "unreachable", _("has no address")
    GONE = "gone", _("no longer works here")
    ONESELF = "oneself", _("oneself")


class NobodyRemindedError(ChangeTrackerError):
    """Nobody is written to about an initiative that does not run."""

    code = "not_running"

    def __init__(self) -> None:
        super().__init__(_("Nobody is reminded while the initiative is not under way."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Enrolments (ids) by what becomes of them; `later` of those reached read it on another day
    than today, because they are away or nothing leaves. `digest` tells this set from others.
    """

    of: Mapping[Call, Sequence[int]]
    steps: tuple[Owed, ...]
    later: int
    digest: str

    @property
    def reached(self) -> Sequence[int]:
        """Those who are reminded."""
        return self.of.get(Call.REACHED, ())


@dataclass(slots=True)
class _Known:
    """What is known of some enrolments, by their ids and those of their people."""

    open: dict[int, list[TrainingRecord]] = field(default_factory=lambda: defaultdict(list))
    waiting: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    often: set[tuple[int, int]] = field(default_factory=set)
    people: dict[int, Recipient] = field(default_factory=dict)
    wishes: dict[int, MailPreference] = field(default_factory=dict)
    mailed: set[tuple[int, Any]] = field(default_factory=set)


def refusal_to_remind(plan: TrainingPlan) -> ChangeTrackerError | None:
    """Why nobody of `plan` is reminded; None while its initiative is under way."""
    return None if plan.initiative.state in RUNNING else NobodyRemindedError()


def preview_reminding(enrolments: QuerySet[Enrolment], *, actor: User, now: datetime) -> Calls:
    """Who of `enrolments` would be reminded. Some ten queries for each thousand."""
    of: dict[Call, list[int]] = {}
    steps: list[Owed] = []
    later, window = 0, sending_window()
    digest = sha256(b"remind")
    for ids in chunks(list(enrolments.order_by("pk").values_list("pk", flat=True))):
        rows = list(Enrolment.objects.filter(pk__in=ids).select_related("plan").order_by("pk"))
        known = _known(rows, now)
        for row in rows:
            call = _call(row, known, actor, now)
            of.setdefault(call, []).append(row.pk)
            digest.update(f";{row.pk}:{call}".encode())
            if call == Call.REACHED:
                steps += _steps(row, known, now)
                later += _leaves_later(row, known, window, now)
    return Calls(of=of, steps=tuple(steps), later=later, digest=digest.hexdigest())


def remind_people(
    enrolments: QuerySet[Enrolment],
    *,
    plan: TrainingPlan,
    expected: str,
    actor: User,
    now: datetime,
    tell: Tell = keep_quiet,
) -> Calls:
    """Plan a reminder for those of `enrolments` (of `plan`) whom it reaches; it leaves by the rules
    of all mail, at most once a person and day.

    `expected` is the digest that the caller was shown: raises PeopleChangedError when it is
    another one now, and NobodyRemindedError unless the initiative is under way. Set-based.
    """
    with transaction.atomic():
        # Two who press at once follow each other.
        plan = lock(plan)
        if refusal := refusal_to_remind(plan):
            raise refusal
        calls = preview_reminding(enrolments, actor=actor, now=now)
        if calls.digest != expected:
            raise PeopleChangedError
        done, calendar = 0, working_calendar()
        for batch in batches(calls.steps):
            tell(done, len(calls.steps))
            shared = shared_among({each.person_id for each in batch}, now)
            insert(batch, now=now, done=Planned(), shared=shared, calendar=calendar)
            done += len(batch)
        changes = {call.value: len(ids) for call, ids in calls.of.items()}
        scope = plan.audit_scope
        audit.record(obj=plan, verb="reminded", actor=actor, now=now, scope=scope, changes=changes)
    return calls


def _known(rows: Sequence[Enrolment], now: datetime) -> _Known:
    ids, people = [row.pk for row in rows], {row.person_id for row in rows}
    known = _Known(wishes=wishes_of(people))
    known.people = recipients(people, now=now, shared=shared_among(people, now))
    records = TrainingRecord.objects.to_do().opened().filter(enrolment__in=ids)
    for record in records.exclude(due_on=None).order_by("due_on", "pk"):
        known.open[record.enrolment_id].append(record)
    open_ones = [each.pk for records in known.open.values() for each in records]
    own = Reminder.objects.filter(to=Reminder.To.SELF)
    on_the_way = own.planned().filter(Q(record__in=open_ones) | Q(enrolment__in=ids))
    known.waiting = set(on_the_way.values_list("recipient", flat=True))
    requests = ExtensionRequest.objects.waiting().filter(record__enrolment__in=ids)
    known.asked = set(requests.values_list("record__enrolment", flat=True))
    sent = own.filter(record__in=open_ones, kind__in=OWN, state=Reminder.State.SENT)
    times = sent.order_by().values_list("record", "due_revision").annotate(n=Count("pk"))
    known.often = {(pk, revision) for pk, revision, n in times if n >= rules.MOST_MAILS}
    states = (Digest.State.CLAIMED, Digest.State.SENT)
    days = {to.today(now) for to in known.people.values()}
    mails = Digest.objects.filter(recipient__in=people, local_on__in=days, slot__lt=TESTS)
    known.mailed = set(mails.filter(state__in=states).values_list("recipient", "local_on"))
    return known


def _call(row: Enrolment, known: _Known, actor: User, now: datetime) -> Call:
    """The first thing that speaks against it; none: they are reached."""
    to, wishes = known.people[row.person_id], known.wishes.get(row.person_id)
    today, user = to.today(now), to.person.user_id
    never = wishes is not None and wishes.cadence == MailPreference.Cadence.NEVER
    nothing = row.state != Enrolment.State.ACTIVE or not known.open[row.pk]
    against = (
        (Call.GONE, not to.person.is_active(today)),
        (Call.NOTHING_DUE, nothing),
        (Call.ONESELF, user is not None and user == key_of(actor)),
        (Call.UNREACHABLE, not to.address),
        (Call.NOT_WANTED, never),
        (Call.ASKED, row.pk in known.asked),
        (Call.TODAY, (row.person_id, today) in known.mailed),
        (Call.ON_ITS_WAY, row.person_id in known.waiting),
        (Call.ENOUGH, not _askable(row, known)),
    )
    return next((call for call, holds in against if holds), Call.REACHED)


def _askable(row: Enrolment, known: _Known) -> list[TrainingRecord]:
    """What is not the lead's by now: of the rest the person was reminded often enough."""
    found = known.open[row.pk]
    return [each for each in found if (each.pk, each.due_revision) not in known.often]


def _steps(row: Enrolment, known: _Known, now: datetime) -> list[Owed]:
    today, name = known.people[row.person_id].today(now), f"asked_{now:%Y%m%d}"
    scope, site_day = row.plan.initiative_id, timezone.localdate(now)
    late = rules.Step(name, Reminder.Kind.LATE, 0)
    due = rules.Step(name, Reminder.Kind.DUE, 0)
    return [
        Owed(
            "record",
            late if record.days_late(today) else due,
            record.pk,
            row.person_id,
            scope,
            record.due_revision,
            site_day,
        )
        for record in _askable(row, known)
    ]


def _leaves_later(row: Enrolment, known: _Known, window: rules.Window, now: datetime) -> bool:
    to = known.people[row.person_id]
    pace = Pace(to.zone, window, to.away, known.wishes.get(row.person_id))
    return pace.day(to.today(now), essential=False) > to.today(now)
