"""Settings of worker processes that know the slow kind of job."""

from tests.reminders.settings_worker import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.slowjobs.apps.SlowJobsConfig"]  # noqa: F405
