"""Two that lock each other out: the database ends one of them, and both have their work done."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import OperationalError, transaction

from change_tracker.people.models import OrgUnit
from tests import factories
from tests.races import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def crossing() -> list[Any]:
    """Two callers that write the same two rows in another order; each counts how often it began."""
    one, two = factories.make_unit("One"), factories.make_unit("Two")
    both, began = Barrier(2), [0, 0]

    def write(number: int, first: OrgUnit, second: OrgUnit) -> int:
        began[number] += 1
        with transaction.atomic():
            OrgUnit.objects.filter(pk=first.pk).update(name=f"{number}")
            with suppress(BrokenBarrierError):
                both.wait(2 if max(began) == 1 else 0.01)
            OrgUnit.objects.filter(pk=second.pk).update(name=f"{number}")
        return began[number]

    return [lambda: write(0, one, two), lambda: write(1, two, one)]


def ended_or_not(call: Callable[[], object]) -> Callable[[], object]:
    """The same, which answers with its error."""

    def run() -> object:
        try:
            return call()
        except OperationalError as error:
            return error

    return run


def test_the_database_ends_one_of_two_that_wait_for_each_other() -> None:
    results = at_once(*map(ended_or_not, crossing()))

    assert len([each for each in results if isinstance(each, OperationalError)]) == 1


def test_who_was_ended_begins_anew_and_both_are_done() -> None:
    results = at_once(*crossing())

    assert sorted(str(each) for each in results) == ["1", "2"]
    assert len(set(OrgUnit.objects.values_list("name", flat=True))) == 1
