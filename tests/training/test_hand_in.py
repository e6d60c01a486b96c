"""Handing in a file, a link or one's word, and what those do who decide."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from change_tracker.core.errors import ForbiddenError, MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Role
from change_tracker.people.models import Person
from change_tracker.training.errors import (
    AlreadyHandedInError,
    DecidedError,
    NotAttestedError,
    NotHandedInError,
    NotOpenError,
    NotYetOpenError,
)
from change_tracker.training.models import Enrolment, Submission, TrainingRecord
from change_tracker.training.services import (
    accept_submission,
    complete_record,
    hand_in,
    return_submission,
    revoke_completion,
    take_back_submission,
    waive_record,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY, make_file

pytestmark = pytest.mark.django_db

LINK = "https://intranet.example/notes/7"


def make_record(employee: Person, lead: Person, rule: str, **values: Any) -> TrainingRecord:
    initiative = factories.make_initiative(lead=lead)
    activity = factories.make_activity(initiative, completion_rule=rule)
    plan = factories.make_plan(initiative, items=[activity], **values)
    return factories.make_enrolment(plan, employee).records.get()


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's one item, for which she hands something in, in a plan of Priya's."""
    return make_record(employee, lead, "evidence")


@pytest.fixture
def spoken(employee: Person, lead: Person) -> TrainingRecord:
    """The same, for which somebody signs her off."""
    return make_record(employee, lead, "sign_off")


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, "today": TODAY, "now": NOW}


def send(record: TrainingRecord, **what: Any) -> Submission:
    return hand_in(record=record, **what, **by(record.person))


def take_back(submission: Submission, person: Person) -> Submission:
    assert person.user is not None
    return take_back_submission(submission=submission, actor=person.user, now=NOW)


def state_of(record: TrainingRecord) -> str:
    return str(TrainingRecord.objects.values_list("state", flat=True).get(pk=record.pk))


def test_a_file_waits_under_a_name_that_nobody_guesses(record: TrainingRecord) -> None:
    submission = send(record, file=make_file("What I did.pdf"), note="Page two is mine.")

    assert (submission.state, submission.handed_in_on) == ("waiting", TODAY)
    assert submission.file_name == "What I did.pdf"
    assert "What" not in str(submission.file.name)
    assert submission.file.read().startswith(b"%PDF-")
    assert state_of(record) == "submitted"
    assert record.enrolment.state == "active"


def test_a_link_is_taken_as_well_and_one_of_the_two_is_needed(record: TrainingRecord) -> None:
    for what in ({}, {"file": make_file(), "link": LINK}):
        with pytest.raises(ValidationError, match="one of the two"):
            send(record, **what)
    assert state_of(record) == "not_started"

    assert send(record, link=LINK).link == LINK


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://files.example/x", "file:///etc/passwd", "data:,x", "x"]
)
def test_only_addresses_of_web_pages_are_links(record: TrainingRecord, link: str) -> None:
    with pytest.raises(ValidationError) as caught:
        send(record, link=link)

    assert set(caught.value.message_dict) == {"link"}


def test_what_is_wrong_with_a_file_is_said_and_nothing_is_kept(record: TrainingRecord) -> None:
    with pytest.raises(ValidationError, match="none inside"):
        send(record, file=make_file(content=b"<script>"))

    assert not Submission.objects.exists()
    assert state_of(record) == "not_started"


def test_for_a_sign_off_ones_word_is_all(spoken: TrainingRecord) -> None:
    with pytest.raises(ValidationError, match="only say that you are ready"):
        send(spoken, link=LINK)

    assert send(spoken).state == "waiting"
    assert state_of(spoken) == "submitted"


def test_one_hand_in_waits_at_a_time(record: TrainingRecord) -> None:
    first = send(record, link=LINK)

    with pytest.raises(AlreadyHandedInError):
        send(record, link=LINK)
    take_back(first, record.person)
    assert state_of(record) == "in_progress"
    assert send(record, link=LINK).state == "waiting"


