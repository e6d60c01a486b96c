"""Bring people in from a roster: everything is checked and shown before anything is applied."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.tables import parse_maps, read_table
from change_tracker.management.change_lists import ChangeListCommand
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    apply_roster,
    read_roster,
    sync_people,
)


class Command(ChangeListCommand):
    help = (
        "Bring people in from a CSV or XLSX file. Everything is checked first; then all of it is "
        "applied, or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV or XLSX file with a header")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar='"Their column=ours"',
            help=f"may be repeated; one of theirs may feed several of ours: {', '.join(COLUMNS)}",
        )
        parser.add_argument("--dry-run", action="store_true", help="show it, apply nothing")
        parser.add_argument(
            "--full", action="store_true", help="whoever is not in the file has left"
        )
        parser.add_argument(
            "--unattended",
            action="store_true",
            help="apply nothing when unusually many people would leave or move",
        )
        self.add_brake(parser)

    def handle(self, *, file: Path, dry_run: bool, full: bool, **options: Any) -> None:
        """Show the change list, then apply it. Exits with 1, nothing applied, on errors."""
        try:
            mapping = parse_maps(options["map"], columns=COLUMNS)
            table = read_table(file, columns=COLUMNS, required=REQUIRED, mapping=mapping)
            roster = read_roster(table, source=file.name)
            brake = options["unattended"] or options["allow_leavers"] is not None
            service = (
                partial(sync_people, allow=options["allow_leavers"]) if brake else apply_roster
            )
            self.carry_out(roster, full=full, dry_run=dry_run, service=service)
        except ChangeTrackerError as error:
            raise CommandError(str(error)) from error
