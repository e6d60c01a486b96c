"""Asking for more time, and what a yes or a no does."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from change_tracker.core.errors import ForbiddenError, MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.errors import (
    AlreadyAskedError,
    AnsweredError,
    NoDateError,
    NotOpenError,
)
from change_tracker.training.models import ExtensionRequest, TrainingRecord
from change_tracker.training.services import (
    Decision,
    ask_for_time,
    assign_plan,
    change_rule,
    complete_record,
    exempt_people,
    grant_time,
    preview_decision,
    refuse_time,
    take_back_request,
    waive_record,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 30)
LATER = date(2026, 12, 11)


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's one item, due on 30 November, in a plan of Priya's."""
    group = factories.make_audience(employee)
    plan = factories.make_plan(factories.make_initiative(lead=lead))
    rule = factories.make_rule(plan, group, due_on=DUE)
    return factories.make_enrolment(plan, employee, rule=rule).records.get()


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, "today": TODAY, "now": NOW}


def ask(record: TrainingRecord, wanted_on: date = LATER, **context: Any) -> ExtensionRequest:
    context = context or by(record.person)
    return ask_for_time(record=record, wanted_on=wanted_on, reason="We are short.", **context)


def take_back(request: ExtensionRequest, person: Person) -> ExtensionRequest:
    assert person.user is not None
    return take_back_request(request=request, actor=person.user, now=NOW)


def test_it_waits_for_an_answer_and_the_date_stays(record: TrainingRecord) -> None:
    request = ask(record)

    record.refresh_from_db()
    assert (request.state, request.asked_on, request.wanted_on) == ("requested", TODAY, LATER)
    assert (record.due_on, record.is_extended) == (DUE, False)


def test_why_somebody_asks_is_not_in_the_history(record: TrainingRecord, manager: Person) -> None:
    request = ask(record)
    grant_time(request=request, due_on=LATER, answer="Fine.", **by(manager))

    lines = AuditEvent.objects.filter(object_type="extensionrequest", object_id=request.pk)
    assert [(line.verb, line.to_state, line.reason) for line in lines.order_by("pk")] == [
        ("created", "", ""),
        ("moved", "granted", "Fine."),
    ]
    assert "short" not in str(list(lines.values()))


@pytest.mark.parametrize(
    ("wanted_on", "words"),
    [
        (DUE, "after the date"),
        (DUE - timedelta(days=1), "after the date"),
    ],
)
def test_only_a_later_date_is_more_time(
    wanted_on: date, words: str, record: TrainingRecord
) -> None:
    with pytest.raises(ValidationError, match=words):
        ask(record, wanted_on)


def test_a_late_item_needs_a_day_that_is_still_to_come(record: TrainingRecord) -> None:
    TrainingRecord.objects.update(due_on=TODAY - timedelta(days=9))

    with pytest.raises(ValidationError, match="still to come"):
        ask(record, TODAY - timedelta(days=1))
    assert ask(record, TODAY).wanted_on == TODAY


def test_nobody_asks_for_somebody_else(record: TrainingRecord, manager: Person) -> None:
    with pytest.raises(ForbiddenError):
        ask(record, **by(manager))


def test_one_request_waits_at_a_time(record: TrainingRecord) -> None:
    first = ask(record)

    with pytest.raises(AlreadyAskedError):
        ask(record)
    take_back(first, record.person)
    assert ask(record).state == "requested"


