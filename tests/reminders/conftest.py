"""An outbox that talks to a real mail server."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment
from tests import factories
from tests.factories import NOW
from tests.reminders.sink import Sink, running_sink

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def use_server(settings: Any, port: int, *, use_ssl: bool = False) -> None:
    """Send through a real server on this machine, with the settings that this Django has."""
    if hasattr(mail, "mailers"):
        options = {"host": "127.0.0.1", "port": port, "timeout": 15, "use_ssl": use_ssl}
        settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT, settings.EMAIL_USE_SSL = 15, use_ssl


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real SMTP server, which this process sends to."""
    with running_sink() as running:
        use_server(settings, running.port)
        yield running


def at(now: datetime = NOW) -> Any:
    """A clock that stands still."""
    return lambda: now


def enrol(person: Person, **values: Any) -> Enrolment:
    """`person` in a plan of one item of a running initiative; due on 25 Nov, in seven days."""
    initiative = values.pop("initiative", None) or factories.make_initiative(
        title="One Front Door", state=values.pop("state", "active")
    )
    plan = values.pop("plan", None) or factories.make_plan(initiative, items=values.pop("items", 1))
    defaults: dict[str, Any] = {"due_on": factories.TODAY.replace(day=25)}
    return factories.make_enrolment(plan, person, **defaults | values)


def make_address(client: Client, person: Person) -> str:
    """The address of the calendar feed of `person`, as the page shows it once."""
    client.force_login(person.user)  # type: ignore[arg-type]  # the cast has logins
    page = client.post("/change/calendar/").content.decode()
    address = re.search(r"https://intranet.example(/change/calendar/\S+\.ics)", page)
    assert address
    assert address[1] not in client.get("/change/calendar/").content.decode()
    client.logout()
    return address[1]
