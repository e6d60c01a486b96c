"""Pages on the day that the factories write of, and an initiative to set up."""

from collections.abc import Iterator

import pytest
import time_machine

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.factories import NOW


@pytest.fixture
def that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def door(lead: Person, sponsor: Person, employee: Person) -> Initiative:
    """One Front Door, active, with everything that it needs."""
    group = factories.make_audience(employee, name="Call takers")
    return factories.make_initiative(
        title="One Front Door", slug="door", lead=lead, sponsor=sponsor, group=group
    )


@pytest.fixture
def draft(lead: Person) -> Initiative:
    """Plain Words, a draft that lacks a sponsor and a group."""
    return factories.make_initiative(title="Plain Words", slug="plain", lead=lead, state="draft")
