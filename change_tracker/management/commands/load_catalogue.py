"""`manage.py load_catalogue [PACK]`: kinds of resistance, strategies and techniques, by packs."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from change_tracker.core.again import again
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import (
    DEFAULT_PACK,
    PackError,
    read_pack,
    shipped_packs,
)


class Command(BaseCommand):
    help = _(
        "Load a catalogue pack: all of it or nothing. Repeating it changes nothing; entries that "
        "were edited here are left alone and listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One optional argument."""
        parser.add_argument(
            "pack",
            nargs="?",
            default=DEFAULT_PACK,
            help=_("path of a JSON file, or one of: %(packs)s")
            % {"packs": ", ".join(shipped_packs())},
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and report; a broken pack is an error that names each entry and field."""
        try:
            content = read_pack(options["pack"])
            report = again(partial(load_catalogue, content, actor=None, now=timezone.now()))
        except PackError as error:
            raise CommandError("\n".join(str(each) for each in error.problems)) from error
        except ChangeTrackerError as error:
            raise CommandError(str(error)) from error
        for sentence in report.sentences():
            self.stdout.write(sentence)
