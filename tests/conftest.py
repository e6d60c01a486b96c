"""The named cast: people that the tests speak of by their part."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

from change_tracker.people.models import Person
from tests import factories

pytest_plugins = ["tests.selection", "tests.distribution", "tests.flushing"]
# No test says how fast a machine has to be.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_collection() -> None:
    """What is collected stays until the end, so nobody looks for garbage meanwhile."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Garbage is looked for in what tests make, and less often than in a process that is short of
    memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def settled() -> Iterator[None]:
    """A page that a test asks for leaves its language and zone on, and the next test is not to."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def lead(db: None) -> Person:
    """Priya, a change lead, who may open initiatives."""
    return factories.make_person("Priya Nair", login=factories.make_user("priya", "add_initiative"))


@pytest.fixture
def sponsor(db: None) -> Person:
    """Tom, a sponsor."""
    return factories.make_person("Tom Reyes", login=factories.make_user("tom"))


@pytest.fixture
def manager(db: None) -> Person:
    """Dan, who has reports."""
    return factories.make_person("Dan Cole", login=factories.make_user("dan"))


@pytest.fixture
def employee(manager: Person) -> Person:
    """Amira, who reports to Dan."""
    unit = factories.make_unit("Repairs")
    login = factories.make_user("amira")
    return factories.make_person("Amira Hassan", manager=manager, unit=unit, login=login)


@pytest.fixture
def outsider(db: None) -> Person:
    """Noor, who has nothing to do with it."""
    return factories.make_person("Noor Ali", login=factories.make_user("noor"))


@pytest.fixture
def hr(db: None) -> Person:
    """Ana of human resources, who manages people."""
    return factories.make_person("Ana Silva", login=factories.make_user("ana", "manage_people"))


@dataclass(frozen=True)
class SignIn:
    """Clients that are signed in as somebody."""

    def api(self, person: Person) -> APIClient:
        """A JSON client."""
        client = APIClient()
        client.default_format = "json"
        client.force_authenticate(person.user)
        return client

    def page(self, person: Person) -> Client:
        """A browser without a window."""
        client = Client()
        assert person.user is not None
        client.force_login(person.user)
        return client


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in.api(person)` and `sign_in.page(person)`."""
    return SignIn()
