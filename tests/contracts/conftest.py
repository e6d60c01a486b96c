"""The world, on its day."""

import logging
from collections.abc import Iterator

import pytest
import time_machine

from tests.contracts.world import World, make_world
from tests.factories import NOW


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Everybody and everything, at the time of the factories."""
    logging.disable(logging.WARNING)  # every refusal would be a line of it
    with time_machine.travel(NOW, tick=False):
        yield make_world()
    logging.disable(logging.NOTSET)
