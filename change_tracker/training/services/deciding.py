"""Deciding about many people at once: first what it would do, then exactly that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import User, key_of
from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.ids import Ids
from change_tracker.core.jobs.telling import Tell, keep_quiet
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.models.records import TrainingRecordQuerySet
from change_tracker.training.services.completing import left
from change_tracker.training.services.extending import give_time
from change_tracker.training.services.following import complete_finished
from change_tracker.training.services.leaving import chunks, leave_plans
from change_tracker.training.services.turns import take_turns
from change_tracker.training.states import RECORD


class Decision(TextChoices):
    """What a lead decides about people of a plan."""

    EXTEND = "extend", _("Give more time")
    EXEMPT = "exempt", pgettext_lazy("verb", "Exempt")
    WITHDRAW = "withdraw", _("Withdraw")


class Verdict(TextChoices):
    """Whether a decision reaches somebody, or why it leaves them out."""

    REACHED = "reached", _("reached")
    DONE = "done", _("done already")
    GONE = "gone", _("no longer in the plan")
    ONESELF = "oneself", _("oneself")
    NOTHING_OPEN = "nothing_open", _("nothing required is open")
    TIME_ENOUGH = "time_enough", _("nothing is due before that day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Enrolments (ids) by what a decision makes of them; `digest` tells this set from others."""

    of: Mapping[Verdict, Sequence[int]]
    digest: str

    @property
    def reached(self) -> Sequence[int]:
        """Those whom the decision reaches."""
        return self.of.get(Verdict.REACHED, ())


def preview_decision(
    decision: Decision, enrolments: QuerySet[Enrolment], *, actor: User, until: date | None = None
) -> Verdicts:
    """What `decision` would do to each of `enrolments`. One query.

    `until` is the day of more time; without it everybody has time enough.
    """
    of: dict[Verdict, list[int]] = {}
    digest = sha256(f"{decision.value};{until}".encode())
    rows = enrolments.annotate(verdict=_verdict(decision, actor, until)).order_by("pk")
    for pk, verdict in rows.values_list("pk", "verdict"):
        of.setdefault(Verdict(verdict), []).append(pk)
        digest.update(f";{pk}:{verdict}".encode())
    return Verdicts(of=of, digest=digest.hexdigest())


def exempt_people(
    enrolments: QuerySet[Enrolment],
    *,
    reason: str,
    expected: str,
    actor: User,
    today: date,
    now: datetime,
    tell: Tell = keep_quiet,
) -> Verdicts:
    """Exempt the people of `enrolments` from everything required that is open to them.

    What they had done stays; what is optional stays open. `expected` is the digest that the caller
    was shown: raises PeopleChangedError when it is another one now, MoveRefusedError without a
    reason; then nothing is written. Set-based, in batches.
    """
    with transaction.atomic():
        verdicts = _lock(Decision.EXEMPT, enrolments, expected, reason, actor)
        facts = left(reason, actor, today)
        for ids in told(verdicts.reached, tell):
            required = TrainingRecord.objects.required().outstanding().filter(enrolment__in=ids)
            RECORD.move_many(required, to="waived", actor=actor, now=now, reason=reason, **facts)
            take_turns(ids, today=today)
            complete_finished(ids, actor=actor, now=now)
    return verdicts


def withdraw_people(
    enrolments: QuerySet[Enrolment],
    *,
    reason: str,
    expected: str,
    actor: User,
    today: date,
    now: datetime,
    tell: Tell = keep_quiet,
) -> Verdicts:
    """Take the unfinished people of `enrolments` out of the plan; what they had done stays.

    Refuses as `exempt_people` does. Set-based, in batches.
    """
    with transaction.atomic():
        verdicts = _lock(Decision.WITHDRAW, enrolments, expected, reason, actor)
        for ids in told(verdicts.reached, tell):
            leave_plans(
                Enrolment.objects.filter(pk__in=ids),
                reason=reason,
                actor=actor,
                today=today,
                now=now,
            )
    return verdicts


def extend_people(
    enrolments: QuerySet[Enrolment],
    *,
    until: date,
    reason: str,
    expected: str,
    actor: User,
    today: date,
    now: datetime,
    tell: Tell = keep_quiet,
) -> Verdicts:
    """Give the people of `enrolments` time until `until` for all that is open and due before.

    No rule takes it back. Who had asked for more time has this date as the answer. Refuses as
    `exempt_people` does, and raises ValidationError for a day that has passed. Set-based, in
    batches.
    """
    if until < today:
        raise ValidationError({"until": _("Choose a day that is still to come.")})
    with transaction.atomic():
        verdicts = _lock(Decision.EXTEND, enrolments, expected, reason, actor, until)
        for ids in told(verdicts.reached, tell):
            give_time(
                due_before(until).filter(enrolment__in=ids),
                due_on=until,
                answer=reason,
                actor=actor,
                today=today,
                now=now,
            )
    return verdicts


def told(ids: Sequence[int], tell: Tell) -> Iterator[list[int]]:
    """`ids` in parts that fit into one statement, with how many are done."""
    done = 0
    for part in chunks(ids):
        tell(done, len(ids))
        yield part
        done += len(part)
    tell(done, len(ids))


def due_before(day: date) -> TrainingRecordQuerySet:
    """Open work with an earlier date."""
    return TrainingRecord.objects.outstanding().filter(due_on__lt=day)


def _lock(
    decision: Decision,
    enrolments: QuerySet[Enrolment],
    expected: str,
    reason: str,
    actor: User,
    until: date | None = None,
) -> Verdicts:
    """The verdicts as they are once nobody else can change them."""
    if not reason.strip():
        raise MoveRefusedError(_("Give a reason."))
    chosen = Enrolment.objects.filter(pk__in=Ids(enrolments))
    list(chosen.order_by("pk").select_for_update().values_list("pk"))
    verdicts = preview_decision(decision, enrolments, actor=actor, until=until)
    if verdicts.digest != expected:
        raise PeopleChangedError
    return verdicts


def _verdict(decision: Decision, actor: User, until: date | None) -> Case:
    required = TrainingRecord.objects.required().outstanding().filter(enrolment=OuterRef("pk"))
    cases = [
        When(state=Enrolment.State.WITHDRAWN, then=Value(Verdict.GONE)),
        When(state=Enrolment.State.COMPLETED, then=Value(Verdict.DONE)),
        When(Q(person__user=key_of(actor)), then=Value(Verdict.ONESELF)),
    ]
    if decision == Decision.EXEMPT:
        cases.append(When(~Exists(required), then=Value(Verdict.NOTHING_OPEN)))
    if until is not None:
        early = due_before(until).filter(enrolment=OuterRef("pk"))
        cases.append(When(~Exists(early), then=Value(Verdict.TIME_ENOUGH)))
    return Case(*cases, default=Value(Verdict.REACHED), output_field=CharField())
