"""Once a day: who is back earlier than was thought, or can be reached by now, is told."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.people.models import Absence, Person
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.services import begin_day, tick
from change_tracker.training.models import TrainingRecord
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def run(now: Any) -> None:
    """The first two ticks of a day: what the first plans again leaves with the second."""
    tick(clock=at(now))
    tick(clock=at(now + MINUTE))


@pytest.mark.parametrize("left", ["deleted", "shorter"])
def test_an_absence_that_was_a_mistake_holds_nothing_back(
    employee: Person, sink: Sink, left: str
) -> None:
    absence = Absence.objects.create(person=employee, from_on=TODAY, to_on=TODAY + 60 * DAY)
    enrol(employee, due_on=TODAY + 90 * DAY, assigned_on=TODAY)
    run(NOW)
    assert Digest.objects.get().local_on > TODAY + 60 * DAY
    if left == "deleted":
        absence.delete()
    else:
        Absence.objects.update(to_on=TODAY)

    run(NOW + DAY)

    assert [each.to for each in sink.mails] == [(employee.email,)]
    assert set(Digest.objects.values_list("state", "local_on")) == {("sent", TODAY + DAY)}


def test_an_absence_that_is_still_there_does(employee: Person, sink: Sink) -> None:
    Absence.objects.create(person=employee, from_on=TODAY, to_on=TODAY + 6 * DAY)
    enrol(employee, due_on=TODAY + 90 * DAY, assigned_on=TODAY)
    run(NOW)
    before = Digest.objects.get()

    run(NOW + DAY)

    assert sink.mails == []
    assert Digest.objects.get().local_on == before.local_on == TODAY + 7 * DAY


def test_whoever_gets_an_address_is_told_the_last_of_what_they_missed(
    employee: Person, sink: Sink
) -> None:
    Person.objects.filter(pk=employee.pk).update(email="", user=None)
    enrol(employee, due_on=TODAY - DAY, assigned_on=TODAY - 20 * DAY)
    for day in range(8):
        run(NOW + day * DAY)
    lost = Reminder.objects.filter(closed_reason="unreachable").order_by("pk")
    assert lost.count() > 1
    last = lost.last()
    Person.objects.filter(pk=employee.pk).update(email="amira@example.org")

    run(NOW + 8 * DAY)
    run(NOW + 9 * DAY)

    assert [each.to for each in sink.mails].count(("amira@example.org",)) == 1
    assert list(Reminder.objects.filter(state="sent", recipient=employee)) == [last]


@pytest.mark.parametrize("why", ["done", "told"])
def test_nothing_is_told_again_that_is_done_or_was_told_since(
    employee: Person, sink: Sink, why: str
) -> None:
    Person.objects.filter(pk=employee.pk).update(email="", user=None)
    enrolment = enrol(employee, due_on=TODAY - DAY, assigned_on=TODAY - 20 * DAY)
    run(NOW)
    Person.objects.filter(pk=employee.pk).update(email="amira@example.org")
    if why == "done":
        done = {"state": "completed", "completed_on": TODAY, "completed_at": NOW}
        TrainingRecord.objects.update(**done)
    else:
        later = Reminder.objects.get(closed_reason="unreachable")
        later.digest = Digest.objects.create(
            recipient=employee, local_on=TODAY, state="sent", available_at=NOW, sent_at=NOW
        )
        later.pk, later.dedupe_key, later.state, later.closed_reason = None, "later", "sent", ""
        later.save()

    begin_day(now=NOW + DAY)
    tick(clock=at(NOW + DAY + MINUTE))

    assert sink.mails == []
    assert not Reminder.objects.filter(record__enrolment=enrolment, state="planned").exists()


@pytest.mark.parametrize("held_by", ["no address", "an absence"])
def test_it_asks_as_much_of_many_as_of_one(
    held_by: str, sink: Sink, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for many in (1, 9):
        day = NOW.date() + many * DAY
        for n in range(many):
            email = f"u{many}-{n}@example.org" if held_by == "an absence" else ""
            person = Person.objects.create(
                external_id=f"u{many}-{n}", display_name="U", email=email
            )
            if held_by == "an absence":
                Absence.objects.create(person=person, from_on=day, to_on=day + 60 * DAY)
            enrol(person, due_on=TODAY + 90 * DAY, assigned_on=day)
        tick(clock=at(NOW + many * DAY))
        Absence.objects.all().delete()
        with django_assert_max_num_queries(60) as queries:
            begin_day(now=NOW + (many + 1) * DAY)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    if held_by == "an absence":
        assert not Reminder.objects.filter(send_on__gt=NOW.date() + 20 * DAY).exists()
