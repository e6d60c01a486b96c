"""Redis and PostgreSQL go away while reminders leave: nothing that matters lives in the one, and
what the other has not kept was not done."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections
from redis import Redis

from tests.faults.proxy import Proxy, between
from tests.faults.trial import IS_LONG, is_drained, judge, owe, size, wait_until
from tests.reminders.processes import UNHURRIED, Celery, Looping, test_database_url
from tests.reminders.sink import running_sink

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

REMINDERS = size(60, 5000)
TIMES = size(2, 50)
#: A database of Redis that no other test uses, nor any other process that runs tests beside this
#: one, so that it may be emptied.
OURS = 9 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 7
SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Servers:
    """What stands between the worker and its servers."""

    redis: Proxy
    database: Proxy

    @property
    def redis_url(self) -> str:
        """Redis through us."""
        asked = urlsplit(os.environ["REDIS_URL"])
        login, at, _host = asked.netloc.rpartition("@")
        where = f"{login}{at}127.0.0.1:{self.redis.port}"
        return urlunsplit(asked._replace(netloc=where, path=f"/{OURS}"))


def flush(servers: Servers) -> None:
    Redis.from_url(servers.redis_url).flushdb()


def kill_redis(servers: Servers) -> None:
    servers.redis.down()
    time.sleep(SECONDS)
    servers.redis.up()


def half_open_redis(servers: Servers) -> None:
    servers.redis.hush()
    time.sleep(SECONDS)
    servers.redis.speak()


def restart_database(servers: Servers) -> None:
    servers.database.down()
    time.sleep(SECONDS)
    servers.database.up()


def half_open_database(servers: Servers) -> None:
    servers.database.hush()
    time.sleep(SECONDS)
    servers.database.speak()


FAULTS: dict[str, Callable[[Servers], None]] = {
    "Redis flushed": flush,
    "Redis killed": kill_redis,
    "Redis half-open": half_open_redis,
    "PostgreSQL restarted": restart_database,
    "PostgreSQL half-open": half_open_database,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_when_a_server_goes_away(fault: str, tmp_path: Path) -> None:
    owe(REMINDERS)
    most = max(2, REMINDERS // (TIMES + 1))

    with ExitStack() as stack:
        sink = stack.enter_context(running_sink())
        sink.delay_seconds = 0.01
        asked = urlsplit(os.environ["REDIS_URL"])
        database = connections["default"].settings_dict
        servers = Servers(
            redis=stack.enter_context(between(asked.hostname, asked.port or 6379)),
            database=stack.enter_context(between(database["HOST"], database["PORT"] or 5432)),
        )
        celery = stack.enter_context(
            Celery(
                sink,
                tmp_path,
                REDIS_URL=servers.redis_url,
                DATABASE_URL=test_database_url(port=servers.database.port),
            )
        )
        for n in range(1, TIMES + 1):
            wait_until(lambda n=n: len(sink.mails) >= n * most - 1, celery)  # type: ignore[misc]
            FAULTS[fault](servers)
        wait_until(is_drained, celery)

    judge(f"{fault}, {TIMES} times", sink, REMINDERS)


def test_without_redis_the_command_sends(tmp_path: Path) -> None:
    owe(REMINDERS)

    with (
        running_sink() as sink,
        Looping(sink, tmp_path, count=1, REDIS_URL="", LEASE_SECONDS=UNHURRIED),
    ):
        wait_until(is_drained)

    assert judge("Redis absent", sink, REMINDERS).repeated == 0


def test_many_beats_and_tickers_send_once(tmp_path: Path) -> None:
    beats, tickers = (4, 8) if IS_LONG else (2, 2)
    owe(REMINDERS, plan_them=False)

    with (
        running_sink() as sink,
        Celery(sink, tmp_path, beats=beats, LEASE_SECONDS=UNHURRIED) as celery,
        Looping(sink, tmp_path, count=tickers, LEASE_SECONDS=UNHURRIED),
    ):
        wait_until(lambda: len(sink.mails) >= REMINDERS, celery)
        seen = len(celery.log("worker"))
        wait_until(lambda: celery.log("worker")[seen:].count("succeeded") >= 3, celery)

    fault = f"{beats} beats and {tickers} tickers at once"
    assert judge(fault, sink, REMINDERS).repeated == 0
