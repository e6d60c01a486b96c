"""One initiative with a resistance, and what a host hears when work against it ends."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from change_tracker import signals
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.factories import NOW


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """Pages read the clock: it stands at the day of which the rows tell."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor)


@pytest.fixture
def source(initiative: Initiative) -> ResistanceSource:
    return factories.make_source(initiative)


@pytest.fixture
def group(employee: Person) -> Audience:
    return factories.make_audience(employee)


@pytest.fixture
def agent(initiative: Initiative) -> Person:
    """Eve, who carries the change to people."""
    person = factories.make_person("Eve Stone", login=True)
    factories.make_role(initiative, person, "change_agent")
    return person


@pytest.fixture
def action(initiative: Initiative, source: ResistanceSource, agent: Person) -> MitigationAction:
    return factories.make_action(initiative, sources=[source], owner=agent)


@pytest.fixture
def heard() -> Iterator[list[tuple[int, str]]]:
    """Key and state of each action that a host hears of by `action_closed`."""
    actions: list[tuple[int, str]] = []

    def listen(action: MitigationAction, **_: Any) -> None:
        actions.append((action.pk, action.state))

    signals.action_closed.connect(listen)
    yield actions
    signals.action_closed.disconnect(listen)