def test_nobody_hands_in_for_somebody_else(record: TrainingRecord, manager: Person) -> None:
    with pytest.raises(ForbiddenError):
        hand_in(record=record, link=LINK, **by(manager))


def test_nothing_is_handed_in_where_nothing_is_asked_for(employee: Person, lead: Person) -> None:
    for rule in ("attest", "external"):
        with pytest.raises(NotHandedInError):
            send(make_record(employee, lead, rule), link=LINK)


def test_ones_own_word_is_not_enough(record: TrainingRecord, hr: Person) -> None:
    for person in (record.person, hr):
        with pytest.raises(NotAttestedError, match="somebody else has confirmed it"):
            complete_record(record=record, **by(person))


def test_nothing_is_handed_in_before_its_turn_or_after_the_end(
    employee: Person, lead: Person, record: TrainingRecord
) -> None:
    initiative = factories.make_initiative(lead=lead)
    activities = [factories.make_activity(initiative, completion_rule="sign_off") for _ in range(2)]
    plan = factories.make_plan(initiative, items=activities, is_sequential=True)
    first, second = factories.make_enrolment(plan, employee).records.order_by("pk")
    TrainingRecord.objects.filter(pk=second.pk).update(opens_on=None)
    with pytest.raises(NotYetOpenError):
        send(second)
    accept_submission(submission=send(first), **by(lead))
    assert send(second).state == "waiting"

    waive_record(record=record, reason="Knows it.", **by(lead))
    with pytest.raises(NotOpenError):
        send(record, link=LINK)


def test_it_is_done_on_the_day_on_which_it_was_handed_in(
    record: TrainingRecord, manager: Person
) -> None:
    submission = send(record, link=LINK)
    Submission.objects.update(handed_in_on="2026-11-12")

    accepted = accept_submission(submission=submission, answer="Well done.", **by(manager))

    record.refresh_from_db()
    assert (accepted.state, accepted.decided_by, accepted.decided_on) == (
        "accepted",
        manager,
        TODAY,
    )
    assert (record.state, str(record.completed_on)) == ("completed", "2026-11-12")
    assert (record.completed_at, record.completed_by) == (NOW, manager)
    assert Enrolment.objects.get(pk=record.enrolment_id).state == "completed"


def test_giving_back_needs_a_note_and_opens_it_again(
    record: TrainingRecord, manager: Person
) -> None:
    submission = send(record, link=LINK)

    with pytest.raises(MoveRefusedError):
        return_submission(submission=submission, answer=" ", **by(manager))
    assert state_of(record) == "submitted"
    returned = return_submission(submission=submission, answer="Page two?", **by(manager))

    record.refresh_from_db()
    assert (returned.state, returned.answer) == ("returned", "Page two?")
    assert (record.state, record.due_revision) == ("in_progress", 2)
    assert send(record, link=LINK).state == "waiting"


def test_both_verdicts_are_in_the_history_and_what_was_handed_in_is_not(
    record: TrainingRecord, manager: Person
) -> None:
    first = send(record, link=LINK, note="A word of mine.")
    return_submission(submission=first, answer="Page two?", **by(manager))
    second = send(record, link=LINK)
    accept_submission(submission=second, **by(manager))

    lines = AuditEvent.objects.filter(object_type="submission").order_by("pk")
    assert [(line.verb, line.to_state, line.reason, line.actor_user) for line in lines] == [
        ("created", "", "", record.person.user),
        ("moved", "returned", "Page two?", manager.user),
        ("created", "", "", record.person.user),
        ("moved", "accepted", "", manager.user),
    ]
    moves = AuditEvent.objects.filter(object_type="trainingrecord", object_id=record.pk)
    assert list(moves.order_by("pk").values_list("to_state", flat=True)) == [
        "submitted",
        "in_progress",
        "submitted",
        "completed",
    ]
    assert all(line.scope == record.audit_scope for line in [*lines, *moves])
    assert "word of mine" not in str(list(lines.values()))
    assert LINK not in str(list(lines.values()))