def test_the_database_lets_one_request_of_a_record_wait(record: TrainingRecord) -> None:
    ask(record)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_request(record)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "requested", "is_open": None},
        {"state": "granted", "is_open": True, "due_on": LATER, "decided_on": TODAY},
        {"state": "granted", "is_open": None, "decided_on": TODAY},
        {"state": "granted", "is_open": None, "due_on": LATER},
        {"state": "refused", "is_open": None},
        {"state": "withdrawn", "is_open": None, "due_on": LATER},
        {"state": "forgotten", "is_open": None},
    ],
)
def test_the_database_refuses_what_makes_no_sense(
    values: dict[str, Any], record: TrainingRecord
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_request(record, **values)


def test_without_a_date_there_is_nothing_to_ask_for(record: TrainingRecord) -> None:
    TrainingRecord.objects.update(due_on=None)

    with pytest.raises(NoDateError):
        ask(record)


def test_what_is_done_needs_no_more_time(record: TrainingRecord) -> None:
    complete_record(record=record, **by(record.person))

    with pytest.raises(NotOpenError):
        ask(record)


def test_a_yes_moves_the_date_and_supersedes_reminders_of_the_old_one(
    record: TrainingRecord, manager: Person
) -> None:
    granted = grant_time(request=ask(record), due_on=LATER, answer="Fine.", **by(manager))

    before, version = record.due_revision, record.version
    record.refresh_from_db()
    assert (record.due_on, record.is_extended) == (LATER, True)
    assert (record.due_revision, record.version) == (before + 1, version + 1)
    assert (granted.state, granted.due_on, granted.answer) == ("granted", LATER, "Fine.")
    assert (granted.decided_by, granted.decided_on, granted.is_open) == (manager, TODAY, None)


def test_a_yes_may_be_to_another_day(record: TrainingRecord, lead: Person) -> None:
    other = DUE + timedelta(days=2)

    grant_time(request=ask(record), due_on=other, **by(lead))

    record.refresh_from_db()
    assert record.due_on == other


def test_a_yes_to_no_more_time_is_refused_and_the_request_waits(
    record: TrainingRecord, lead: Person
) -> None:
    request = ask(record)

    with pytest.raises(ValidationError, match="after the date"):
        grant_time(request=request, due_on=DUE, **by(lead))

    request.refresh_from_db()
    assert request.state == "requested"


def test_a_no_needs_a_reason_and_keeps_the_date(record: TrainingRecord, manager: Person) -> None:
    request = ask(record)

    with pytest.raises(MoveRefusedError, match="reason"):
        refuse_time(request=request, answer=" ", **by(manager))
    refused = refuse_time(request=request, answer="Go-live is fixed.", **by(manager))

    record.refresh_from_db()
    assert (refused.state, refused.answer, refused.due_on) == (
        "refused",
        "Go-live is fixed.",
        None,
    )
    assert (record.due_on, record.is_extended, record.due_revision) == (DUE, False, 1)


def test_nobody_answers_their_own_request(lead: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(lead=lead))
    request = ask(factories.make_enrolment(plan, lead).records.get())

    assert not ExtensionRequest.objects.changeable_by(lead.user).exists()  # type: ignore[arg-type]  # has a login
    with pytest.raises(ForbiddenError):
        grant_time(request=request, due_on=LATER, **by(lead))
    with pytest.raises(ForbiddenError):
        refuse_time(request=request, answer="No.", **by(lead))


def test_a_request_has_one_answer(record: TrainingRecord, manager: Person, lead: Person) -> None:
    request = ask(record)
    grant_time(request=request, due_on=LATER, **by(manager))

    with pytest.raises(AnsweredError):
        refuse_time(request=request, answer="No.", **by(lead))
    with pytest.raises(AnsweredError):
        take_back(request, record.person)


def test_taking_back_twice_has_no_effect(record: TrainingRecord, manager: Person) -> None:
    request = ask(record)
    with pytest.raises(ForbiddenError):
        take_back(request, manager)

    first = take_back(request, record.person)

    assert first.state == "withdrawn"
    second = take_back(request, record.person)
    assert second.version == first.version


def complete(record: TrainingRecord, hr: Person) -> None:
    complete_record(record=record, **by(record.person))


def exempt(record: TrainingRecord, hr: Person) -> None:
    waive_record(record=record, reason="Knows it.", **by(hr))


def exempt_many(record: TrainingRecord, hr: Person) -> None:
    chosen = type(record.enrolment).objects.filter(pk=record.enrolment_id)
    assert hr.user is not None
    shown = preview_decision(Decision.EXEMPT, chosen, actor=hr.user)
    exempt_people(chosen, reason="Knows it.", expected=shown.digest, **by(hr))


def withdraw(record: TrainingRecord, hr: Person) -> None:
    withdraw_enrolment(enrolment=record.enrolment, reason="Moved on.", **by(hr))


@pytest.mark.parametrize("end", [complete, exempt, exempt_many, withdraw])
def test_when_the_work_ends_nobody_waits_for_an_answer(
    end: Any, record: TrainingRecord, hr: Person, lead: Person
) -> None:
    request = ask(record)

    end(record, hr)

    request.refresh_from_db()
    assert (request.state, request.is_open) == ("withdrawn", None)
    with pytest.raises(AnsweredError):
        grant_time(request=request, due_on=LATER, **by(lead))


def test_other_work_that_ends_leaves_the_request_waiting(employee: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=2)
    first, second = factories.make_enrolment(plan, employee).records.order_by("pk")
    request = ask(first)

    complete_record(record=second, **by(employee))

    request.refresh_from_db()
    assert request.state == "requested"


def test_no_rule_takes_granted_time_back(
    record: TrainingRecord, employee: Person, lead: Person
) -> None:
    plan = record.plan
    grant_time(request=ask(record), due_on=LATER, **by(lead))

    assign_plan(plan=plan, **by(lead))
    rule = change_rule(
        plan.audiences.get(), due_on=DUE - timedelta(days=5), actor=lead.user, now=NOW
    )
    sooner = factories.make_audience(employee)
    factories.make_rule(plan, sooner, due_on=TODAY + timedelta(days=3))
    done = assign_plan(plan=plan, **by(lead))

    record.refresh_from_db()
    assert rule.due_on == DUE - timedelta(days=5)
    assert (record.due_on, record.is_extended, done.redated) == (LATER, True, 0)


@pytest.mark.parametrize(("days", "keeps"), [(5, True), (40, False)])
def test_who_comes_back_keeps_granted_time_that_is_still_ahead(
    days: int, keeps: bool, record: TrainingRecord, lead: Person
) -> None:
    plan = record.plan
    plan.audiences.update(due_rule="joined_group", due_on=None, due_days=3)
    grant_time(request=ask(record), due_on=LATER, **by(lead))
    withdraw(record, lead)
    plan.audiences.update(first_assigned_on=TODAY)
    record.refresh_from_db()
    before = record.due_revision

    back_on = TODAY + timedelta(days=days)
    assign_plan(plan=plan, actor=lead.user, today=back_on, now=NOW)

    record.refresh_from_db()
    expected = LATER if keeps else back_on + timedelta(days=3)
    assert (record.due_on, record.is_extended) == (expected, keeps)
    assert record.due_revision == before + 1
