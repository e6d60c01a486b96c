"""Real worker and beat processes on the database of the test."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote
from uuid import uuid4

from django.db import connections

from tests.reminders.sink import Sink

#: Seconds, where nothing dies: a machine that stands still for some is no fault of a mail server.
UNHURRIED = "60"
ROOT = Path(__file__).resolve().parents[2]


def test_database_url(port: int | None = None) -> str:  # noqa: PT028  no test
    """Where the database of this test run is found by other processes, or through `port` here."""
    given: dict[str, Any] = connections["default"].settings_dict
    password = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    address = f"{given['HOST']}:{given['PORT']}" if given["PORT"] else given["HOST"]
    if port:
        address = f"127.0.0.1:{port}"
    return f"postgres://{quote(given['USER'])}{password}@{address}/{given['NAME']}"


test_database_url.__test__ = False  # type: ignore[attr-defined]  # its name is about the database


class Processes:
    """Programs on the database of the test that send to its sink.

    Each leads a session of its own, so that nothing of it is left behind.
    """

    def __init__(self, sink: Sink, logs: Path, **environ: str) -> None:
        self.logs = logs
        self.environ = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.reminders.settings_worker",
            "DATABASE_URL": test_database_url(),
            "CELERY_QUEUE": f"test-{uuid4().hex[:8]}",
            "TICK_SECONDS": "1",
            # Django's checks take seconds at each start, and ran in this process already.
            "CELERY_SKIP_CHECKS": "1",
            "EMAIL_HOST": sink.host,
            "EMAIL_PORT": str(sink.port),
            **environ,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[IO[bytes]] = []

    def __exit__(self, *_: object) -> None:
        for each in self.processes.values():
            self._kill_session(each)
        for log in self._logs:
            log.close()

    def _start(self, name: str, *command: str) -> None:
        log = (self.logs / f"{name}.log").open("ab")
        self._logs.append(log)
        self.processes[name] = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def _kill_session(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(errors="replace")


class Looping(Processes):
    """`count` times `send_reminders --loop`, which needs no Celery."""

    def __init__(self, sink: Sink, logs: Path, *, count: int, **environ: str) -> None:
        super().__init__(sink, logs, **environ)
        self.count = count

    def __enter__(self) -> Self:
        for n in range(self.count):
            loop = ("send_reminders", "--loop", "--interval", "1", "--skip-checks")
            self._start(f"ticker{n}", "manage.py", *loop)
        return self


class Celery(Processes):
    """A worker and its beats."""

    def __init__(self, sink: Sink, logs: Path, *, beats: int = 1, **environ: str) -> None:
        super().__init__(sink, logs, **environ)
        self.beats = beats

    def __enter__(self) -> Self:
        self.start_worker()
        for n in range(self.beats):
            name = f"beat{n or ''}"
            self._celery(name, "beat", "-s", str(self.logs / f"schedule{n}"), "--pidfile=")
        return self

    def start_worker(self) -> None:
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        self._celery("worker", "worker", "--concurrency=2", "--pool=prefork", *quiet)

    def _celery(self, name: str, program: str, *options: str) -> None:
        self._start(name, "-m", "celery", "-A", "project", program, "-l", "INFO", *options)

    def kill_child(self) -> None:
        """Kill -9 one of the processes that run tasks; the worker replaces it."""
        main = self.processes["worker"].pid
        listed, ends_at = Path(f"/proc/{main}/task/{main}/children"), time.monotonic() + 30
        while not (children := listed.read_text().split()) and time.monotonic() < ends_at:
            time.sleep(0.01)  # the last one has just gone, and its successor is not there yet
        with suppress(ProcessLookupError):
            os.kill(int(children[0]), signal.SIGKILL)

    def kill_worker(self) -> None:
        """Kill -9 the worker with all its children, as when the machine goes away."""
        self._kill_session(self.processes["worker"])
