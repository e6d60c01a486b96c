"""The broker of the demonstration: files that nobody reads before they are whole."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import Any

import pytest
from kombu import Connection

from project.celery import broker_settings

MESSAGES = 200


@pytest.fixture
def many_turns() -> Iterator[None]:
    """Threads that take turns after every few steps."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("many_turns")
def test_who_reads_while_another_writes_gets_whole_messages(tmp_path: Path) -> None:
    broker = broker_settings("", tmp_path)
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    options = {"transport_options": broker["broker_transport_options"]}

    def write() -> None:
        with Connection(broker["broker_url"], **options) as connection:
            queue = connection.SimpleQueue("told")
            for number in range(MESSAGES):
                queue.put("said " * 500, headers={"number": number})

    writer = Thread(target=write)
    read: list[int] = []
    with Connection(broker["broker_url"], **options) as connection:
        channel: Any = connection.channel()
        writer.start()
        while writer.is_alive() or len(read) < MESSAGES:
            with suppress(Empty):
                read.append(channel._get("told")["headers"]["number"])
    writer.join()

    assert sorted(read) == list(range(MESSAGES))
