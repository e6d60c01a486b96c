"""Handing in, deciding and ending at once: each hand-in has one outcome."""

from collections.abc import Callable
from typing import Any

import pytest

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.models import AuditEvent
from change_tracker.core.uploads import upload_storage
from change_tracker.training.errors import NotOpenError
from change_tracker.training.models import Submission, TrainingRecord
from change_tracker.training.services import (
    accept_submission,
    confirm_learning,
    hand_in,
    report_learning,
    return_submission,
    take_back_learning,
    take_back_submission,
    waive_record,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY, make_file
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}
LINK = "https://intranet.example/notes/7"


def make_record() -> TrainingRecord:
    initiative = factories.make_initiative()
    activity = factories.make_activity(initiative, completion_rule="evidence")
    plan = factories.make_plan(initiative, items=[activity])
    return factories.make_enrolment(plan, factories.make_person(login=True)).records.get()


def send(record: TrainingRecord) -> Callable[[], object]:
    own: Any = record.person.user
    return lambda: hand_in(record=record, link=LINK, actor=own, **WHEN)


def accept(submission: Submission) -> Callable[[], object]:
    by = factories.make_user()
    return lambda: accept_submission(submission=submission, actor=by, **WHEN)


def give_back(submission: Submission) -> Callable[[], object]:
    by = factories.make_user()
    return lambda: return_submission(submission=submission, answer="No.", actor=by, **WHEN)


def take_back(submission: Submission) -> Callable[[], object]:
    own: Any = submission.record.person.user
    return lambda: take_back_submission(submission=submission, actor=own, now=NOW)


def waive(record: TrainingRecord) -> Callable[[], object]:
    by = factories.make_user()
    return lambda: waive_record(record=record, reason="x", actor=by, **WHEN)


def withdraw(record: TrainingRecord) -> Callable[[], object]:
    return lambda: withdraw_enrolment(enrolment=record.enrolment, reason="x", actor=None, **WHEN)


def refusals(results: list[object]) -> list[str]:
    assert not [each for each in results if each is None]
    return [each.code for each in results if isinstance(each, ChangeTrackerError)]


def moves_of(submission: Submission) -> int:
    lines = AuditEvent.objects.filter(object_type="submission", object_id=submission.pk)
    return lines.filter(verb="moved").count()


def test_two_hand_ins_at_once_are_one() -> None:
    for _ in range(ROUNDS):
        record = make_record()

        assert refusals(at_once(send(record), send(record))) == ["already_handed_in"]

        assert Submission.objects.filter(record=record).count() == 1
        assert TrainingRecord.objects.get(pk=record.pk).state == "submitted"


def test_what_is_reported_twice_at_once_is_one_report() -> None:
    for _ in range(ROUNDS):
        own: Any = factories.make_person(login=True)
        said = {"title": "Service days", "kind": "course", "learnt_on": TODAY}

        def report(own: Any = own, said: Any = said) -> object:
            return report_learning(**said, actor=own.user, **WHEN)

        assert refusals(at_once(report, report)) == []
        assert own.learnt_elsewhere.count() == 1


@pytest.mark.parametrize("other", [accept, give_back, take_back])
def test_a_hand_in_has_one_outcome_and_the_other_is_told(other: Any) -> None:
    for _ in range(ROUNDS):
        submission = factories.make_submission(make_record())

        results = at_once(accept(submission), other(submission))

        assert refusals(results) == ["decided"]
        submission.refresh_from_db()
        record = TrainingRecord.objects.get(pk=submission.record_id)
        done = submission.state == "accepted"
        assert record.state == ("completed" if done else "in_progress")
        assert (record.completed_on is not None) == done
        assert moves_of(submission) == 1


@pytest.mark.parametrize("end", [waive, withdraw])
def test_it_is_accepted_before_the_work_ends_or_not_at_all(end: Any) -> None:
    for _ in range(ROUNDS):
        submission = factories.make_submission(make_record())

        results = at_once(accept(submission), end(submission.record))

        submission.refresh_from_db()
        record = TrainingRecord.objects.get(pk=submission.record_id)
        accepted = submission.state == "accepted"
        assert submission.is_open is None
        assert moves_of(submission) == 1
        assert record.state == "completed" if accepted else record.state in {"waived", "void"}
        assert accepted or "decided" in refusals(results)


@pytest.mark.parametrize("end", [waive, withdraw])
def test_nobody_waits_while_a_file_is_written_and_one_that_comes_too_late_is_not_kept(
    end: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, written = make_record(), []
    storage: Any = upload_storage()
    write = storage._save

    def slowly(name: str, content: object) -> str:
        assert refusals(at_once(end(record))) == []
        written.append(name)
        return str(write(name, content))

    monkeypatch.setattr(storage, "_save", slowly)
    own: Any = record.person.user
    with pytest.raises(NotOpenError):
        hand_in(record=record, file=make_file(), actor=own, **WHEN)

    assert len(written) == 1
    assert not storage.exists(written[0])
    assert not Submission.objects.exists()


@pytest.mark.parametrize("end", [waive, withdraw])
def test_handing_in_while_the_work_ends_leaves_nothing_waiting(end: Any) -> None:
    for _ in range(ROUNDS):
        record = make_record()

        at_once(send(record), end(record))

        assert not Submission.objects.filter(record=record).waiting().exists()
        assert TrainingRecord.objects.get(pk=record.pk).state in {"waived", "void"}


def test_what_was_learnt_elsewhere_has_one_outcome() -> None:
    for _ in range(ROUNDS):
        record = make_record()
        own: Any = record.person.user
        learning = factories.make_learning(record.person, activity=record.activity)
        by = factories.make_user()

        def confirm(learning: Any = learning, by: Any = by) -> object:
            return confirm_learning(learning=learning, actor=by, **WHEN)

        def back(learning: Any = learning, own: Any = own) -> object:
            return take_back_learning(learning=learning, actor=own, now=NOW)

        assert refusals(at_once(confirm, back)) == ["decided"]
        learning.refresh_from_db()
        done = TrainingRecord.objects.get(pk=record.pk).state == "completed"
        assert learning.state == ("confirmed" if done else "withdrawn")
