"""Where outgoing mail goes in the demonstration: into a table that a page shows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from email.utils import format_datetime

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from project.models import Mail

_dated: ContextVar[datetime | None] = ContextVar("dated", default=None)


@contextmanager
def mail_dated(now: datetime) -> Iterator[None]:
    """Mail that leaves within carries this time, not that of the machine."""
    token = _dated.set(now)
    try:
        yield
    finally:
        _dated.reset(token)


class MailboxBackend(BaseEmailBackend):
    """Keeps every message; nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = _dated.get() or timezone.now()
        for each in email_messages:
            each.extra_headers = {"Date": format_datetime(now), **each.extra_headers}
            Mail.objects.create(
                kept_at=now,
                recipients="\n".join(each.recipients()),
                subject=str(each.subject),
                source=each.message().as_bytes(),
            )
        return len(email_messages)
