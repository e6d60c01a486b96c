"""How commands show what a people sync would do, and what it did."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.again import again
from change_tracker.core.tables import Problem
from change_tracker.people.services.previews import audience_lines
from change_tracker.people.services.sync import (
    Kind,
    PeoplePlan,
    PersonChange,
    Roster,
    SyncResult,
    TooManyChangesError,
    plan_people,
    preview_people,
    refuse_errors,
)
from change_tracker.reminders.alerts import tell_hr

SHOWN = 20


class ChangeListCommand(BaseCommand):
    """A command that shows a change list and then applies it."""

    def add_brake(self, parser: ArgumentParser) -> None:
        """The option that lets more people leave than the settings call ordinary."""
        parser.add_argument(
            "--allow-leavers",
            type=int,
            metavar="N",
            help="up to N people may leave or move unit in this run",
        )

    def carry_out(
        self, roster: Roster, *, full: bool, dry_run: bool, service: Callable[..., SyncResult]
    ) -> None:
        """Apply `roster` with `service` and show what it did; a dry run shows what would happen.

        That too many people would leave is told to HR as well: nobody may be looking.
        """
        now, today = timezone.now(), timezone.localdate()
        if dry_run:
            self._preview(plan_people(roster, full=full, today=today), now)
            return
        plans: list[PeoplePlan] = []

        def begin() -> SyncResult:
            plans.clear()
            return service(
                roster=roster, full=full, today=today, look=plans.append, actor=None, now=now
            )

        try:
            done = again(begin)
        except TooManyChangesError as stopped:
            tell_hr(str(stopped.message))
            raise
        finally:
            # Not before: whoever reads it page by page would keep everybody locked meanwhile.
            for plan in plans:
                self.show(plan)
        self.show_outcome(done)
        self.line(self.style.SUCCESS(_("Applied.")))

    def _preview(self, plan: PeoplePlan, now: datetime) -> None:
        self.show(plan)
        seen = preview_people(plan=plan, actor=None, now=now)
        refuse_errors(plan)
        self.show_outcome(seen)
        self.line(_("This was a dry run; nothing was applied."))

    def show(self, plan: PeoplePlan) -> None:
        """The whole change list; long parts are cut, problems are not."""
        count = len(plan.roster)
        self.line(
            ngettext("%(count)s person in %(source)s", "%(count)s people in %(source)s", count)
            % {"count": count, "source": plan.roster.source}
        )
        self._show_people(_("Joiners"), plan.of(Kind.JOINER))
        self._show_people(_("Movers"), plan.of(Kind.MOVER))
        self._show_people(_("Leavers"), plan.of(Kind.LEAVER))
        self._show_people(_("Changed"), plan.of(Kind.CHANGED))
        self._show_list(_("Unchanged"), (), plan.unchanged)
        self._show_list(_("New units"), plan.units.new.values(), len(plan.units.new))
        if plan.units.renamed:
            self._show_list(
                _("Renamed units"), plan.units.renamed.values(), len(plan.units.renamed)
            )
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

    def show_outcome(self, result: SyncResult) -> None:
        """How many join and leave each audience, and what else only the end can tell."""
        if result.memberships:
            lines = audience_lines([each.counted() for each in result.memberships])
            self._show_list(_("Audiences"), lines, len(result.memberships))
        for line in result.outcome:
            self.line(line)

    def _show_list(
        self, title: str, lines: Iterable[str], count: int, shown: int | None = SHOWN
    ) -> None:
        self.line(f"{title}: {count}")
        for number, line in enumerate(lines):
            if shown is not None and number == shown:
                more = count - shown
                self.line(
                    ngettext("  and %(more)s more", "  and %(more)s more", more) % {"more": more}
                )
                return
            self.line(f"  {line}")

    def line(self, text: str) -> None:
        """One line of output."""
        self.stdout.write(text)


def _fields(change: PersonChange) -> str:
    is_known = change.pk is not None and change.kind == Kind.CHANGED
    return f"  ({', '.join(change.changed)})" if is_known else ""
