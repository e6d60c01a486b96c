"""manage.py change_tracker_doctor: are reminders sent, and are the settings sound?"""

from typing import Any

from django.core import checks
from django.core.management.base import BaseCommand, CommandError

from change_tracker.reminders.clock import database_now
from change_tracker.reminders.health import health


class Command(BaseCommand):
    help = "Say whether reminders run; ends with 1 when something has to be done."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Figures, then problems; also those that the system checks find."""
        found = health(now=database_now())
        self.stdout.write(f"last tick: {found.last_tick or 'never'}")
        self.stdout.write(f"due now: {found.due}, the oldest since {found.oldest_due or '-'}")
        self.stdout.write(f"given up: {found.dead}, unknown in a week: {found.unknown}")
        self.stdout.write(f"paused: {', '.join(found.paused) or 'nothing'}")
        ours = [
            each
            for each in checks.run_checks(include_deployment_checks=True)
            if (each.id or "").startswith("change_tracker.") and each.level >= checks.WARNING
            if not each.is_silenced()
        ]
        for each in ours:
            self.stdout.write(f"{each.id}: {each.msg}")
        problems = found.problems()
        if problems or ours:
            raise CommandError("\n".join(problems) or "The settings want a look.", returncode=1)
        self.stdout.write("All is well.")
