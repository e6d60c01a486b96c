"""`manage.py export_catalogue [PACK]`: the catalogue as a pack that can be loaded again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from change_tracker.resistance.services.exporting import ALL, as_text, export_pack
from change_tracker.resistance.services.packs import PackError


class Command(BaseCommand):
    help = _(
        "Write a pack as it reads here today, edits included, or all of the catalogue under a new "
        "name. It can be loaded with load_catalogue, here or elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which pack, and where to."""
        parser.add_argument(
            "pack",
            nargs="?",
            default=ALL,
            help=_("a pack that is loaded, or a new name for everything (%(name)s)")
            % {"name": ALL},
        )
        parser.add_argument("--output", help=_("path of the file; otherwise it is printed"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file. Exits with 1 for one that cannot be made."""
        try:
            text = as_text(export_pack(options["pack"]))
        except PackError as error:
            raise CommandError("\n".join(str(each) for each in error.problems)) from error
        if not options["output"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be written: %(reason)s.")
                % {"path": options["output"], "reason": error.strerror or error}
            ) from error
