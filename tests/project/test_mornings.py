"""A working morning can be run ahead of the clock: the real tick, its mail dated as of then."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import django
import pytest
import time_machine
from django.test import Client

from change_tracker.people.models import Person
from project.models import Mail, Morning
from project.mornings import at_eight, next_morning, run_morning
from tests import factories

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = date(2026, 7, 3), date(2026, 7, 6)


BACKEND = "project.mailbox.MailboxBackend"


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": BACKEND}}
    else:
        settings.EMAIL_BACKEND = BACKEND


def give(person: Person, due_on: date) -> None:
    """Something to do for `person`, known for long."""
    initiative = factories.make_initiative(state="active")
    plan = factories.make_plan(initiative, state="published")
    factories.make_enrolment(plan, person, assigned_on=date(2026, 1, 5), due_on=due_on)


@pytest.fixture
def _to_do(employee: Person) -> None:
    """Amira has something that is due on Friday; Monday is the first morning after."""
    give(employee, FRIDAY)


def test_morning_is_eight_at_the_site_whatever_the_season() -> None:
    assert at_eight(FRIDAY) == datetime(2026, 7, 3, 7, tzinfo=UTC)
    assert at_eight(date(2026, 1, 5)) == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_the_next_morning_comes_after_now_and_leaves_the_weekend_out() -> None:
    assert next_morning(datetime(2026, 7, 3, 6, tzinfo=UTC)) == at_eight(FRIDAY)
    assert next_morning(datetime(2026, 7, 3, 7, tzinfo=UTC)) == at_eight(MONDAY)
    assert next_morning(datetime(2026, 7, 4, 12, tzinfo=UTC)) == at_eight(MONDAY)


def test_the_next_morning_comes_after_the_last_that_was_run() -> None:
    Morning.objects.create(at=at_eight(FRIDAY))
    assert next_morning(datetime(2026, 7, 1, 12, tzinfo=UTC)) == at_eight(MONDAY)


@pytest.mark.usefixtures("_to_do")
def test_mail_of_a_morning_carries_its_date() -> None:
    assert run_morning(at_eight(MONDAY)) == 1
    mail = Mail.objects.get()
    assert mail.kept_at == at_eight(MONDAY)
    assert parsedate_to_datetime(dict(mail.headers)["Date"]) == at_eight(MONDAY)


@pytest.mark.usefixtures("_to_do")
def test_a_morning_run_twice_sends_nothing_twice() -> None:
    run_morning(at_eight(MONDAY))
    assert run_morning(at_eight(MONDAY)) == 0
    assert Mail.objects.count() == Morning.objects.count() == 1


@pytest.mark.usefixtures("_to_do")
def test_on_a_monday_managers_read_who_of_theirs_is_late(manager: Person, settings: Any) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SUMMARY_DAYS": (0,)}

    assert run_morning(at_eight(MONDAY)) == 2
    mail = Mail.objects.get(recipients=manager.email)
    assert mail.subject == "1 person of your team is late with training"
    assert b"you are their manager, and this is your regular summary" in bytes(mail.source)


@time_machine.travel(datetime(2026, 7, 6, 12, tzinfo=UTC))
def test_the_button_runs_the_next_morning_and_says_what_left(employee: Person) -> None:
    give(employee, MONDAY)
    now = datetime.now(tz=UTC)
    browser = Client()
    page = browser.post("/mailbox/morning/", follow=True).content.decode()
    assert Morning.objects.get().at > now
    assert "at eight: 1 mail left" in page
    assert employee.email in page
    assert "nothing was due" in browser.post("/mailbox/morning/", follow=True).content.decode()


def test_looking_runs_nothing_and_a_foreign_form_cannot_press_the_button() -> None:
    assert Client().get("/mailbox/morning/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/mailbox/morning/").status_code == 403
    assert not Morning.objects.exists()
