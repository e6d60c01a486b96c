"""One initiative with its people, which the register belongs to."""

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor)


@pytest.fixture
def source(initiative: Initiative, lead: Person) -> ResistanceSource:
    return factories.make_source(initiative, owner=lead)


@pytest.fixture
def agent(initiative: Initiative) -> Person:
    """Eve, who carries the change to people."""
    person = factories.make_person("Eve Stone", login=True)
    factories.make_role(initiative, person, "change_agent")
    return person
