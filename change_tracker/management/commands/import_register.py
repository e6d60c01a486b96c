"""Bring groups, resistance, actions and objectives in from the spreadsheet of a lead."""

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
from change_tracker.core.tables import (
    Problem,
    RefusedImportError,
    book_headings,
    content_of,
    parse_maps,
)
from change_tracker.initiatives.models import Initiative
from change_tracker.spreadsheets.services.changes import Changes
from change_tracker.spreadsheets.services.importing import (
    Layout,
    counts_of,
    import_register,
    recognise,
    tables_of,
)
from change_tracker.spreadsheets.sheets import BY_KEY, SHEETS

SHOWN = 20
OURS = [f"{sheet.key}.{name}" for sheet in SHEETS for name in sheet.names]


class Command(BaseCommand):
    help = (
        "Bring groups, resistance, actions and objectives of an initiative in from an XLSX file "
        "with sheets, or from one of the sheets as CSV. Everything is checked first; then all of "
        "it is applied, or nothing. Rows that are not in the file stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an XLSX or CSV file with headers")
        parser.add_argument("--initiative", metavar="SLUG", required=True, help="which initiative")
        parser.add_argument(
            "--sheet",
            action="append",
            default=[],
            metavar='"Their sheet=ours"',
            help=f"may be repeated; of a CSV file only ours is said. Ours are: {', '.join(BY_KEY)}",
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar='"Their column=ours"',
            help="may be repeated; ours are such as actions.owner or resistance.statement",
        )
        parser.add_argument("--dry-run", action="store_true", help="show it, apply nothing")

    def handle(self, *, file: Path, initiative: str, dry_run: bool, **options: Any) -> None:
        """Check, show, apply. Exits with 1, nothing applied, on errors."""
        found = Initiative.objects.filter(slug=initiative).first()
        if found is None:
            raise CommandError(_("There is no initiative “%(slug)s”.") % {"slug": initiative})
        try:
            content = content_of(file)
            tables = tables_of(content, _layout(content, options["sheet"], options["map"]))
            service = partial(import_register, initiative=found, tables=tables, actor=None)
            done = again(partial(service, now=timezone.now(), dry_run=dry_run))
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

    def _show(self, done: Changes) -> None:
        self._show_problems(done.problems)
        counts = counts_of(done)
        for part in done.parts:
            said = {"sheet": part.sheet.title, **counts[part.sheet.key]}
            self.stdout.write(
                _(
                    "%(sheet)s: %(new)s new, %(changed)s changed, %(same)s as they are, "
                    "%(left)s not in the file"
                )
                % said
            )
            for line in [*part.new, *part.changed][:SHOWN]:
                self.stdout.write(f"  {line.name}")

    def _show_problems(self, problems: Iterable[Problem]) -> None:
        """All of them: whoever mends a file wants to mend it once."""
        for each in sorted(problems, key=lambda problem: not problem.is_error):
            out = self.stderr if each.is_error else self.stdout
            out.write(each.as_text())


def _layout(content: bytes, sheets: list[str], maps: list[str]) -> Layout:
    """What is recognised, and what the options say beside that."""
    kinds = {}
    for text in sheets:
        title, _equals, kind = (part.strip() for part in text.rpartition("="))
        if kind not in BY_KEY:
            raise CommandError(
                _("“%(text)s” names none of our sheets: %(sheets)s.")
                % {"text": text, "sheets": ", ".join(BY_KEY)}
            )
        kinds[title] = kind
    # One that the file does not have is refused where the tables are made.
    named: Layout = {title: {"kind": kind, "columns": {}} for title, kind in kinds.items()}
    layout = named | recognise(book_headings(content), kinds)
    for heading, ours in parse_maps(maps, columns=OURS).items():
        for sheet, _dot, name in (each.partition(".") for each in ours):
            for each in layout.values():
                if each["kind"] == sheet:
                    each["columns"][name] = heading
    return layout
