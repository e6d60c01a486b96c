"""What the database itself refuses about concerns, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from change_tracker.people.models import Person
from change_tracker.voice.models import FeedbackItem, FeedbackMessage
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "forgotten"},
        {"kind": "rumour"},
        {"state": "answered"},
        {"state": "closed", "disposition": "explained"},
        {"disposition": "explained", "answered_on": TODAY},
        {"state": "answered", "disposition": "maybe", "answered_on": TODAY},
        {"state": "answered", "disposition": "will_act", "answered_on": TODAY},
    ],
    ids=str,
)
def test_what_is_said_is_answered_or_waits(wrong: dict[str, Any], item: FeedbackItem) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackItem.objects.update(**wrong)


def test_whoever_promises_to_act_says_where(item: FeedbackItem, source: Any) -> None:
    acts = {"state": "answered", "disposition": "will_act", "answered_on": TODAY}

    assert FeedbackItem.objects.update(**acts, source=source) == 1


def test_only_the_team_answers(item: FeedbackItem, employee: Person) -> None:
    factories.make_message(item, employee, from_team=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackMessage.objects.update(disposition="explained")


def test_a_message_is_neither_changed_nor_deleted(item: FeedbackItem, lead: Person) -> None:
    message = factories.make_message(item, lead)

    with pytest.raises(TypeError):
        message.save()
    with pytest.raises(TypeError):
        message.delete()
    with pytest.raises(TypeError):
        FeedbackMessage.objects.all().delete()
