"""What people said is gone when the time is up that the inventory promises them."""

from datetime import timedelta

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.reminders.services import begin_day
from change_tracker.voice.models import FeedbackItem, FeedbackMessage, PublishedAnswer
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def test_what_was_said_is_forgotten_after_24_months_with_its_thread_by_the_nightly_step(
    lead: Person, employee: Person
) -> None:
    initiative = factories.make_initiative(lead=lead)
    limit = TODAY.replace(year=TODAY.year - 2)
    old, last_day, young = (
        factories.make_feedback(initiative, employee, raised_on=day)
        for day in (limit - timedelta(days=40), limit, limit + timedelta(days=1))
    )
    for each in (old, young):
        factories.make_message(each, lead)
    factories.make_answer(initiative)

    begin_day(now=NOW)

    assert list(FeedbackItem.objects.values_list("pk", flat=True)) == [young.pk]
    assert list(FeedbackMessage.objects.values_list("item", flat=True)) == [young.pk]
    assert PublishedAnswer.objects.count() == 1
    event = AuditEvent.objects.get(verb="forgotten")
    assert (event.changes, event.scope, event.reason) == ({"items": 2}, "", "")
    assert last_day.pk != old.pk
    begin_day(now=NOW + timedelta(days=1))
    assert not FeedbackItem.objects.exists()
