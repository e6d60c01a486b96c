"""Taking back what somebody has done: the row stays, and another one asks for it again."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from change_tracker.core.errors import ForbiddenError, MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.progress.queries import measures
from change_tracker.training.errors import CannotUndoError, NotDoneError
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import (
    assign_plan,
    complete_record,
    revoke_completion,
    undo_completion,
    withdraw_enrolment,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import MY_TRAINING, item_url, words

DUE = date(2026, 11, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's one item, which she did a week ago; it was due on 30 November."""
    group = factories.make_audience(employee)
    initiative = factories.make_initiative(lead=lead, slug="front-door", group=group)
    activity = factories.make_activity(initiative, title="Listening")
    plan = factories.make_plan(initiative, items=[activity])
    rule = factories.make_rule(plan, group, due_on=DUE)
    rule.first_assigned_on = TODAY
    rule.save()
    record = factories.make_enrolment(plan, employee, rule=rule).records.get()
    return complete_record(
        record=record,
        actor=user_of(employee),
        today=TODAY - timedelta(days=7),
        now=NOW - timedelta(days=7),
    )


def user_of(person: Person) -> Any:
    return person.user


def revoke(record: TrainingRecord, by: Person, **values: Any) -> TrainingRecord:
    given: dict[str, Any] = {"reason": "Pressed for somebody else.", "today": TODAY, "now": NOW}
    return revoke_completion(record=record, actor=user_of(by), **given | values)


def test_the_row_stays_and_a_fresh_one_asks_for_it_again(
    record: TrainingRecord, lead: Person
) -> None:
    fresh = revoke(record, lead)

    record.refresh_from_db()
    assert (record.state, record.left_on, record.left_by) == ("revoked", TODAY, lead)
    assert record.left_reason == "Pressed for somebody else."
    assert record.completed_on == TODAY - timedelta(days=7)
    assert (fresh.state, fresh.attempt, fresh.due_on, fresh.due_rule) == (
        "not_started",
        2,
        DUE,
        "fixed",
    )
    assert (fresh.item_id, fresh.unit_id) == (record.item_id, record.unit_id)
    record.enrolment.refresh_from_db()
    assert record.enrolment.state == "active"
    said = AuditEvent.objects.filter(to_state="revoked", reason="Pressed for somebody else.")
    assert said.count() == 1


def test_what_is_to_do_again_can_be_done_again(
    record: TrainingRecord, employee: Person, lead: Person
) -> None:
    fresh = revoke(record, lead)

    again = complete_record(record=fresh, actor=user_of(employee), today=TODAY, now=NOW)

    assert again.enrolment.state == "completed"
    third = revoke(again, lead)
    assert third.attempt == 3


@pytest.mark.parametrize(
    ("values", "due_on"),
    [
        ({"due_on": TODAY + timedelta(days=1)}, TODAY + timedelta(days=1)),
        ({"due_on": TODAY}, TODAY + timedelta(days=1)),
        ({"due_on": TODAY, "due_rule": "joined_group", "due_days": 9}, TODAY + timedelta(days=9)),
        ({"due_on": None, "due_rule": ""}, None),
    ],
)
def test_the_date_is_one_that_can_be_met(
    values: dict[str, Any], due_on: date | None, record: TrainingRecord, lead: Person
) -> None:
    TrainingRecord.objects.update(**values)

    assert revoke(record, lead).due_on == due_on


def test_another_date_can_be_chosen_but_not_one_that_has_passed(
    record: TrainingRecord, lead: Person
) -> None:
    with pytest.raises(ValidationError, match="still to come"):
        revoke(record, lead, due_on=TODAY - timedelta(days=1))

    fresh = revoke(record, lead, due_on=DUE + timedelta(days=5))

    assert (fresh.due_on, fresh.due_rule) == (DUE + timedelta(days=5), "")


def test_a_reason_is_needed_and_nobody_revokes_their_own(
    record: TrainingRecord, employee: Person, lead: Person
) -> None:
    with pytest.raises(MoveRefusedError, match="reason"):
        revoke(record, lead, reason=" ")
    with pytest.raises(ForbiddenError):
        revoke(record, employee)

    record.refresh_from_db()
    assert record.state == "completed"