def test_nobody_confirms_their_own_whatever_they_are(lead: Person) -> None:
    record = make_record(lead, lead, "evidence")
    submission = send(record, link=LINK)
    assert lead.user is not None

    for decide in (accept_submission, return_submission):
        with pytest.raises(ForbiddenError):
            decide(submission=submission, answer="x", **by(lead))
    assert not Submission.objects.changeable_by(lead.user).exists()
    assert Submission.objects.visible_to(lead.user).exists()


def test_a_verdict_is_final_and_only_the_person_takes_back(
    record: TrainingRecord, manager: Person, lead: Person
) -> None:
    submission = send(record, link=LINK)
    with pytest.raises(ForbiddenError):
        take_back(submission, manager)
    accept_submission(submission=submission, **by(manager))

    for decide in (accept_submission, return_submission):
        with pytest.raises(DecidedError):
            decide(submission=submission, answer="x", **by(lead))
    with pytest.raises(DecidedError):
        take_back(submission, record.person)


def test_taking_back_twice_changes_nothing(record: TrainingRecord) -> None:
    submission = send(record, link=LINK)

    assert take_back(submission, record.person).state == "withdrawn"
    assert take_back(submission, record.person).state == "withdrawn"
    assert AuditEvent.objects.filter(object_type="submission", verb="moved").count() == 1


@pytest.mark.parametrize("end", ["waive", "withdraw", "rule"])
def test_nothing_waits_for_work_that_is_over(
    end: str, record: TrainingRecord, lead: Person
) -> None:
    submission = send(record, link=LINK)

    if end == "waive":
        waive_record(record=record, reason="Knows it.", **by(lead))
    elif end == "withdraw":
        withdraw_enrolment(enrolment=record.enrolment, reason="x", **by(lead))
    else:
        record.activity.completion_rule = "attest"
        record.activity.save()
        complete_record(record=record, **by(record.person))

    submission.refresh_from_db()
    assert (submission.state, submission.is_open) == ("withdrawn", None)


def test_a_completion_that_was_confirmed_can_be_revoked_and_asked_for_again(
    record: TrainingRecord, manager: Person, lead: Person
) -> None:
    accept_submission(submission=send(record, link=LINK), **by(manager))

    fresh = revoke_completion(record=record, reason="Another one's work.", **by(lead))

    assert send(fresh, link=LINK).state == "waiting"
    assert Submission.objects.filter(record=record).get().state == "accepted"


def test_who_reads_and_decides(
    record: TrainingRecord,
    manager: Person,
    lead: Person,
    outsider: Person,
    sponsor: Person,
    hr: Person,
) -> None:
    send(record, link=LINK)
    initiative = record.plan.initiative
    factories.make_role(initiative, outsider, Role.COACH)
    factories.make_role(initiative, sponsor, Role.SPONSOR)
    admin = factories.make_user("root", is_superuser=True)
    users = {
        "own": record.person.user,
        "manager": manager.user,
        "lead": lead.user,
        "coach": outsider.user,
        "hr": hr.user,
        "sponsor": sponsor.user,
        "admin": admin,
    }

    read = {name for name, user in users.items() if user and Submission.objects.visible_to(user)}
    decide = {
        name for name, user in users.items() if user and Submission.objects.changeable_by(user)
    }

    assert read == {"own", "manager", "lead", "coach", "hr"}
    assert decide == read - {"own"}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "x"},
        {"is_open": None},
        {"state": "withdrawn"},
        {"state": "accepted", "is_open": None},
        {"decided_on": TODAY},
        {"file": "somewhere"},
    ],
)
def test_the_database_refuses_what_cannot_be(
    values: dict[str, Any], record: TrainingRecord
) -> None:
    submission = send(record, link=LINK)

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**values)


def test_two_cannot_wait_whoever_writes_them(record: TrainingRecord) -> None:
    send(record, link=LINK)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_submission(record)
