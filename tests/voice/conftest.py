"""One Front Door with its team, and what Amira said about it."""

from collections.abc import Iterator

import pytest
import time_machine

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.voice.models import FeedbackItem
from tests import factories
from tests.factories import NOW


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """Pages read the clock: it stands at the day of which the rows tell."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person, sponsor: Person, employee: Person) -> Initiative:
    return factories.make_initiative(
        title="One Front Door",
        slug="front-door",
        lead=lead,
        sponsor=sponsor,
        group=factories.make_audience(employee, name="Repair callers"),
    )


@pytest.fixture
def agent(initiative: Initiative) -> Person:
    """Eve, who carries the change to people."""
    person = factories.make_person("Eve Stone", login=True)
    factories.make_role(initiative, person, "change_agent")
    return person


@pytest.fixture
def source(initiative: Initiative) -> ResistanceSource:
    return factories.make_source(initiative)


@pytest.fixture
def action(initiative: Initiative, source: ResistanceSource) -> MitigationAction:
    return factories.make_action(initiative, title="New tablets", sources=[source])


@pytest.fixture
def item(initiative: Initiative, employee: Person) -> FeedbackItem:
    return factories.make_feedback(initiative, employee)
