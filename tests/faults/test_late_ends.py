"""Work ends, and people leave, in the second in which their mail is claimed."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from change_tracker.people.services.persons import change_person
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Attempt
from change_tracker.reminders.send import drain
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import complete_record, withdraw_enrolment
from tests import factories
from tests.faults.trial import AT_ANY_HOUR, is_drained, owe, size
from tests.races import at_once
from tests.reminders.sink import Sink

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = size(60, 2000)


def end(record: TrainingRecord, how: int, actor: Any) -> datetime:
    """Done, withdrawn or gone; the database's time at which all could know."""
    now, today = timezone.now(), timezone.localdate()
    if how == 0:
        complete_record(record=record, actor=actor, today=today, now=now)
    elif how == 1:
        withdraw_enrolment(
            enrolment=record.enrolment, reason="No more", actor=actor, today=today, now=now
        )
    else:
        gone = today - timedelta(days=1)
        change_person(record.person, actor=actor, today=today, now=now, ends_on=gone)
    return database_now()


def test_whoever_is_done_before_the_mail_is_written_gets_none(settings: Any, sink: Sink) -> None:
    settings.CHANGE_TRACKER = AT_ANY_HOUR
    owe(ROUNDS)
    hr = factories.make_user("hr", "manage_people")
    sink.delay_seconds = 0.01
    ended: dict[str, datetime] = {}

    def end_all() -> None:
        records = list(TrainingRecord.objects.select_related("enrolment", "person"))
        Random(ROUNDS).shuffle(records)
        for n, record in enumerate(records):
            ended[record.person.external_id] = end(record, n % 3, hr)

    def drain_all() -> None:
        while not is_drained():
            drain()

    at_once(end_all, drain_all, seconds=max(30, ROUNDS))

    assert len(ended) == ROUNDS
    assert is_drained()
    written = Attempt.objects.filter(outcome="sent").values_list(
        "digest__recipient__external_id", "started_at"
    )
    assert 0 < len(written) < ROUNDS, "nothing was raced for"
    late = {person: begun - ended[person] for person, begun in written if begun > ended[person]}
    assert late == {}
    assert len(sink.mails) == len(written)
