"""A tick that the database ends for another one's sake has the effect of one that it lets be."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from change_tracker.core import again as home
from change_tracker.core.again import TRIES, BusyError
from change_tracker.management.commands import send_reminders
from change_tracker.people.models import PeopleSync, Person
from change_tracker.reminders import links
from change_tracker.reminders.models import Attempt, Digest, MailPreference
from change_tracker.reminders.services import Ticked, tick
from tests import factories
from tests.ended import ended
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(home, "PAUSE", 0)
        yield


@pytest.mark.parametrize("table", ["reminder", "digest", "attempt"])
def test_everybody_gets_their_mail_once(table: str, mailoutbox: list[Any]) -> None:
    for _ in range(3):
        enrol(factories.make_person(), assigned_on=TODAY - timedelta(days=30))

    with ended(2, table):
        done = tick(clock=at())

    assert (len(mailoutbox), done.drained.sent) == (3, 3)
    assert set(Digest.objects.values_list("state", flat=True)) == {"sent"}
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"sent"}


def test_a_mail_that_left_is_on_record_although_the_database_ended_what_was_written_of_it(
    mailoutbox: list[Any],
) -> None:
    enrol(factories.make_person(), assigned_on=TODAY - timedelta(days=30))

    with ended(1, "_attempt"):
        done = tick(clock=at())

    assert (len(mailoutbox), done.drained.sent) == (1, 1)
    assert Attempt.objects.get().outcome == "sent"


def test_a_nightly_sync_is_done_by_the_next_tick_where_it_was_ended_each_time(
    settings: Any, mailoutbox: list[Any]
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SYNC_FROM_HOUR": 0}
    factories.make_user("ann")

    with ended(TRIES, "peoplesync"), pytest.raises(BusyError):
        tick(clock=at(NOW))
    tick(clock=at(NOW + timedelta(minutes=1)))
    tick(clock=at(NOW + timedelta(minutes=2)))

    assert PeopleSync.objects.get().state == "applied"
    assert Person.objects.count() == 1
    assert mailoutbox == []


def test_a_loop_goes_on_with_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    said, ticks = StringIO(), []

    def once(**_options: Any) -> Ticked:
        ticks.append(1)
        if len(ticks) == 1:
            raise BusyError
        signal.raise_signal(signal.SIGTERM)
        return tick(clock=at())

    monkeypatch.setattr(send_reminders, "tick", once)
    call_command("send_reminders", "--loop", "--interval", "0.01", stdout=said, stderr=said)

    assert "Nothing was saved" in said.getvalue()
    assert "planned 0" in said.getvalue()


def test_one_tick_says_it_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(**_options: Any) -> Ticked:
        raise BusyError

    monkeypatch.setattr(send_reminders, "tick", once)

    with pytest.raises(CommandError, match="Nothing was saved"):
        call_command("send_reminders")


def test_a_link_in_a_mail_works_all_the_same_or_says_so(employee: Person, client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        url = links.address(employee, links.QUIET, TODAY).removeprefix("https://intranet.example")
        with ended(TRIES, "mailpreference"):
            refused = client.post(url)
        with ended(1, "mailpreference"):
            done = client.post(url)

    assert (refused.status_code, done.status_code) == (503, 200)
    assert "Nothing was saved; try it once more." in refused.content.decode()
    assert MailPreference.objects.get().quiet_until is not None
