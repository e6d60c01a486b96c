"""System checks: will reminders be sent at all?"""

from collections import Counter
from typing import Any

from celery import current_app
from django.conf import settings
from django.core import checks, mail
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from change_tracker.core.conf import get_conf, load
from change_tracker.reminders.attempts import time_needed

TASK = "change_tracker.tick"
#: The name that Celery gives the application of a project that has none.
NO_APPLICATION = "default"


@register(Tags.compatibility)
def check_lease(**_: Any) -> list[CheckMessage]:
    """E010: a lease that ends before the sending does hands the same mail to two workers."""
    needed = time_needed().total_seconds()
    if get_conf().lease_seconds > needed:
        return []
    return [
        Error(
            "LEASE_SECONDS must be longer than sending a mail may take.",
            hint=(
                f"With this MAIL_DEADLINE_SECONDS that is {needed:.0f} seconds with all around it; "
                "by default a lease is 300 seconds and the deadline 60."
            ),
            id="change_tracker.E010",
        )
    ]


@register(Tags.compatibility)
def check_channels(**_: Any) -> list[CheckMessage]:
    """E011: a way to people that is no class, has no name, or has the name of another."""
    named: Counter[str] = Counter()
    found: list[CheckMessage] = []
    for path in get_conf().channels:
        try:
            name = load(path).name
        except (ImportError, AttributeError) as error:
            found.append(_no_channel(path, str(error)))
        else:
            named[name] += 1
            if named[name] > 1:
                found.append(_no_channel(path, f"its name “{name}” is another's already"))
    return found


def _no_channel(path: str, why: str) -> CheckMessage:
    return Error(
        f"{path} is no way to reach people: {why}.",
        hint="CHANNELS holds dotted paths of classes, each with a `name` of its own.",
        id="change_tracker.E011",
    )


@register(Tags.compatibility)
def check_mailer(**_: Any) -> list[CheckMessage]:
    """W010: with MAILERS, Django sends nothing without an entry called default."""
    mailers = getattr(mail, "mailers", None)
    if mailers is None or not hasattr(settings, "MAILERS") or "default" in settings.MAILERS:
        return []
    return [
        checks.Warning(
            "MAILERS has no default entry: no reminder can be sent.",
            hint='Add MAILERS["default"].',
            id="change_tracker.W010",
        )
    ]


@register(Tags.compatibility)
def check_schedule(**_: Any) -> list[CheckMessage]:
    """W011: Celery is there, but its beat does not wake the reminders."""
    if current_app.main == NO_APPLICATION:
        return []
    schedule = current_app.conf.beat_schedule or {}
    if any(entry.get("task") == TASK for entry in schedule.values()):
        return []
    return [
        checks.Warning(
            f"The task {TASK} is not in the beat schedule of Celery.",
            hint=(
                f'Add {{"task": "{TASK}", "schedule": 60.0, "options": {{"expires": 55}}}} to '
                "beat_schedule, or run manage.py send_reminders --loop and silence this check."
            ),
            id="change_tracker.W011",
        )
    ]


@register(Tags.compatibility)
def check_application(**_: Any) -> list[CheckMessage]:
    """W012: settings speak of Celery, but no application of it is loaded with the project."""
    named = [name for name in dir(settings) if name.startswith("CELERY_")]
    if not named or current_app.main != NO_APPLICATION:
        return []
    return [
        checks.Warning(
            f"There are settings for Celery ({named[0]}), but no Celery application is loaded.",
            hint="Import the application in the project's __init__.py, as Celery's guide says.",
            id="change_tracker.W012",
        )
    ]


@register(Tags.compatibility, deploy=True)
def check_broker(**_: Any) -> list[CheckMessage]:
    """W013: in production a task that runs in the web process, or a queue in memory."""
    if current_app.main == NO_APPLICATION or settings.DEBUG:
        return []
    conf = current_app.conf
    in_memory = str(conf.broker_url or "").startswith("memory")
    if not conf.task_always_eager and not in_memory:
        return []
    return [
        checks.Warning(
            "Celery runs eagerly or with a broker in memory: no worker will hear of the tick.",
            hint="Use Redis or RabbitMQ as broker, and task_always_eager = False.",
            id="change_tracker.W013",
        )
    ]


@register(Tags.compatibility, deploy=True)
def check_database(**_: Any) -> list[CheckMessage]:
    """I014: SQLite lets one write at a time; sending belongs to one process there."""
    if connection.vendor != "sqlite":
        return []
    return [
        checks.Info(
            "On SQLite let one process alone send reminders: one worker with concurrency 1.",
            hint="Use PostgreSQL or MariaDB for more than one.",
            id="change_tracker.I014",
        )
    ]
