"""Processes of their own that send mail, on the database that is measured."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from benchmarks.harness import DifferentResultsError
from benchmarks.worker import READY


@contextmanager
def workers(count: int, *, port: int, cap: int) -> Iterator[None]:
    """So many that have begun, send to the server at `port`, and are ended at the end.

    `cap` mails leave in a minute at most, from all of them; 0: as many as go.
    """
    running = [_started(port, cap) for _ in range(count)]
    try:
        for each in running:
            _wait_for(each)
        yield
    finally:
        for each in running:
            each.kill()
            each.communicate()


def _started(port: int, cap: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  our own
        [sys.executable, "-m", "benchmarks.worker", str(cap)],
        cwd=Path(__file__).parents[1],
        env=os.environ | _environ(port),
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait_for(worker: "subprocess.Popen[str]") -> None:
    while worker.stdout and READY not in (line := worker.stdout.readline()):
        if not line:
            raise DifferentResultsError("a worker did not start")


def _environ(port: int) -> dict[str, str]:
    given: dict[str, Any] = connection.settings_dict
    login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    where = f"{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"
    return {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_POSTGRES_URL": f"postgres://{login}@{where}",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
    }
