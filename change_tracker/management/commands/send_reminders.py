"""manage.py send_reminders: what the Celery task does, for cron, systemd and kubernetes."""

import signal
from argparse import ArgumentParser, ArgumentTypeError
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from change_tracker.core.again import BusyError
from change_tracker.management.whom import person_with_key
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.forecast import PlannerBusyError, forecast
from change_tracker.reminders.services import Ticked, tick

MOST_DAYS = 366
MOST_SECONDS = 86_400


class Command(BaseCommand):
    help = "Plan the reminders that are due and send what may leave now, without Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once by default."""
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="one tick, then end (the default)")
        how.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would leave, and write and send nothing",
        )
        how.add_argument("--loop", action="store_true", help="one tick after the other")
        parser.add_argument(
            "--days",
            type=_days,
            default=0,
            metavar="N",
            help="with --dry-run: so many days ahead, too",
        )
        parser.add_argument(
            "--person", default="", metavar="KEY", help="with --dry-run: only theirs"
        )
        parser.add_argument(
            "--interval", type=_seconds, default=60, metavar="SECONDS", help="pause between ticks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """End after the mail in hand on SIGTERM and Ctrl-C; what was claimed is given back."""
        if options["dry_run"]:
            self._foresee(options["days"], options["person"])
            return
        if options["days"] or options["person"]:
            raise CommandError("--days and --person go with --dry-run: without it, mails leave.")
        ending = Event()
        before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            for each in before:
                signal.signal(each, _setter(ending))
            if options["loop"]:
                self._loop(ending, options["interval"])
            else:
                self._once(ending)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _once(self, ending: Event) -> None:
        try:
            self._say(tick(should_stop=ending.is_set))
        except BusyError as busy:
            raise CommandError(str(busy)) from busy

    def _loop(self, ending: Event, interval: float) -> None:
        while not ending.is_set():
            # As a web server does between requests: a database that restarted is met again.
            close_old_connections()
            try:
                self._say(tick(should_stop=ending.is_set))
            except OperationalError as error:
                self.stderr.write(f"The database does not answer; trying again. {error}")
            except BusyError as busy:
                self.stderr.write(str(busy))
            ending.wait(interval)

    def _foresee(self, days: int, person: str) -> None:
        """One line for each thing that would be said: when, to whom, why, about what."""
        if person:
            person_with_key(person)
        try:
            coming = forecast(now=database_now(), days=days)
        except PlannerBusyError as busy:
            raise CommandError(str(busy)) from busy
        lines = [
            f"{timezone.localtime(each.leaves_at):%Y-%m-%d %H:%M}  "
            f"{each.reminder.recipient.display_name}: {each.reminder.get_kind_display()} "
            f"({each.reminder.step}): {each.about}"
            for each in coming
            if person in {"", each.reminder.recipient.external_id}
        ]
        self.stdout.write("\n".join(lines) or "Nothing would leave.")

    def _say(self, done: Ticked) -> None:
        planned, drained = done.planned, done.drained
        self.stdout.write(
            f"planned {planned.planned}, unreachable {planned.unreachable}, "
            f"expired {planned.expired}; sent {drained.sent}, deferred {drained.deferred}, "
            f"closed {drained.closed}, given up {drained.dead}"
        )


def _days(text: str) -> int:
    """Not so many that nobody else could plan for hours."""
    days = int(text)
    if not 0 <= days <= MOST_DAYS:
        raise ArgumentTypeError(f"it has to be between 0 and {MOST_DAYS}")
    return days


def _seconds(text: str) -> float:
    """Without a pause, a tick would follow the other as fast as it can."""
    seconds = float(text)
    if not 0 < seconds <= MOST_SECONDS:
        raise ArgumentTypeError(f"it has to be above 0, and {MOST_SECONDS} at most")
    return seconds


def _setter(ending: Event) -> Any:
    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    return end
