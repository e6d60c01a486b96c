"""`manage.py export_person EXTERNAL_ID`: what is held about one person, as JSON."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from change_tracker.management.whom import person_with_key
from change_tracker.people.services.exporting import export_person


class Command(BaseCommand):
    help = _("Write everything that is held about one person, as JSON.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and where to."""
        parser.add_argument("external_id", help=_("the person's key in the roster"))
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help=_("a new file; else it is printed")
        )

    def handle(self, *, external_id: str, output: Path | None, **options: Any) -> None:
        """Exits with 1 for an unknown person, and for a file that is there or cannot be made."""
        person = person_with_key(external_id)
        data = export_person(person, now=timezone.now())
        text = json.dumps(data, ensure_ascii=False, indent=2)
        if output is None:
            self.stdout.write(text)
            return
        try:
            with output.open("x", encoding="utf-8") as file:
                # Before anything is in it: what is held about somebody is for few eyes.
                output.chmod(0o600)
                file.write(text + "\n")
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be written: %(reason)s.")
                % {"path": output, "reason": error.strerror or error}
            ) from error
