"""Bring people in from the host's own source: its users, its directory, its HR system."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.management.change_lists import ChangeListCommand
from change_tracker.people.services.sync import roster_from, sync_people
from change_tracker.people.sources import people_source


class Command(ChangeListCommand):
    help = (
        "Bring people in from the source that the setting PEOPLE_SOURCE names. Nothing is applied "
        "when unusually many people would leave or move unit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="show it, apply nothing")
        self.add_brake(parser)

    def handle(self, *, dry_run: bool, allow_leavers: int | None, **options: Any) -> None:
        """Show the change list, then apply it. Exits with 1, nothing applied, when refused."""
        try:
            source = people_source()
            roster = roster_from(source, today=timezone.localdate())
            service = partial(sync_people, allow=allow_leavers)
            self.carry_out(roster, full=source.is_complete, dry_run=dry_run, service=service)
        except ChangeTrackerError as error:
            raise CommandError(str(error)) from error
