"""What Celery wakes: nothing that matters is in its messages."""

from celery import shared_task

from change_tracker.reminders.services import tick as run_tick


@shared_task(name="change_tracker.tick", ignore_result=True)
def tick() -> None:
    """Plan, send, heartbeat. Losing one is a minute's delay, doubling one has no effect."""
    run_tick()
