"""The people of the story: logins of the host, and the roster as human resources send it."""

from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.management import call_command

from change_tracker.people.models import Audience, OrgUnit, Person
from change_tracker.people.services.audiences import Clause, create_audience
from project.demo_data import LOGINS, PERMISSIONS, STAFF
from project.tidewater.days import Calendar

ROSTER = Path(__file__).parent / "roster.csv"


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
    kept = ["person", "orgunit", "audience", "learningactivity", "trainingplan"]
    user.user_permissions.add(
        *Permission.objects.filter(
            content_type__app_label="change_tracker", content_type__model__in=kept
        ),
        *Permission.objects.filter(
            content_type__app_label="change_tracker", codename__startswith="view_"
        ),
    )


def import_roster() -> None:
    """Read the roster through the same command that an organisation would use."""
    # Its report is for the people who run it; here it would hide the address and the logins.
    call_command("import_people", str(ROSTER), stdout=StringIO())


def person(username: str) -> Person:
    """The person behind a login."""
    return Person.objects.get(user__username=username)


def by(username: str, now: datetime) -> dict[str, Any]:
    """The arguments that every service takes, for somebody of the story."""
    return {"actor": User.objects.get(username=username), "now": now}


def make_groups(calendar: Calendar) -> dict[str, Audience]:
    """One audience for each unit that the change touches."""
    day = calendar.past(84)
    return {
        name: create_audience(
            name=name,
            today=day,
            clauses=[Clause(kind="unit", unit=OrgUnit.objects.get(name=name), with_subtree=True)],
            **by("priya", calendar.moment(day)),
        )
        for name in ("Repairs", "Contact centre", "Lettings")
    }
