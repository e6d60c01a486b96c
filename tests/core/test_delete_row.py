"""A row that is deleted: one line of history says so, of two who delete it one did."""

from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.core.models import AuditEvent
from change_tracker.core.services import InUseError, delete_row
from change_tracker.people.models import OrgUnit, Person
from tests import factories
from tests.between import before
from tests.factories import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db


def delete(row: Any) -> None:
    delete_row(row, actor=None, now=NOW)


def events_of(key: Any) -> list[str]:
    told = AuditEvent.objects.filter(object_type="orgunit", object_id=str(key))
    return list(told.values_list("verb", flat=True))


def test_history_says_that_it_was_deleted() -> None:
    unit = factories.make_unit("One")
    key = unit.pk

    delete(unit)

    assert not OrgUnit.objects.exists()
    assert events_of(key) == ["deleted"]


def test_what_is_in_use_stays_and_nothing_is_said_of_it() -> None:
    unit = factories.make_unit("One")
    factories.make_person(unit=unit)

    with pytest.raises(InUseError, match="It is still used by"):
        delete(unit)

    assert OrgUnit.objects.filter(pk=unit.pk).exists()
    assert events_of(unit.pk) == []


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_who_delete_it_at_once_one_did() -> None:
    unit, both = factories.make_unit("One"), Barrier(2)

    def delete_with_another(row: Any) -> None:
        """Both have found it, and nothing that refers to it."""
        with before("DELETE FROM .*orgunit", lambda: both.wait(20)):
            delete(row)

    said = at_once(*(partial(delete_with_another, OrgUnit.objects.get()) for _ in range(2)))

    assert [type(each) for each in said if each] == [StaleRowError]
    assert events_of(unit.pk) == ["deleted"]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_what_another_begins_to_use_while_it_is_deleted_stays() -> None:
    unit = factories.make_unit("One")
    looked, used = Event(), Event()

    def wait() -> None:
        looked.set()
        used.wait(20)

    def delete_it() -> None:
        with before("DELETE FROM .*orgunit", wait):
            delete(OrgUnit.objects.get(pk=unit.pk))

    def use() -> None:
        looked.wait(20)
        factories.make_person(unit=unit)
        used.set()

    deleted, _used = at_once(delete_it, use)

    assert isinstance(deleted, InUseError)
    assert Person.objects.get().unit == unit
