"""Asking, answering and finishing at once: each request has one outcome."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.models import AuditEvent
from change_tracker.training.models import Enrolment, ExtensionRequest, TrainingRecord
from change_tracker.training.services import (
    Decision,
    ask_for_time,
    assign_plan,
    complete_record,
    extend_people,
    grant_time,
    preview_decision,
    refuse_time,
    revoke_completion,
    take_back_request,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

LATER = TODAY + timedelta(days=20)
SOONER = TODAY + timedelta(days=15)
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def make_request() -> ExtensionRequest:
    plan = factories.make_plan(factories.make_initiative())
    person = factories.make_person(login=True)
    return factories.make_request(factories.make_enrolment(plan, person).records.get())


def grant(request: ExtensionRequest, due_on: Any = LATER) -> Callable[[], object]:
    by = factories.make_person(login=True).user
    assert by is not None
    return lambda: grant_time(request=request, due_on=due_on, actor=by, **WHEN)


def refuse(request: ExtensionRequest) -> Callable[[], object]:
    by = factories.make_person(login=True).user
    assert by is not None
    return lambda: refuse_time(request=request, answer="No.", actor=by, **WHEN)


def take_back(request: ExtensionRequest) -> Callable[[], object]:
    own: Any = request.record.person.user
    return lambda: take_back_request(request=request, actor=own, now=NOW)


def complete(record: TrainingRecord) -> Callable[[], object]:
    own: Any = record.person.user
    return lambda: complete_record(record=record, actor=own, **WHEN)


def withdraw(record: TrainingRecord) -> Callable[[], object]:
    return lambda: withdraw_enrolment(enrolment=record.enrolment, reason="x", actor=None, **WHEN)


def refusals(results: list[object]) -> list[str]:
    return [each.code for each in results if isinstance(each, ChangeTrackerError)]


def moves_of(request: ExtensionRequest) -> int:
    lines = AuditEvent.objects.filter(object_type="extensionrequest", object_id=request.pk)
    return lines.filter(verb="moved").count()


@pytest.mark.parametrize("other", [grant, refuse, take_back])
def test_a_request_has_one_answer_and_the_other_is_told(other: Any) -> None:
    for _ in range(ROUNDS):
        request = make_request()

        results = at_once(grant(request, SOONER), other(request))

        assert refusals(results) == ["answered"]
        request.refresh_from_db()
        record = request.record
        record.refresh_from_db()
        granted = request.state == "granted"
        assert record.is_extended == granted
        assert not granted or record.due_on == request.due_on
        assert record.due_revision == (2 if granted else 1)
        assert moves_of(request) == 1


@pytest.mark.parametrize("end", [complete, withdraw])
def test_time_is_granted_before_the_work_ends_or_not_at_all(end: Any) -> None:
    for _ in range(ROUNDS):
        request = make_request()

        results = at_once(grant(request), end(request.record))

        request.refresh_from_db()
        assert (request.state, refusals(results)) in [
            ("granted", []),
            ("withdrawn", ["answered"]),
        ]
        assert request.is_open is None
        assert moves_of(request) == 1
        assert TrainingRecord.objects.get(pk=request.record_id).state in {"completed", "void"}


def test_two_requests_at_once_are_one() -> None:
    for _ in range(ROUNDS):
        record = make_request().record
        ExtensionRequest.objects.all().delete()
        own: Any = record.person.user

        def ask(record: Any = record, own: Any = own) -> object:
            return ask_for_time(record=record, wanted_on=LATER, reason="x", actor=own, **WHEN)

        assert refusals(at_once(ask, ask)) == ["already_asked"]
        assert ExtensionRequest.objects.count() == 1
        ExtensionRequest.objects.all().delete()


def test_asking_while_the_work_ends_leaves_nothing_waiting() -> None:
    for _ in range(ROUNDS):
        record = make_request().record
        ExtensionRequest.objects.all().delete()
        own: Any = record.person.user

        def ask(record: Any = record, own: Any = own) -> object:
            return ask_for_time(record=record, wanted_on=LATER, reason="x", actor=own, **WHEN)

        at_once(ask, complete(record))

        assert not ExtensionRequest.objects.waiting().exists()
        ExtensionRequest.objects.all().delete()


def test_time_for_many_and_a_single_answer_do_not_cross() -> None:
    for _ in range(ROUNDS):
        request = make_request()
        lead = factories.make_user()
        chosen = Enrolment.objects.filter(pk=request.record.enrolment_id)
        shown = preview_decision(Decision.EXTEND, chosen, actor=lead, until=SOONER)

        def extend(chosen: Any = chosen, shown: Any = shown, lead: Any = lead) -> object:
            return extend_people(
                chosen, until=SOONER, reason="x", expected=shown.digest, actor=lead, **WHEN
            )

        results = at_once(grant(request, LATER), extend)

        request.refresh_from_db()
        record = TrainingRecord.objects.get(pk=request.record_id)
        assert len(refusals(results)) == 1
        assert record.due_on == request.due_on
        assert not ExtensionRequest.objects.waiting().exists()


def test_granted_time_survives_assigning_at_once() -> None:
    for _ in range(ROUNDS):
        request = make_request()
        record = request.record
        group = factories.make_audience(record.person)
        factories.make_rule(record.plan, group, due_on=TODAY + timedelta(days=2))

        results = at_once(
            grant(request),
            lambda plan=record.plan: assign_plan(plan=plan, actor=None, **WHEN),  # type: ignore[misc]  # bound now
        )

        record.refresh_from_db()
        assert refusals(results) == []
        assert (record.due_on, record.is_extended) == (LATER, True)


def test_a_completion_is_taken_back_once() -> None:
    for _ in range(ROUNDS):
        record = make_request().record
        complete(record)()
        lead = factories.make_user()

        def revoke(record: Any = record, lead: Any = lead) -> object:
            return revoke_completion(record=record, reason="x", actor=lead, **WHEN)

        assert refusals(at_once(revoke, revoke)) == ["not_done"]
        attempts = TrainingRecord.objects.filter(enrolment=record.enrolment_id)
        assert sorted(attempts.values_list("attempt", "state")) == [
            (1, "revoked"),
            (2, "not_started"),
        ]
        assert Enrolment.objects.get(pk=record.enrolment_id).state == "active"
