"""The world, on its day."""

import logging
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests.contracts.world import World, make_world
from tests.factories import NOW


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Everybody and everything, made once for the tests of a module and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            made = make_world()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world: World, db: None) -> Iterator[World]:
    """The world, at the time of the factories: what a test does to it, no other test sees."""
    logging.disable(logging.WARNING)  # every refusal would be a line of it
    with time_machine.travel(NOW, tick=False):
        yield deepcopy(made_world)
    logging.disable(logging.NOTSET)
