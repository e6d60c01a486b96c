"""Celery of the demonstration intranet: Redis where REDIS_URL says so, else files."""

import os
from pathlib import Path
from typing import Any

from celery import Celery

from project import DEMO_DIR
from project.broker import SCHEME

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")


def broker_settings(redis_url: str, folder: Path) -> dict[str, Any]:
    """What Celery needs to reach its broker: Redis, or a folder when there is none."""
    if redis_url:
        return {"broker_url": redis_url}
    return {
        "broker_url": f"{SCHEME}://",
        "broker_transport_options": {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
        },
    }


app = Celery("project")
app.conf.update(
    **broker_settings(os.environ.get("REDIS_URL", ""), DEMO_DIR / "broker"),
    task_ignore_result=True,
    # One broker may serve several installations.
    task_default_queue=os.environ.get("CELERY_QUEUE", "celery"),
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule={
        "change-tracker-tick": {
            "task": "change_tracker.tick",
            # An interval, never crontab: a lost tick is a minute late, a clock change is no gap.
            "schedule": float(os.environ.get("TICK_SECONDS", "60")),
            "options": {"expires": 55, "ignore_result": True},
        },
        "change-tracker-jobs": {
            "task": "change_tracker.run_jobs",
            # Somebody is looking at the page; the tick would begin the job within a minute.
            "schedule": 5.0,
            "options": {"expires": 4, "ignore_result": True},
        },
    },
)
app.autodiscover_tasks()
