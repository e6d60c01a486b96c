"""Mail servers that answer as they do on bad days, drawn by chance for each message."""

import time
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Attempt
from change_tracker.reminders.send import drain
from tests.faults.proxy import Proxy, between
from tests.faults.trial import AT_ANY_HOUR, is_drained, judge, owe, size
from tests.reminders.conftest import at, use_server
from tests.reminders.sink import DROPPED, Sink, dripping, running_sink

pytestmark = pytest.mark.django_db

REMINDERS = size(30, 5000)
#: Of those that a server keeps waiting: each costs a deadline.
WAITING = size(2, 20)
#: What a provider takes in a second: fewer than any machine sends.
RATE = size(4, 10)
#: Seconds for each, on any machine: the deadline is one, and without it they would be fifteen.
CUT_OFF = 10
TAKEN = "250 OK"
FAULTS = {
    "SMTP answers 421": "421 too busy",
    "SMTP answers 451": "451 later",
    "SMTP answers 550": "550 no such user",
    "SMTP hangs up after DATA": DROPPED,
}


@pytest.fixture(autouse=True)
def _at_any_hour(settings: Any) -> None:
    """With a deadline that a test can wait for."""
    settings.CHANGE_TRACKER = AT_ANY_HOUR | {"MAIL_DEADLINE_SECONDS": 1, "LEASE_SECONDS": 5}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture
def server(sink: Sink, settings: Any) -> Iterator[Proxy]:
    """What stands before the sink, and goes away when told."""
    with between(sink.host, sink.port) as proxy:
        use_server(settings, proxy.port)
        yield proxy


def drain_for_days() -> None:
    """As the ticks of the next days do: each pause of the design is over by the next."""
    now = database_now()
    for n in range(20):
        drain(clock=at(now + timedelta(hours=15 * n)))
        if is_drained():
            return
    pytest.fail("it never ended")


def test_a_provider_that_takes_so_many_a_second_sees_no_storm(
    sink: Sink, server: Proxy, settings: Any
) -> None:
    slow = {"MAIL_DEADLINE_SECONDS": 3, "LEASE_SECONDS": 8}
    settings.CHANGE_TRACKER |= {"MAILS_PER_MINUTE": RATE * 60} | slow
    count, taken, refused = RATE * size(6, 500), list[float](), list[float]()
    a_few = max(3, count // 50)
    owe(count)

    def answer() -> str:
        now = time.monotonic()
        is_much = sum(now - each < 1 for each in taken[-RATE - 1 :]) > RATE
        (refused if is_much else taken).append(now)
        return "451 too many" if is_much else TAKEN

    sink.answers = answer
    while not is_drained() and len(refused) <= a_few:
        drain(clock=database_now)

    assert len(refused) <= a_few
    assert taken[-1] - taken[0] > count / RATE - 2
    assert judge(f"SMTP takes {RATE} a second", sink, count).repeated == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_three_of_ten_messages_fail(fault: str, sink: Sink, server: Proxy) -> None:
    chance = Random(fault)
    sink.answers = lambda: FAULTS[fault] if chance.random() < 0.3 else TAKEN
    owe(REMINDERS)

    drain_for_days()

    outcome = judge(f"{fault}, 3 of 10", sink, REMINDERS)
    assert Attempt.objects.exclude(outcome="sent").exists(), "chance never struck"
    if FAULTS[fault] == DROPPED:
        assert outcome.repeated
    else:
        # Where the machine itself took longer for an answer than a mail may take.
        assert outcome.repeated <= Attempt.objects.filter(outcome="unknown").count()


def test_a_server_that_refuses_for_a_while(sink: Sink, server: Proxy) -> None:
    owe(REMINDERS)
    server.down()

    assert drain(clock=at(database_now())) == Drained(deferred=REMINDERS)

    server.up()
    drain_for_days()
    assert judge("SMTP refuses connections", sink, REMINDERS).repeated == 0


def test_a_half_open_server_holds_nobody(sink: Sink, server: Proxy) -> None:
    owe(WAITING)
    server.hush()
    began = time.monotonic()

    assert drain(clock=at(database_now())) == Drained(deferred=WAITING)

    assert time.monotonic() - began < WAITING * CUT_OFF
    server.speak()
    drain_for_days()
    assert judge("SMTP half-open", sink, WAITING).repeated == 0


def test_a_byte_a_second_holds_nobody(sink: Sink, settings: Any) -> None:
    owe(WAITING)
    began = time.monotonic()

    with dripping(b"220-slow ", seconds=0.5) as port:
        use_server(settings, port)
        assert drain(clock=at(database_now())) == Drained(deferred=WAITING)

    assert time.monotonic() - began < WAITING * CUT_OFF
    use_server(settings, sink.port)
    drain_for_days()
    assert judge("SMTP answers a byte at a time", sink, WAITING).repeated == 0


def test_tls_that_fails_is_tried_again(sink: Sink, settings: Any) -> None:
    owe(REMINDERS)
    use_server(settings, sink.port, use_ssl=True)

    assert drain(clock=at(database_now())) == Drained(deferred=REMINDERS)

    use_server(settings, sink.port)
    drain_for_days()
    assert judge("bad TLS", sink, REMINDERS).repeated == 0
