"""Bring past training records in from another learning system."""

from argparse import ArgumentParser
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from change_tracker.core.again import again
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.tables import Problem, parse_maps, read_table
from change_tracker.initiatives.models import Initiative
from change_tracker.training.services.importing import (
    COLUMNS,
    REQUIRED,
    RecordsImport,
    RefusedImportError,
    import_records,
)

SHOWN_NOTES = 20


class Command(BaseCommand):
    help = (
        "Bring past training records in from a CSV or XLSX file. Everything is checked first; "
        "then all of it is applied, or nothing."
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
            "--initiative",
            metavar="SLUG",
            help="where to make the plans and activities that are missing",
        )

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        """Check, show, apply. Exits with 1, nothing applied, on errors."""
        try:
            mapping = parse_maps(options["map"], columns=COLUMNS)
            table = read_table(file, columns=COLUMNS, required=REQUIRED, mapping=mapping)
            service = partial(
                import_records,
                table=table,
                actor=None,
                today=timezone.localdate(),
                now=timezone.now(),
                initiative=self._initiative(options["initiative"]),
                dry_run=dry_run,
            )
            done = again(service)
        except RefusedImportError as error:
            self._show_problems(error.problems)
            raise CommandError(str(error)) from error
        except ChangeTrackerError as error:
            raise CommandError(str(error)) from error
        self._show(done)
        if dry_run:
            self.stdout.write(_("This was a dry run; nothing was applied."))
        else:
            self.stdout.write(self.style.SUCCESS(_("Applied.")))

    def _initiative(self, slug: str | None) -> Initiative | None:
        if slug is None:
            return None
        found = Initiative.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(_("There is no initiative “%(slug)s”.") % {"slug": slug})
        return found

    def _show(self, done: RecordsImport) -> None:
        self._show_problems(done.problems)
        for label, count in (
            (_("Rows read"), done.rows),
            (_("New plans"), done.plans),
            (_("New activities"), done.activities),
            (_("New enrolments"), done.enrolments),
            (_("New records"), done.records),
            (_("Records corrected"), done.corrected),
            (_("Opened again"), len(done.reopened)),
            (_("Enrolments corrected"), done.enrolments_corrected),
        ):
            self.stdout.write(f"{label}: {count}")
        # Never cut: nothing is opened again without somebody being told.
        for row in done.reopened:
            self.stdout.write(self.style.WARNING(f"  {row.as_text()}"))

    def _show_problems(self, problems: Iterable[Problem]) -> None:
        """Every error: whoever mends a file wants to mend it once. Of the notes, some."""
        listed = sorted(problems, key=lambda problem: (not problem.is_error, problem.row or 0))
        errors = [problem for problem in listed if problem.is_error]
        notes = [problem for problem in listed if not problem.is_error]
        for problem in errors:
            self.stderr.write(problem.as_text())
        for problem in notes[:SHOWN_NOTES]:
            self.stdout.write(self.style.WARNING(problem.as_text()))
        if len(notes) > SHOWN_NOTES:
            more = len(notes) - SHOWN_NOTES
            self.stdout.write(_("and %(more)s more of this kind") % {"more": more})
