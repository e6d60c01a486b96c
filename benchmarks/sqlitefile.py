"""How far one SQLite file goes: python -m benchmarks.sqlitefile --people 1000 10000.

Each size begins with an empty file of its own, with the options that the documentation names.
People come in through the roster, a plan of ten activities through its group, and pages are asked
as a browser asks; nothing is taken back, as on a server.
"""

import argparse
import csv
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import Any

ITEMS = 10
PAGES = 21


def main() -> None:
    """Measure every size in a process of its own, so that none warms up the next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--file", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.file:
        measure(chosen.people[0], Path(chosen.file))
        return
    for people in chosen.people:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "site.sqlite3"
            subprocess.run(  # noqa: S603  ourselves
                [sys.executable, "-m", __spec__.name, "--people", str(people), "--file", file],
                env=os.environ
                | {
                    "DATABASE_URL": f"sqlite:///{file}",
                    "DJANGO_SETTINGS_MODULE": "project.settings",
                },
                check=True,
            )


def measure(people: int, file: Path) -> None:
    """Print what one size needs, line by line."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    figures = Figures()
    roster = file.with_name("roster.csv")
    write_roster(roster, people)
    with figures.timed("roster, first"):
        sync(roster)
    with figures.timed("roster, unchanged"):
        sync(roster)
    plan, reader, lead = make_plan()
    with figures.timed(f"assign {people * ITEMS:,} records"):
        assign(plan)
    with figures.timed("assign again"):
        assign(plan)
    figures.median("my training", page(reader, "my-training"))
    figures.median("overview", page(lead, "initiative", plan.initiative.slug))
    figures.median("plan", page(lead, "plan", plan.initiative.slug, plan.pk))
    figures.median("complete one record", completing(plan, reader))
    with figures.timed("plan the mails about it"):
        figures.found["longest wait of a completion meanwhile"] = longest_wait(
            plan_mails, completing(plan, reader, 5000)
        )
    size = sum(each.stat().st_size for each in file.parent.glob("site.sqlite3*"))
    print(f"{people:,} people, {people * ITEMS:,} records, {size / 2**20:.0f} MB of file")
    for name, seconds in figures.found.items():
        print(f"  {name}: {seconds * 1000:,.0f} ms")


class Figures:
    """Seconds by what took them."""

    def __init__(self) -> None:
        self.found: dict[str, float] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Once: it changes what it works on."""
        began = perf_counter()
        yield
        self.found[name] = perf_counter() - began

    def median(self, name: str, call: Callable[[], Any]) -> None:
        """The median of many calls, after one that only warms up."""
        call()
        times = []
        for _ in range(PAGES):
            began = perf_counter()
            call()
            times.append(perf_counter() - began)
        self.found[name] = median(times)


def write_roster(path: Path, people: int) -> None:
    from benchmarks.roster import HEADER, line

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(line(n) for n in range(1, people + 1))


def sync(path: Path) -> None:
    from django.utils import timezone

    from change_tracker.core.tables import read_table
    from change_tracker.people.services.sync import COLUMNS, REQUIRED, read_roster, sync_people

    read = read_table(path, columns=COLUMNS, required=REQUIRED, mapping={})
    sync_people(
        roster=read_roster(read, source=path.name),
        full=True,
        today=timezone.localdate(),
        actor=None,
        now=timezone.now(),
    )


def make_plan() -> tuple[Any, Any, Any]:
    """A published plan for everybody, somebody who has it, and its lead."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from change_tracker.initiatives.models import Initiative, InitiativeMember
    from change_tracker.people.models import Audience, AudienceClause, OrgUnit, Person
    from change_tracker.people.services.audiences import recompute_audiences
    from change_tracker.training.models import (
        LearningActivity,
        PlanAudience,
        PlanItem,
        TrainingPlan,
    )

    users = [get_user_model().objects.create(username=name) for name in ("reader", "lead")]
    reader, lead = Person.objects.order_by("-pk")[:2]
    for person, user in zip((reader, lead), users, strict=True):
        Person.objects.filter(pk=person.pk).update(user=user)
    initiative = Initiative.objects.create(title="Front door", slug="front-door", state="active")
    InitiativeMember.objects.create(initiative=initiative, person=lead, role="lead")
    group = Audience.objects.create(name="Everyone")
    top = OrgUnit.objects.get(parent=None)
    AudienceClause.objects.create(audience=group, kind="unit", unit=top)
    recompute_audiences(actor=None, today=timezone.localdate(), now=timezone.now())
    plan = TrainingPlan.objects.create(initiative=initiative, title="First week", state="published")
    for place in range(1, ITEMS + 1):
        activity = LearningActivity.objects.create(initiative=initiative, title=f"Part {place}")
        PlanItem.objects.create(plan=plan, activity=activity, position=place)
    PlanAudience.objects.create(plan=plan, audience=group, due_rule="assigned", due_days=30)
    return plan, users[0], users[1]


def assign(plan: Any) -> None:
    from django.utils import timezone

    from change_tracker.training.services import assign_plan

    assign_plan(plan=plan, actor=None, today=timezone.localdate(), now=timezone.now())


def page(user: Any, name: str, *args: Any) -> Callable[[], None]:
    """A call of that page by `user`."""
    from django.test import Client
    from django.urls import reverse

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    address = reverse(f"change_tracker:{name}", args=args)

    def ask() -> None:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    return ask


def completing(plan: Any, user: Any, most: int = PAGES + 1) -> Callable[[], None]:
    """A call that completes the next open record, in the name of `user`."""
    from django.utils import timezone

    from change_tracker.training.models import TrainingRecord
    from change_tracker.training.services import complete_record

    rows = TrainingRecord.objects.filter(plan=plan, state="not_started").order_by("pk")
    waiting = iter(list(rows.select_related("person", "activity")[:most]))

    def complete() -> None:
        complete_record(
            record=next(waiting), actor=user, today=timezone.localdate(), now=timezone.now()
        )

    return complete


def longest_wait(work: Callable[[], None], call: Callable[[], None]) -> float:
    """The longest `call` of somebody who does it again and again while `work` goes on."""
    from django.db import connection

    over, times = Event(), [0.0]

    def again() -> None:
        while not over.wait(0.05):
            began = perf_counter()
            call()
            times.append(perf_counter() - began)
        connection.close()

    somebody = Thread(target=again)
    somebody.start()
    try:
        work()
    finally:
        over.set()
        somebody.join()
    return max(times)


def plan_mails() -> None:
    from django.utils import timezone

    from change_tracker.reminders.plan import plan_reminders

    plan_reminders(now=timezone.now())


if __name__ == "__main__":
    main()
