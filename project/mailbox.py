"""Where outgoing mail goes in the demonstration: into a table that a page shows."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from project.models import Mail


class MailboxBackend(BaseEmailBackend):
    """Keeps every message; nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for each in email_messages:
            Mail.objects.create(
                recipients="\n".join(each.recipients()),
                subject=str(each.subject),
                source=each.message().as_bytes(),
            )
        return len(email_messages)
