"""Deleting a row, whoever else does the same."""

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.core.models import AuditEvent
from change_tracker.resistance.models import Lesson
from change_tracker.resistance.services.lessons import delete_lesson
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_of_two_who_delete_a_row_one_did_it() -> None:
    lesson = factories.make_lesson(factories.make_initiative())
    mine, theirs = (Lesson.objects.get(pk=lesson.pk) for _ in range(2))
    delete_lesson(theirs, actor=None, now=NOW)

    with pytest.raises(StaleRowError):
        delete_lesson(mine, actor=None, now=NOW)

    assert AuditEvent.objects.about(lesson).filter(verb="deleted").count() == 1
