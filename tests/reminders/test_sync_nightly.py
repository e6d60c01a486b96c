"""Once a day the tick brings people in from the host; what was stopped is told to HR."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from change_tracker.people.models import PeopleSync, Person
from change_tracker.people.sources import Record
from change_tracker.reminders.models import Heartbeat
from change_tracker.reminders.services import tick
from tests import factories
from tests.factories import NOW
from tests.reminders.conftest import at

pytestmark = pytest.mark.django_db


class Nobody:
    """A directory that has lost everybody."""

    name = "directory"
    is_complete = True

    def people(self, today: date) -> Iterable[Record]:
        return [{"external_id": "last", "name": "The last one"}]

    def units(self) -> Iterable[Record]:
        return ()


class Unreachable(Nobody):
    """A directory that does not answer, and says so in its own words."""

    def people(self, today: date) -> Iterable[Record]:
        yield {"external_id": "first", "name": "The first one"}
        raise ConnectionError("ldap://reader:secret@directory")


@pytest.fixture(autouse=True)
def nightly(settings: Any) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SYNC_FROM_HOUR": 0}


def test_the_first_tick_of_a_day_syncs_and_the_next_one_does_not() -> None:
    factories.make_user("ann")
    tick(clock=at(NOW))
    factories.make_user("bob")

    tick(clock=at(NOW + timedelta(minutes=1)))
    assert PeopleSync.objects.count() == 1
    tick(clock=at(NOW + timedelta(days=1)))

    assert PeopleSync.objects.count() == 2
    assert Person.objects.count() == 2


def test_nothing_is_synced_before_the_hour_or_without_one(settings: Any) -> None:
    for hour in (23, None):
        settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SYNC_FROM_HOUR": hour}
        tick(clock=at(NOW))

    assert not PeopleSync.objects.exists()


def test_a_stopped_run_changes_nothing_and_is_told_to_hr_once() -> None:
    factories.make_user("ana", "manage_people")
    for number in range(12):
        factories.make_person(external_id=f"p{number}")

    with override_settings(
        CHANGE_TRACKER={"SYNC_FROM_HOUR": 0, "PEOPLE_SOURCE": f"{__name__}.Nobody"}
    ):
        tick(clock=at(NOW))
        tick(clock=at(NOW + timedelta(minutes=1)))

    (message,) = mail.outbox
    assert message.bcc == ["ana@example.org"]
    assert "12 people would leave" in message.body
    assert Person.objects.filter(ends_on=None).count() == 12
    assert PeopleSync.objects.get().state == "refused"


def test_a_source_that_fails_ends_no_tick_and_is_told_to_hr_without_its_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    factories.make_user("ana", "manage_people")
    with override_settings(
        CHANGE_TRACKER={"SYNC_FROM_HOUR": 0, "PEOPLE_SOURCE": f"{__name__}.Unreachable"}
    ):
        tick(clock=at(NOW))
        tick(clock=at(NOW + timedelta(minutes=1)))

    (message,) = mail.outbox
    run = PeopleSync.objects.get()
    assert (
        "“directory”, where people come from, could not be read (ConnectionError)" in message.body
    )
    assert run.problems[0]["reason"] in message.body
    assert (run.source, run.state) == ("directory", "refused")
    assert "secret" not in message.body
    assert "secret" in caplog.text
    assert not Person.objects.exists()


def test_a_source_that_cannot_be_made_ends_no_tick(
    settings: Any, hr: Person, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CHANGE_TRACKER |= {"PEOPLE_SOURCE": "intranet.nowhere.Source"}

    tick(clock=at(NOW))

    (told,) = mail.outbox
    assert "intranet.nowhere.Source" in told.body
    assert Heartbeat.objects.filter(name="day").exists()
    assert "No module named" in caplog.text


def test_where_nobody_is_to_be_told_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    settings_of_ours = {"SYNC_FROM_HOUR": 0, "PEOPLE_SOURCE": f"{__name__}.Unreachable"}
    with override_settings(CHANGE_TRACKER=settings_of_ours):
        tick(clock=at(NOW))

    assert mail.outbox == []
    assert "set HR_EMAILS" in caplog.text
