"""Sending the mails of one morning, to a server that takes everything."""

from contextlib import ExitStack
from importlib import import_module
from time import perf_counter, process_time
from typing import Any

from benchmarks.crowd import ITEMS, NOW
from benchmarks.harness import Side, Work
from benchmarks.rows import analyze
from benchmarks.sink import sink
from benchmarks.tick import MassDay
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.recipients import shared_addresses
from change_tracker.reminders.review import Letter, review
from change_tracker.reminders.send import drain
from change_tracker.reminders.transport import configured_backend

#: Of so many records one is the reason for a mail: one mail takes as long as many rows.
RECORDS = 100


class CpuPerMail(Work):
    """What the promise costs beside the sending itself: reading everything again, and the log."""

    name = "mail-cpu"
    against = "render, build and send over one connection"
    target = 1.5
    writes = (Attempt, Digest, Reminder)

    def load(self, size: int) -> None:
        morning = MassDay()
        morning.load(max(ITEMS, size * ITEMS // RECORDS))
        analyze()
        morning.ours()
        self.letters: list[tuple[Letter, str]] = []
        self.running = ExitStack()
        self.running.enter_context(sink())

    def leave(self) -> None:
        if hasattr(self, "running"):
            self.running.close()

    def clock(self) -> float:
        """Seconds of the processor in this process: neither the database's nor the server's."""
        return process_time()

    def arrange(self, side: Side) -> None:
        """What is to be said, for whom no more has to be asked."""
        self.letters = letters() if side == "bare" else []

    def ours(self) -> int:
        return drain(clock=lambda: NOW).sent

    def bare(self) -> int:
        backend = configured_backend()
        backend.open()
        for letter, message_id in self.letters:
            backend.send_messages([compose(letter, message_id=message_id)])
        backend.close()
        return len(self.letters)


class MailRate(CpuPerMail):
    """The same mails through django-post_office: rendered, put into its table, sent from there.

    Both really commit, and keep a log of every mail. It marks a hundred mails at a time, and sends
    them again when it dies; ours marks as many as leave in a moment, before and after.
    """

    name = "mail-rate"
    against = "django-post_office"
    #: It is to send 1.3 times as many in a second.
    target = 1 / 1.3
    commits = True

    def clock(self) -> float:
        return perf_counter()

    def bare(self) -> int:
        mail = import_module("post_office.mail")
        mail.send_many([_queued(letter, message_id) for letter, message_id in self.letters])
        sent, some = 0, 1
        while some:
            some = int(mail.send_queued(processes=1)[0])
            sent += some
        return sent

    def undo(self, side: Side) -> None:
        """Everything waits as before."""
        if side == "bare":
            kept = import_module("post_office.models")
            kept.Log.objects.all().delete()
            kept.Email.objects.all().delete()
            return
        unsend()


def _queued(letter: Letter, message_id: str) -> dict[str, Any]:
    """A mail as django-post_office takes many at once."""
    message = compose(letter, message_id=message_id)
    return {
        "recipients": message.to,
        "sender": message.from_email,
        "subject": message.subject,
        "message": message.body,
        "html_message": str(message.alternatives[0][0]),
        "headers": message.extra_headers,
    }


def unsend() -> None:
    """Let every mail wait as before."""
    Attempt.objects.all().delete()
    Reminder.objects.update(state="planned")
    lease: dict[str, Any] = {"lease_token": None, "lease_until": None}
    Digest.objects.update(state="pending", sent_at=None, attempts=0, **lease)


def letters() -> list[tuple[Letter, str]]:
    """Every mail that waits, as it would be said now."""
    waiting = Digest.objects.queued(NOW).order_by("available_at")
    said = review(waiting, now=NOW, shared=shared_addresses(NOW))
    return [(said[each.pk], each.message_id) for each in waiting if each.pk in said]