def test_only_what_is_done_can_be_taken_back(record: TrainingRecord, lead: Person) -> None:
    fresh = revoke(record, lead)

    for each in (record, fresh):
        with pytest.raises(NotDoneError):
            revoke(each, lead)
    with pytest.raises(CannotUndoError):
        undo_completion(record=record, actor=user_of(record.person), today=TODAY, now=NOW)


def test_each_attempt_is_there_once(record: TrainingRecord, lead: Person) -> None:
    fresh = revoke(record, lead)
    fresh.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        fresh.save(force_insert=True)


def test_somebody_who_left_is_asked_again_only_when_they_come_back(
    record: TrainingRecord, lead: Person
) -> None:
    withdraw_enrolment(
        enrolment=record.enrolment, reason="Moved", actor=user_of(lead), today=TODAY, now=NOW
    )

    fresh = revoke(record, lead)

    assert (fresh.state, fresh.left_on) == ("void", TODAY)
    assign_plan(plan=record.plan, actor=user_of(lead), today=TODAY, now=NOW)
    fresh.refresh_from_db()
    record.enrolment.refresh_from_db()
    assert (fresh.state, record.enrolment.state) == ("not_started", "active")


def test_on_each_day_one_of_the_two_counts(record: TrainingRecord, lead: Person) -> None:
    TrainingRecord.objects.update(due_on=TODAY - timedelta(days=2))
    record.refresh_from_db()
    fresh = revoke(record, lead, due_on=TODAY)
    initiative = record.plan.initiative

    before, now = measures(initiative, TODAY - timedelta(days=1)), measures(initiative, TODAY)

    assert (before.due, before.completed, before.overdue) == (1, 1, 0)
    assert (now.due, now.completed, now.overdue) == (1, 0, 0)
    assert measures(initiative, TODAY + timedelta(days=1)).overdue == 1
    complete_record(record=fresh, actor=user_of(record.person), today=TODAY, now=NOW)
    assert measures(initiative, TODAY).completed == 1


def test_the_lead_does_it_on_a_page_and_the_person_reads_why(
    record: TrainingRecord, employee: Person, lead: Person, sign_in: SignIn, that_day: None
) -> None:
    page = sign_in.page(lead)
    person = f"/change/i/front-door/training/{record.plan_id}/people/{record.enrolment_id}/"
    url = f"{person}{record.pk}/revoke/"
    assert f'href="{url}"' in page.get(person).content.decode()
    form = page.get(url)
    assert "Take back that Amira Hassan has done “Listening”" in words(form)
    assert 'value="2026-11-30"' in form.content.decode()
    assert page.post(url, {"due_on": "2026-11-30"}).status_code == 400

    after = page.post(url, {"reason": "Not really.", "due_on": "2026-12-04"}, follow=True)

    text = words(after)
    assert "Amira Hassan has “Listening” to do again." in text
    assert "Listening Revoked Since Wed 18 Nov, decided by Priya Nair: Not really." in text
    assert "0 of 1 activity is done." in text
    assert "There is a problem" not in words(page.get(url))
    fresh = TrainingRecord.objects.get(attempt=2)
    why = "This counted as done until Wed 18 Nov. Priya Nair took that back: Not really."
    theirs = sign_in.page(employee)
    assert why in words(theirs.get(item_url(fresh.pk)))
    assert why in words(theirs.get(MY_TRAINING))
    assert "Due Fri 4 Dec" in words(theirs.get(item_url(fresh.pk)))


def test_the_api_answers_with_what_is_to_do_again(
    record: TrainingRecord, employee: Person, lead: Person, sign_in: SignIn, that_day: None
) -> None:
    url = f"/change/api/v1/records/{record.pk}/revoke/"
    assert sign_in.api(employee).post(url, {"reason": "x"}).status_code == 403
    assert sign_in.api(lead).post(url, {}).status_code == 400

    body = sign_in.api(lead).post(url, {"reason": "Not really."}).json()

    assert (body["attempt"], body["state"], body["due_on"]) == (2, "not_started", "2026-11-30")
    old = sign_in.api(lead).get(f"/change/api/v1/records/{record.pk}/").json()
    assert (old["state"], old["left_by"], old["left_reason"]) == ("revoked", lead.pk, "Not really.")
    assert sign_in.api(lead).post(url, {"reason": "x"}).json()["code"] == "not_done"
