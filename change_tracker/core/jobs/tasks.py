"""What Celery wakes: nothing that matters is in its messages."""

from celery import shared_task

from change_tracker.core.jobs.services import run_jobs as run


@shared_task(name="change_tracker.run_jobs", ignore_result=True)
def run_jobs() -> None:
    """Carry out the jobs that wait; the tick does it too, so losing one is a minute's delay."""
    run()
