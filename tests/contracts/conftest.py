"""The world, on its day."""

import logging
import pickle
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests.contracts.world import World, make_world
from tests.factories import NOW
from tests.reminders.conftest import use_server


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Everybody and everything, made once for the tests of a module and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            made = make_world()
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def pickled_world(made_world: World, django_db_blocker: Any) -> bytes:
    """The world as each test gets it, its users with the permissions that Django remembers of them
    from one question to the next.
    """
    with django_db_blocker.unblock():
        for user in made_world.users.values():
            user.get_all_permissions()
    return pickle.dumps(made_world)


@pytest.fixture
def _unconnected(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No request may call a mail server or a broker: who waits for one of them waits for long."""
    called: list[Any] = []

    def refuse(_socket: socket.socket, address: Any) -> None:
        called.append(address)
        raise ConnectionRefusedError(address)

    use_server(settings, port=9)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert called == []


@pytest.fixture
def world(pickled_world: bytes, db: None, _unconnected: None) -> Iterator[World]:
    """The world, at the time of the factories: what a test does to it, no other test sees."""
    logging.disable(logging.WARNING)  # every refusal would be a line of it
    with time_machine.travel(NOW, tick=False):
        yield pickle.loads(pickled_world)  # noqa: S301  ours
    logging.disable(logging.NOTSET)
