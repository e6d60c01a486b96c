"""Leaving a plan: what is not done is no longer needed, what is done stays."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.services.bulk import insert_select
from change_tracker.training.services.following import close_requests
from change_tracker.training.services.oneself import refuse_oneself
from change_tracker.training.states import ENROLMENT, RECORD

#: Ids in one statement.
BATCH = 1000


def withdraw_enrolment(
    *, enrolment: Enrolment, reason: str, actor: User | None, today: date, now: datetime
) -> Enrolment:
    """Take one person out of a plan from today on; returns the enrolment up to date.

    Open records become "no longer needed", completed ones stay. Doing it twice has no effect.
    Raises ForbiddenError for oneself.
    """
    with transaction.atomic():
        refuse_oneself(
            enrolment.person,
            actor,
            _("Nobody withdraws themselves; ask another lead or human resources."),
        )
        enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        if enrolment.state != Enrolment.State.WITHDRAWN:
            ENROLMENT.move(enrolment, to="withdrawn", actor=actor, now=now, reason=reason)
            _end([enrolment.pk], today)
            _void([enrolment.pk], actor=actor, today=today, now=now)
    return enrolment


def leave_plans(
    enrolments: QuerySet[Enrolment], *, reason: str, actor: User | None, today: date, now: datetime
) -> int:
    """End the `enrolments` today, as far as they are in force; returns how many had open work.

    Set-based. What is open in them becomes "no longer needed". An unfinished one is withdrawn; a
    finished one stays finished, and only stops to count as in force.
    """
    withdrawn = 0
    with transaction.atomic():
        for ids in chunks(list(enrolments.order_by("pk").values_list("pk", flat=True))):
            chosen = Enrolment.objects.filter(pk__in=ids)
            list(chosen.order_by("pk").select_for_update().values_list("pk"))
            moved = ENROLMENT.move_many(
                chosen.active(), to="withdrawn", actor=actor, now=now, reason=reason
            )
            _end(ids, today)
            _void(ids, actor=actor, today=today, now=now)
            withdrawn += len(moved)
    return withdrawn


def change_units(people: Sequence[int], *, today: date) -> None:
    """Let the work of `people` (ids) count in their present unit from today on. Set-based."""
    for ids in chunks(people):
        enrolments = _locked_running(ids)
        _end(enrolments, today)
        insert_select(
            EnrolmentPeriod,
            Enrolment.objects.filter(pk__in=enrolments),
            enrolment=F("pk"),
            unit=F("person__unit"),
            from_on=today,
        )
    show_units(people)


def show_units(people: Sequence[int]) -> None:
    """Let all records of `people` (ids) say in which unit they are today. Set-based."""
    unit = Person.objects.filter(pk=OuterRef("person")).values("unit")[:1]
    for ids in chunks(people):
        TrainingRecord.objects.filter(person__in=ids).update(unit=Subquery(unit))


def _locked_running(people: list[int]) -> list[int]:
    """The enrolments of `people` that are in force, locked: whoever left meanwhile is in none."""
    running = EnrolmentPeriod.objects.open().values_list("enrolment", flat=True)
    read = list(running.filter(enrolment__person__in=people))
    chosen = Enrolment.objects.filter(pk__in=read)
    list(chosen.order_by("pk").select_for_update().values_list("pk"))
    return list(running.filter(enrolment__in=read))


def chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    """`ids` in parts that fit into one statement."""
    return (list(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


def _end(enrolments: list[int], today: date) -> None:
    # A period that was to begin later ends where it begins.
    EnrolmentPeriod.objects.open().filter(enrolment__in=enrolments).update(
        to_on=Greatest(F("from_on"), today), is_open=None
    )


def _void(enrolments: list[int], **context: Any) -> None:
    today: date = context.pop("today")
    records = TrainingRecord.objects.outstanding().filter(enrolment__in=enrolments)
    RECORD.move_many(records, to="void", left_on=today, **context)
    close_requests(enrolments, **context)
