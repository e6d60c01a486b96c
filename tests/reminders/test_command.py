"""The tick without Celery, and what tells people that it does not run."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core import mail
from django.core.management import call_command
from django.db import connection

from change_tracker.people.models import Person
from change_tracker.reminders import checks
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Digest, Heartbeat
from change_tracker.tasks import tick
from tests.reminders.conftest import enrol
from tests.reminders.sink import Sink

ROOT = Path(__file__).resolve().parents[2]


def enrol_now(person: Person) -> None:
    """Late since some days, by the clock that the command reads."""
    today = database_now().date()
    enrol(
        person,
        assigned_on=today.replace(year=today.year - 1, day=1),
        due_on=today.replace(year=today.year - 1, day=2),
    )


@pytest.mark.django_db
def test_once_plans_and_sends_and_leaves_a_heartbeat(
    outsider: Person, sink: Sink, settings: Any
) -> None:
    # On a weekend, and before eight, it would have to wait.
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SEND_DAYS": range(7), "SEND_FROM_HOUR": 0}
    enrol_now(outsider)
    said = StringIO()

    call_command("send_reminders", "--once", stdout=said)

    assert "planned 1" in said.getvalue()
    assert Heartbeat.objects.filter(name="tick").exists()
    call_command("send_reminders", stdout=said)
    assert len(sink.mails) == 1


@pytest.mark.django_db
def test_the_celery_task_does_the_same(outsider: Person, sink: Sink) -> None:
    enrol_now(outsider)

    tick()

    assert Digest.objects.count() == 1
    assert Heartbeat.objects.exists()


def test_the_loop_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    environ = os.environ | {"DATABASE_URL": database, "DEMO_DIR": str(tmp_path)}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environ, check=True)
    with subprocess.Popen(
        [*manage, "send_reminders", "--loop", "--interval", "30"],
        cwd=ROOT,
        env=environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as loop:
        assert loop.stdout is not None
        said = loop.stdout.readline()
        began = time.monotonic()
        loop.send_signal(signal.SIGTERM)

        assert loop.wait(10) == 0
        assert "planned 0" in said
        assert time.monotonic() - began < 30


def ids(found: list[Any]) -> list[str]:
    return [each.id for each in found]


def test_a_lease_shorter_than_the_deadline_is_an_error(settings: Any) -> None:
    assert checks.check_lease() == []
    settings.CHANGE_TRACKER = {"LEASE_SECONDS": 60, "MAIL_DEADLINE_SECONDS": 60}
    assert ids(checks.check_lease()) == ["change_tracker.E010"]


OWN = "change_tracker.reminders.channels.EmailChannel"


@pytest.mark.parametrize(
    ("channels", "why"),
    [
        (("intranet.chat.ChatChannel",), "No module named"),
        (("change_tracker.reminders.channels.NoChannel",), "NoChannel"),
        (("change_tracker.reminders.channels.Channel",), "name"),
        ((OWN, OWN), "another's"),
    ],
)
def test_a_way_that_is_none_is_an_error(channels: tuple[str, ...], why: str, settings: Any) -> None:
    assert checks.check_channels() == []
    settings.CHANGE_TRACKER = {"CHANNELS": channels}

    (found,) = checks.check_channels()

    assert found.id == "change_tracker.E011"
    assert why in found.msg


def use_celery(monkeypatch: pytest.MonkeyPatch, **conf: Any) -> None:
    """Another Celery application, as a host may have it."""
    app = Celery("intranet", set_as_current=False)
    app.conf.update(**conf)
    monkeypatch.setattr(checks, "current_app", app)


def test_a_schedule_without_the_tick_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.check_schedule() == []
    use_celery(monkeypatch, beat_schedule={"x": {"task": "other.task", "schedule": 60}})
    assert ids(checks.check_schedule()) == ["change_tracker.W011"]


@pytest.mark.parametrize("conf", [{"task_always_eager": True}, {"broker_url": "memory://"}])
def test_a_celery_without_a_queue_is_noticed_in_production(
    conf: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.check_broker() == []
    use_celery(monkeypatch, **conf)
    assert ids(checks.check_broker()) == ["change_tracker.W013"]
    settings.DEBUG = True
    assert checks.check_broker() == []


def test_a_host_without_celery_is_told_only_when_it_speaks_of_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "current_app", Celery("default", set_as_current=False))

    assert [checks.check_schedule(), checks.check_broker(), checks.check_application()] == [[]] * 3
    settings.CELERY_BROKER_URL = "redis://localhost"
    assert ids(checks.check_application()) == ["change_tracker.W012"]


def test_sqlite_is_for_one_sender() -> None:
    expected = ["change_tracker.I014"] if connection.vendor == "sqlite" else []
    assert ids(checks.check_database()) == expected


def test_a_mailer_without_default_is_noticed(settings: Any) -> None:
    assert checks.check_mailer() == []
    settings.MAILERS = {}
    expected = ["change_tracker.W010"] if hasattr(mail, "mailers") else []
    assert ids(checks.check_mailer()) == expected
