"""`manage.py erase_person EXTERNAL_ID`: replace a person by a pseudonym."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.inventory import ERASED
from change_tracker.management.whom import person_with_key
from change_tracker.people.services.erasing import Erased, erase_person


class Command(BaseCommand):
    help = _("Replace a person who has left by a pseudonym; counts stay as they are.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and why proof is kept."""
        parser.add_argument("external_id", help=_("the person's key in the roster"))
        parser.add_argument("--dry-run", action="store_true", help="show it, change nothing")
        parser.add_argument(
            "--ground",
            default="",
            metavar="WHY",
            help=_("why proof of mandatory training is kept, such as a law; needed but for a try"),
        )

    def handle(self, *, external_id: str, dry_run: bool, ground: str, **options: Any) -> None:
        """Exits with 1 for an unknown person, for one who works here, and without a ground."""
        person = person_with_key(external_id)
        if not (dry_run or ground.strip()):
            raise CommandError(_("Say with --ground why proof of mandatory training is kept."))
        login = person.user
        try:
            erased = erase_person(
                person,
                ground=ground,
                actor=None,
                today=timezone.localdate(),
                now=timezone.now(),
                dry_run=dry_run,
            )
        except ChangeTrackerError as error:
            raise CommandError(str(error)) from error
        self.show(erased)
        if login is not None:
            self.line(_("The login “%(name)s” belongs to your intranet.") % {"name": login})
        if dry_run:
            self.line(_("This was a dry run; nothing was changed."))
            return
        self.line(
            _("Erased. From now on this is “%(pseudonym)s”: keep that with the person's file.")
            % {"pseudonym": erased.pseudonym}
        )

    def show(self, erased: Erased) -> None:
        """Every table and field that changes, what stays, and what somebody has to read."""
        for (model, field, how), count in sorted(erased.changes.items()):
            self.line(f"{model}.{field}: {count}  {ERASED[how].lower()}")
        self.line(
            ngettext(
                "Kept as proof of mandatory training: %(count)s record",
                "Kept as proof of mandatory training: %(count)s records",
                erased.kept,
            )
            % {"count": erased.kept}
        )
        for (model, field), count in sorted(erased.to_read.items()):
            self.line(
                _("%(model)s.%(field)s: texts that people typed with the name in them: %(count)s")
                % {"model": model, "field": field, "count": count}
            )

    def line(self, text: str) -> None:
        """One line of output."""
        self.stdout.write(text)
