"""A few mails at once: on record together, and none in doubt that has not been handed over."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.access import Roles, django_roles
from change_tracker.reminders import send as sending
from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.channels import Couriers, Parcel
from change_tracker.reminders.claim import claim_digests
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.prepare import known_at, prepare
from change_tracker.reminders.send import drain
from change_tracker.training.models import TrainingPlan
from change_tracker.training.services import complete_record
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

AFTER_THE_LEASE = NOW + timedelta(minutes=6)


class Broken(BaseException):
    """What ends a worker."""


class SoftTimeLimitExceeded(Exception):  # noqa: N818  Celery calls it so
    """Known by its name."""


def owe(count: int, **policy: Any) -> TrainingPlan:
    """So many people who get a mail now."""
    initiative = factories.make_initiative()
    if policy:
        factories.make_policy(initiative, days=7, **policy)
    plan = factories.make_plan(initiative)
    for _ in range(count):
        enrol(factories.make_person(), plan=plan, assigned_on=TODAY - timedelta(days=30))
    plan_reminders(now=NOW)
    return plan


def before_the(number: int, what: Any, patched: pytest.MonkeyPatch) -> None:
    """Let `what` happen before that mail is handed over."""
    known, handed = Couriers.deliver, []

    def deliver(couriers: Couriers, parcel: Parcel) -> Any:
        handed.append(parcel)
        if len(handed) == number:
            what()
        return known(couriers, parcel)

    patched.setattr(Couriers, "deliver", deliver)


def end() -> None:
    raise Broken


def die(patched: pytest.MonkeyPatch) -> None:
    """As when it is killed: nothing of ours runs any more."""
    for name in ("finish", "take_back", "release"):
        patched.setattr(sending, name, lambda *_args, **_options: [])
    raise Broken


def arrived(sink: Sink) -> list[int]:
    return sorted(sink.times_by_id().values())


def test_any_number_is_read_and_put_on_record_with_the_same_queries() -> None:
    counts = []
    for people in (2, 9):
        owe(people)
        claims = claim_digests(now=NOW, size=people)
        known = known_at(NOW)
        with CaptureQueriesContext(connection) as queries:
            assert len(prepare(claims, now=NOW, done=Drained(), known=known)) == people
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_left_in_a_dying_workers_moment_comes_again_and_nothing_is_lost(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(6)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "MOMENT", 60)
        # The first leaves by itself; the next four are on record together.
        before_the(3, lambda: die(patched), patched)
        with pytest.raises(Broken):
            drain(clock=at())
    assert arrived(sink) == [1, 1]
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == [*4 * [""], "sent"]

    assert drain(clock=at(AFTER_THE_LEASE)).sent == 5

    assert arrived(sink) == [1, 1, 1, 1, 1, 2]
    assert Attempt.objects.filter(outcome="unknown").count() == 4
    assert Digest.objects.filter(state="sent").count() == 6


def test_whatever_raises_leaves_one_mail_in_doubt_and_no_other(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(5)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "MOMENT", 60)
        # One leaves by itself, then four on record together: of those, the third.
        before_the(4, end, patched)
        with pytest.raises(Broken):
            drain(clock=at())

    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["", "sent", "sent", "sent"]
    assert sorted(Digest.objects.values_list("state", "attempts")) == [
        ("claimed", 1),
        ("pending", 0),
        ("sent", 1),
        ("sent", 1),
        ("sent", 1),
    ]
    assert drain(clock=at()).sent == 1


def test_what_waits_for_a_person_when_in_doubt_is_never_on_record_with_others(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(4, on_doubt="hold")
    seen: list[int] = []
    before = Couriers.deliver

    def deliver(couriers: Couriers, parcel: Parcel) -> Any:
        seen.append(Attempt.objects.filter(outcome="").count())
        return before(couriers, parcel)

    monkeypatch.setattr(Couriers, "deliver", deliver)

    assert drain(clock=at()).sent == 4
    assert seen == [1, 1, 1, 1]


def test_what_was_tried_before_is_not_on_record_with_others(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(3)
    sink.answer = "451 later"
    assert drain(clock=at()).deferred == 3
    sink.answer = "250 OK"
    seen: list[int] = []
    later = NOW + timedelta(minutes=2)
    before_the(3, lambda: seen.append(Attempt.objects.filter(outcome="").count()), monkeypatch)

    assert drain(clock=at(later)).sent == 3
    assert seen == [1]


def test_what_the_moment_was_too_short_for_is_read_again(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr = factories.make_user("hr", "manage_people")
    plan = owe(3)
    monkeypatch.setattr(sending, "MOMENT", 60)

    def end_the_third() -> None:
        _second, third = Attempt.objects.filter(outcome="").order_by("pk")
        record = Reminder.objects.get(digest=third.digest_id).record
        assert record is not None
        complete_record(record=record, actor=hr, today=TODAY, now=NOW)
        monkeypatch.setattr(sending, "MOMENT", -1)

    # The third is on record with the second, which takes too long.
    before_the(2, end_the_third, monkeypatch)
    done = drain(clock=at())

    assert (done.sent, done.closed, done.lost) == (2, 1, 0)
    assert list(Attempt.objects.values_list("n", "outcome")) == [(1, "sent"), (1, "sent")]
    assert sorted(Digest.objects.values_list("state", "attempts")) == [
        ("closed", 0),
        ("sent", 1),
        ("sent", 1),
    ]
    assert plan.records.filter(state="completed").count() == 1


def picky_roles(user: Any) -> Roles:
    """A rule of the host that stumbles over some."""
    if "stumble" in user.username:
        raise LookupError(user.username)
    return django_roles(user)


def test_who_cannot_be_read_holds_up_nobody_backs_off_and_is_given_up_in_the_end(
    sink: Sink, settings: Any
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {
        "ROLES": f"{__name__}.picky_roles",
        "RETRY_MINUTES": (1, 5),
    }
    owners = [factories.make_person(login=True) for _ in range(6)]
    user: Any = owners[3].user
    user.username = "stumble"
    user.save()
    for each in owners:
        initiative = factories.make_initiative()
        factories.make_role(initiative, each, "coach")
        factories.make_action(initiative, owner=each, due_on=TODAY - timedelta(days=1))
    plan_reminders(now=NOW)
    waiting = Digest.objects.exclude(state="sent")

    first = drain(clock=at())

    assert (first.sent, first.deferred, first.released, first.closed) == (5, 1, 0, 0)
    digest = waiting.get()
    attempt = digest.attempt_rows.get()
    assert (digest.recipient, digest.state, digest.attempts) == (owners[3], "pending", 1)
    assert digest.available_at > NOW
    assert (attempt.outcome, attempt.detail) == ("deferred", "it could not be read: LookupError")
    assert Reminder.objects.planned().count() == 1

    for minutes in (5, 20):
        drain(clock=at(NOW + timedelta(minutes=minutes)))
    assert (waiting.get().state, Attempt.objects.filter(outcome="deferred").count()) == ("dead", 3)


def test_where_the_database_or_the_task_ends_nobody_is_tried_alone(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(3)
    for error in (OperationalError, SoftTimeLimitExceeded):

        def fail(*_: Any, _error: type[Exception] = error, **_more: Any) -> None:
            raise _error

        with monkeypatch.context() as patched:
            patched.setattr("change_tracker.reminders.prepare.review", fail)
            with pytest.raises(error):
                drain(clock=at())

    assert not Attempt.objects.exists()
    assert drain(clock=at()).sent == 3
