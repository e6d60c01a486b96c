"""Django's makemessages as this repository runs it: `make messages`."""

from pathlib import Path
from typing import Any

from django.core.management import CommandParser, call_command
from django.core.management.commands import makemessages

NOT_OURS = ("tests", "docs", "node_modules", "build", "dist", "staticfiles")


class Command(makemessages.Command):
    help = "Bring the German catalogues up to date with the texts of the source, and compile them."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        # Files without line numbers, and no date: branches that touch other texts merge.
        parser.set_defaults(
            locale=["de"],
            ignore_patterns=list(NOT_OURS),
            add_location="file",
            no_wrap=True,
            no_obsolete=True,
        )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        call_command(
            "compilemessages",
            locale=options["locale"],
            ignore_patterns=options["ignore_patterns"],
            verbosity=options["verbosity"],
        )

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Leave the day of the last run out: nothing changes where no text did."""
        super().write_po_file(potfile, locale)
        written = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        lines = written.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith('"POT-Creation-Date:')]
        written.write_text("".join(kept), "utf-8")
