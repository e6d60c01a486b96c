"""Monday at nine: mail leaves as fast as a provider lets it, and people open their page."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks.crowd import ITEMS
from benchmarks.harness import DifferentResultsError, Side, Work
from benchmarks.mails import unsend
from benchmarks.sink import sink
from benchmarks.tick import MassDay
from benchmarks.worker import READY
from change_tracker.people.models import Person
from change_tracker.reminders.models import Attempt

#: Employees who are on their page.
EMPLOYEES = 200


class Monday(Work):
    """Of a hundred openings of their own page, by 200 people in turn, the fifth slowest."""

    name = "monday"
    against = "the same pages while nothing leaves"
    target = 1.5
    times = 100
    commits = True

    def load(self, size: int) -> None:
        morning = MassDay()
        morning.load(max(ITEMS, size))
        morning.ours()
        self.pages, self.asked = pages(), 0
        self.running, self.sending = ExitStack(), ExitStack()
        self.port = self.running.enter_context(sink())

    def leave(self) -> None:
        for each in ("sending", "running"):
            if hasattr(self, each):
                getattr(self, each).close()

    def arrange(self, side: Side) -> None:
        """A worker of its own sends, and has begun."""
        if side == "ours":
            worker = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker"],
                cwd=Path(__file__).parents[1],
                env=os.environ | self._environ(),
                stdout=subprocess.PIPE,
                text=True,
            )
            self.sending.callback(_end, worker)
            while worker.stdout and READY not in (line := worker.stdout.readline()):
                if not line:
                    raise DifferentResultsError("monday: the worker did not start")
            time.sleep(1)

    def ours(self) -> None:
        self._open()

    def bare(self) -> None:
        self._open()

    def typical(self, times: Sequence[float]) -> float:
        return quantiles(times, n=20)[-1]

    def undo(self, side: Side) -> None:
        """Nobody sends, and everything waits as before."""
        self.sending.close()
        if bool(Attempt.objects.count()) != (side == "ours"):
            raise DifferentResultsError("monday: mail is to leave on one side, and on one only")
        unsend()

    def _open(self) -> None:
        client = self.pages[self.asked % len(self.pages)]
        self.asked += 1
        page = client.get("/change/")
        assert page.status_code == 200, page.status_code

    def _environ(self) -> dict[str, str]:
        given: dict[str, Any] = connection.settings_dict
        login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
        where = f"{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"
        return {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "BENCH_POSTGRES_URL": f"postgres://{login}@{where}",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.port),
        }


def pages() -> list[Any]:
    """A browser for each of the employees, signed in."""
    found = []
    for person in Person.objects.filter(user=None).order_by("pk")[:EMPLOYEES]:
        person.user = get_user_model().objects.create_user(f"login-{person.external_id}")
        person.save(update_fields=["user"])
        client = Client()
        client.force_login(person.user)
        found.append(client)
    return found


def _end(worker: "subprocess.Popen[str]") -> None:
    worker.kill()
    worker.communicate()
