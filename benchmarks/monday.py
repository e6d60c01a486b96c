"""Monday at nine: mail leaves as fast as a provider lets it, and people open their page."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import quantiles
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from benchmarks.crowd import ITEMS
from benchmarks.harness import DifferentResultsError, Side, Work
from benchmarks.mails import unsend
from benchmarks.sink import sink
from benchmarks.tick import MassDay
from benchmarks.workers import workers
from change_tracker.people.models import Person
from change_tracker.reminders.models import Attempt

#: What the provider takes in a minute.
CAP = 600
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
            self.sending.enter_context(workers(1, port=self.port, cap=CAP))
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
