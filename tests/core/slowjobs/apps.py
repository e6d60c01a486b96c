"""Registers the kind, as a host's own app would."""

from django.apps import AppConfig


class SlowJobsConfig(AppConfig):
    name = "tests.core.slowjobs"
    label = "slowjobs"

    def ready(self) -> None:
        from change_tracker.core.jobs.kinds import JOBS
        from tests.core.slowjobs.kind import AddSlowly

        JOBS.register(AddSlowly())
