"""The main job from the roster to the figures, on PostgreSQL, Redis, a Celery worker with beat as
processes of their own, a mail server, and HTTP.
"""

import csv
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from change_tracker.people.models import Person
from change_tracker.reminders.models import Heartbeat
from tests.conftest import SignIn
from tests.journeys.web import Api, api_of
from tests.reminders.processes import UNHURRIED, Celery
from tests.reminders.sink import Mail, Sink, running_sink

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

CHART = Path(__file__).parents[1] / "people" / "data" / "senior-posts-excerpt.csv"
MAPS = {
    "Post Unique Reference": ["external_id"],
    "Job Title": ["job_title", "name"],
    "Unit": ["unit"],
    "Contact E-mail": ["email"],
    "Reports to Senior Post": ["manager"],
}
#: post → user name; who plays which part
LOGINS = {
    "ERD001": "sponsor",
    "RDD-009": "lead",
    "RDD-041": "finance",
    "RDD-039": "infrastructure",
    "RDD-037": "information",
}
LEARNERS = ("finance", "infrastructure", "information")


def import_the_chart() -> None:
    maps = [f"{theirs}={ours}" for theirs, many in MAPS.items() for ours in many]
    call_command("import_people", str(CHART), map=maps, verbosity=0)


def link_logins(folder: Path) -> None:
    """Some posts get a login and an address through a second, partial roster."""
    for username in LOGINS.values():
        User.objects.create_user(username, password="secret")
    User.objects.get(username="lead").user_permissions.add(
        Permission.objects.get(codename="add_initiative")
    )
    file = folder / "logins.csv"
    with file.open("w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["external_id", "name", "username", "email"])
        for post, username in LOGINS.items():
            name = Person.objects.get(external_id=post).display_name
            rows.writerow([post, name, username, f"{username}@health.example"])
    call_command("import_people", str(file), verbosity=0)


def person(username: str) -> Person:
    return Person.objects.get(user__username=username)


def open_initiative(lead: Api) -> tuple[int, int]:
    """Through the API, from nothing to active; returns the initiative and its audience."""
    initiative = lead.post(
        "initiatives/",
        title="One research register",
        purpose="So that no study is asked for the same data twice.",
        go_live_on=str(timezone.localdate() + timedelta(days=30)),
    )["id"]
    people = [{"kind": "person", "person": person(name).pk} for name in LEARNERS]
    audience = lead.post("audiences/", name="Heads of research", clauses=people)["id"]
    lead.post(
        "initiative-members/",
        initiative=initiative,
        person=Person.objects.get(external_id="ERD001").pk,
        role="sponsor",
    )
    lead.post("objectives/", initiative=initiative, title="Studies registered once", unit="%")
    lead.post(
        "affected-groups/",
        initiative=initiative,
        audience=audience,
        impact=4,
        message="You register each study once.",
    )
    lead.post(f"initiatives/{initiative}/move/", to="active")
    return initiative, audience


def answer_resistance(lead: Api, initiative: int, audience: int, today: date) -> int:
    """Record what is in the way, judge it, plan an action against it; returns the source."""
    kinds = {row["slug"]: row["id"] for row in lead.get("source-types/")["results"]}
    source = lead.post(
        "resistance/",
        initiative=initiative,
        type=kinds["fear-of-change"],
        statement="“We have a list that works.”",
        audiences=[audience],
    )["id"]
    lead.post(f"resistance/{source}/reviews/", level=3, reviewed_on=str(today))
    lead.post(f"resistance/{source}/move/", to="assessed")
    suggested = lead.get(f"resistance/{source}/suggestions/")
    lead.post(
        "actions/",
        initiative=initiative,
        sources=[source],
        strategy=suggested[0]["strategy"]["id"],
        title="Show the register with last year's studies",
        due_on=str(today + timedelta(days=14)),
    )
    assert lead.post(f"resistance/{source}/move/", to="mitigating")["state"] == "mitigating"
    return int(source)


def publish_plan(lead: Api, initiative: int, audience: int, source: int, today: date) -> int:
    """One plan of two activities, due in a week; returns the plan."""
    plan = lead.post(
        "plans/", initiative=initiative, title="The register in an hour", sources=[source]
    )["id"]
    for position, title in enumerate(("Find a study", "Enter a study"), start=1):
        activity = lead.post("activities/", initiative=initiative, title=title, minutes=30)["id"]
        lead.post("plan-items/", plan=plan, activity=activity, position=position)
    lead.post(
        "plan-audiences/",
        plan=plan,
        audience=audience,
        due_rule="fixed",
        due_on=str(today + timedelta(days=7)),
    )
    lead.post(f"plans/{plan}/move/", to="published")
    assert lead.get(f"plans/{plan}/preview/")["enrolled"] == len(LEARNERS)
    assert lead.post(f"plans/{plan}/assign/")["enrolled"] == len(LEARNERS)
    return int(plan)


def links_in(mail: Mail) -> list[str]:
    return [word for word in mail.part("plain").split() if "://" in word and "/t/" in word]


def complete_from_mail(mail: Mail, page: Client, records: dict[str, int]) -> None:
    """Open the link of the first item as the recipient, and mark it as done."""
    path = links_in(mail)[0].removeprefix("https://intranet.example")
    opened = page.get(path)
    assert opened.status_code == 200
    done = page.post(f"{path}done/", follow=True)
    assert done.status_code == 200
    assert path.strip("/").split("/")[-1] in {str(pk) for pk in records.values()}


def let_tick_until(done: Callable[[], bool], celery: Celery, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, celery.log("worker")[-4000:]
        time.sleep(0.1)


def let_tick(times: int, celery: Celery) -> None:
    """Wait for so many further ticks: what they would send twice has then been sent."""
    seen: set[datetime] = set()

    def ticked() -> bool:
        seen.update(Heartbeat.objects.values_list("at", flat=True))
        return len(seen) > times

    let_tick_until(ticked, celery)


@pytest.fixture
def sink() -> Any:
    with running_sink() as running:
        yield running


def test_the_main_job(
    live_server: LiveServer, sink: Sink, sign_in: SignIn, tmp_path: Path, settings: Any
) -> None:
    today = timezone.localdate()
    import_the_chart()
    link_logins(tmp_path)
    call_command("load_catalogue", verbosity=0)
    lead = api_of(live_server.url, person("lead"))

    with Celery(sink, tmp_path, LEASE_SECONDS=UNHURRIED) as celery:
        initiative, audience = open_initiative(lead)
        source = answer_resistance(lead, initiative, audience, today)
        publish_plan(lead, initiative, audience, source, today)

        let_tick_until(lambda: len(sink.mails) >= len(LEARNERS) + 2, celery)
        let_tick(3, celery)

    reached = sorted(mail.to[0] for mail in sink.mails)
    # Who carries the initiative hears that its plan is published.
    told = (*LEARNERS, "lead", "sponsor")
    assert reached == sorted(f"{name}@health.example" for name in told)
    mine = sink.to("finance@health.example")[0]
    assert "One research register" in mine.subject
    work = api_of(live_server.url, person("finance")).get("me/training/")
    records = {item["title"]: item["record_id"] for item in work["items"]}
    assert set(records) == {"Find a study", "Enter a study"}
    assert {link.rstrip("/").rsplit("/", 1)[1] for link in links_in(mine)} == {
        str(pk) for pk in records.values()
    }

    later = today + timedelta(days=7)
    before = lead.get(f"initiatives/{initiative}/progress/?on={later}")
    complete_from_mail(mine, sign_in.page(person("finance")), records)
    after = lead.get(f"initiatives/{initiative}/progress/?on={later}")
    assert (before["enrolled"], before["due"], before["completed"]) == (3, 6, 0)
    assert (after["due"], after["completed"], after["on_time"]) == (6, 1, 1)

    page = sign_in.page(person("lead")).get(f"/change/i/one-research-register/progress/?on={later}")
    assert page.status_code == 200
    assert "1 of 6" in page.content.decode()
