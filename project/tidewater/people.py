"""The people of the story: logins of the host, and the roster as human resources send it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.utils import timezone

from change_tracker.people.models import Audience, OrgUnit, Person
from change_tracker.people.services.audiences import Clause, create_audience
from change_tracker.people.services.persons import change_person
from project.demo_data import LOGINS, PERMISSIONS, STAFF
from project.tidewater.days import Calendar
from project.tidewater.diary import Diary
from project.tidewater.roster import LEADER, write_roster

#: Who has left: a unit, and how many days ago it was their last day.
LEAVERS = [("Calls", 12), ("Field repairs", 8)]


def make_logins() -> None:
    """The host's users; Change Tracker links them to people and creates none itself."""
    for _, username, password in LOGINS:
        user = User.objects.create_user(
            username,
            f"{username}@tidewater.example",
            password,
            is_staff=username in STAFF,
            is_superuser=username == "admin",
        )
        user.user_permissions.set(
            Permission.objects.filter(
                content_type__app_label="change_tracker",
                codename__in=PERMISSIONS.get(username, []),
            )
        )
    give_human_resources_the_admin(User.objects.get(username="ana"))


def give_human_resources_the_admin(user: User) -> None:
    """Ana looks after people and training in the Django admin."""
    kept = ["person", "orgunit", "audience", "learningactivity", "trainingplan", "freezeperiod"]
    user.user_permissions.add(
        *Permission.objects.filter(
            content_type__app_label="change_tracker", content_type__model__in=kept
        ),
        *Permission.objects.filter(
            content_type__app_label="change_tracker", codename__startswith="view_"
        ),
    )


def import_roster(file: Path, calendar: Calendar) -> None:
    """Read the roster through the same command that an organisation would use."""
    write_roster(file, calendar)
    # Its report is for the people who run it; here it would hide the address and the logins.
    call_command("import_people", str(file), stdout=StringIO())


def person(username: str) -> Person:
    """The person behind a login."""
    return Person.objects.get(user__username=username)


def by(username: str, now: datetime) -> dict[str, Any]:
    """The arguments that every service takes, for somebody of the story."""
    return {"actor": User.objects.get(username=username), "now": now}


def group_of_units(name: str, units: Iterable[str], calendar: Calendar, days_ago: int) -> Audience:
    """Priya's group of everybody in `units` and below."""
    found = OrgUnit.objects.filter(name__in=list(units)).order_by("pk")
    clauses = [Clause(kind="unit", unit=unit) for unit in found]
    return _group(name, clauses, calendar, days_ago)


def group_of_leaders(name: str, keys: Iterable[str], calendar: Calendar, days_ago: int) -> Audience:
    """All team leaders, and the people with `keys` in the roster."""
    managers = Person.objects.filter(external_id__in=list(keys)).order_by("pk")
    clauses = [Clause(kind="person", person=each) for each in managers]
    return _group(name, [Clause(kind="job_title", job_title=LEADER), *clauses], calendar, days_ago)


def _group(name: str, clauses: list[Clause], calendar: Calendar, days_ago: int) -> Audience:
    day = calendar.past(days_ago)
    return create_audience(
        name=name, today=day, clauses=clauses, **by("priya", calendar.moment(day))
    )


def leave(calendar: Calendar, diary: Diary) -> None:
    """A few resign: Ana enters their last day a week before it."""
    for unit, days_ago in LEAVERS:
        staff = Person.objects.filter(unit__name=unit, user=None).exclude(job_title=LEADER)
        leaver = staff.order_by("-external_id").first()
        if leaver is not None:
            deed = partial(_resign, leaver.pk, calendar, days_ago)
            diary.enter(calendar.past(days_ago + 7), deed)


def _resign(pk: int, calendar: Calendar, days_ago: int, now: datetime) -> None:
    change_person(
        Person.objects.get(pk=pk),
        today=timezone.localdate(now),
        ends_on=calendar.past(days_ago),
        **by("ana", now),
    )
