"""Silence is visible: to a monitor, to the admin, to whoever asks the doctor."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from change_tracker.people.models import Person
from change_tracker.reminders.health import health
from change_tracker.reminders.models import Attempt, ChannelPause, Digest, Heartbeat
from tests import factories

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HEALTH = "/change/health/"
ADMIN = "/admin/change_tracker/digest/health/"


@pytest.fixture
def ticked() -> Heartbeat:
    return Heartbeat.objects.create(name="tick", at=timezone.now())


def mail(person: Person, minutes_ago: int, **values: Any) -> Digest:
    at = timezone.now() - minutes_ago * MINUTE
    return Digest.objects.create(
        recipient=person,
        local_on=at.date(),
        available_at=at,
        message_id=f"<{minutes_ago}@example.org>",
        **values,
    )


def test_while_it_ticks_all_is_well_and_no_stranger_hears_more(
    ticked: Heartbeat, employee: Person, hr: Person, client: Client
) -> None:
    mail(employee, minutes_ago=5)

    answer = client.get(HEALTH)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    for who, knows in ((employee, False), (hr, True)):
        client.force_login(who.user)  # type: ignore[arg-type]  # the cast has logins
        assert ("due" in client.get(HEALTH).json()) is knows
    assert client.get(HEALTH).json()["due"] == 1


@pytest.mark.parametrize("what", ["silent", "never", "stuck"])
def test_silence_and_what_is_stuck_wake_somebody(
    ticked: Heartbeat, employee: Person, client: Client, what: str
) -> None:
    if what == "silent":
        Heartbeat.objects.update(at=timezone.now() - 11 * MINUTE)
    elif what == "never":
        Heartbeat.objects.all().delete()
    else:
        mail(employee, minutes_ago=31)

    assert client.get(HEALTH).status_code == 503
    with pytest.raises(CommandError) as said:
        call_command("change_tracker_doctor", stdout=StringIO())
    assert said.value.returncode == 1


def test_the_doctor_names_what_was_given_up_is_unknown_or_paused(
    ticked: Heartbeat, employee: Person
) -> None:
    digest = mail(employee, minutes_ago=2, state="dead")
    Attempt.objects.create(digest=digest, n=1, started_at=timezone.now(), outcome="unknown")
    ChannelPause.objects.create(channel="email")

    with pytest.raises(CommandError) as said:
        call_command("change_tracker_doctor", stdout=StringIO())

    for words in ("1 mail was given up", "Of 1 attempt", "“email”"):
        assert words in str(said.value)


@pytest.mark.parametrize(("hours", "is_named"), [(None, False), (35, False), (37, True)])
def test_a_day_whose_work_was_not_done_is_named_and_wakes_nobody(
    ticked: Heartbeat, client: Client, hours: int | None, is_named: bool
) -> None:
    if hours is not None:
        Heartbeat.objects.create(name="day", at=timezone.now() - timedelta(hours=hours))

    problems = health(now=timezone.now()).problems()

    assert any("once a day" in each for each in problems) is is_named
    assert client.get(HEALTH).status_code == 200


def test_a_site_admin_sends_again_by_one_press_what_hr_only_sees(
    ticked: Heartbeat, employee: Person, hr: Person, client: Client
) -> None:
    digest = mail(employee, minutes_ago=2, state="dead")
    boss = factories.make_user("root", is_staff=True, is_superuser=True)
    type(boss).objects.filter(username=str(hr.user)).update(is_staff=True)
    client.force_login(boss)
    assert "Amira Hassan" in client.get(ADMIN).content.decode()

    pressed = client.post(ADMIN, {"digest": digest.pk})
    again = client.post(ADMIN, {"digest": digest.pk})
    assert client.post(ADMIN, {"digest": "abc"}).status_code == 404

    assert (pressed.status_code, again.status_code) == (302, 404)
    digest.refresh_from_db()
    assert digest.state == "pending"
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins
    assert client.post(ADMIN, {"digest": digest.pk}).status_code == 302
