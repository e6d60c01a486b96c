"""Bring people in from a roster: everything is checked and shown before anything is applied."""

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.tables import Problem, parse_maps, read_table
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences import names_of
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    Kind,
    PeoplePlan,
    PersonChange,
    apply_people,
    plan_people,
    preview_people,
    read_roster,
)

SHOWN = 20


class Command(BaseCommand):
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

    def handle(self, *, file: Path, dry_run: bool, full: bool, **options: Any) -> None:
        """Show the change list, then apply it. Exits with 1, nothing applied, on errors."""
        try:
            mapping = parse_maps(options["map"], columns=COLUMNS)
            table = read_table(file, columns=COLUMNS, required=REQUIRED, mapping=mapping)
            roster = read_roster(table, source=file.name)
            plan = plan_people(roster, full=full, today=timezone.localdate())
            self._show(plan)
            self._carry_out(plan, dry_run=dry_run)
        except ChangeTrackerError as error:
            raise CommandError(str(error)) from error

    def _carry_out(self, plan: PeoplePlan, *, dry_run: bool) -> None:
        now = timezone.now()
        if dry_run and not plan.errors:
            self._show_audiences(preview_people(plan=plan, actor=None, now=now).memberships)
            self._line(_("This was a dry run; nothing was applied."))
            return
        self._show_audiences(apply_people(plan=plan, actor=None, now=now).memberships)
        self._line(self.style.SUCCESS(_("Applied.")))

    def _show(self, plan: PeoplePlan) -> None:
        count = len(plan.roster.records)
        self._line(
            ngettext("%(count)s person in %(source)s", "%(count)s people in %(source)s", count)
            % {"count": count, "source": plan.roster.source}
        )
        self._show_people(_("Joiners"), plan.of(Kind.JOINER))
        self._show_people(_("Movers"), plan.of(Kind.MOVER))
        self._show_people(_("Leavers"), plan.of(Kind.LEAVER))
        self._show_people(_("Changed"), plan.of(Kind.CHANGED))
        self._show_list(_("Unchanged"), (), plan.unchanged)
        self._show_list(_("New units"), plan.units.new.values(), len(plan.units.new))
        if plan.consequences:
            self._show_list(_("What follows"), plan.consequences, len(plan.consequences))
        self._show_problems(_("Warnings"), plan.warnings)
        self._show_problems(_("Errors"), plan.errors)

    def _show_people(self, title: str, changes: Sequence[PersonChange]) -> None:
        names = (f"{each.external_id}  {each.name}{_fields(each)}" for each in changes)
        self._show_list(title, names, len(changes))

    def _show_problems(self, title: str, problems: Sequence[Problem]) -> None:
        """All of them: whoever mends a file wants to mend it once."""
        self._show_list(title, (each.as_text() for each in problems), len(problems), shown=None)

    def _show_audiences(self, memberships: Sequence[MembershipChange]) -> None:
        if not memberships:
            return
        names = names_of(change.audience_id for change in memberships)
        lines = (
            _("%(audience)s: %(joined)s join, %(left)s leave")
            % {
                "audience": names[change.audience_id],
                "joined": len(change.joined),
                "left": len(change.left),
            }
            for change in memberships
        )
        self._show_list(_("Audiences"), lines, len(memberships))

    def _show_list(
        self, title: str, lines: Iterable[str], count: int, shown: int | None = SHOWN
    ) -> None:
        self._line(f"{title}: {count}")
        for number, line in enumerate(lines):
            if shown is not None and number == shown:
                more = count - shown
                self._line(
                    ngettext("  and %(more)s more", "  and %(more)s more", more) % {"more": more}
                )
                return
            self._line(f"  {line}")

    def _line(self, text: str) -> None:
        self.stdout.write(text)


def _fields(change: PersonChange) -> str:
    is_known = change.pk is not None and change.kind == Kind.CHANGED
    return f"  ({', '.join(change.changed)})" if is_known else ""
