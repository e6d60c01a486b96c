"""What the demonstration intranet stores: the mail that it would have sent."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone


class MailQuerySet(models.QuerySet["Mail"]):
    def about(self, text: str) -> "MailQuerySet":
        """Mail in whose recipients or subject every word of `text` occurs."""
        found = self
        for word in text.split():
            found = found.filter(Q(recipients__icontains=word) | Q(subject__icontains=word))
        return found


class Mail(models.Model):
    """A message that left, byte for byte as a mail server would have received it."""

    kept_at = models.DateTimeField(default=timezone.now, db_index=True)
    recipients = models.TextField(help_text="Addresses of the envelope, one per line.")
    subject = models.TextField()
    source = models.BinaryField()

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at", "-pk"]
        verbose_name_plural = "mail"

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("mail", args=[self.pk])

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(bytes(self.source), policy=policy.default)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return list(self.message.items())

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


class Morning(models.Model):
    """A working morning on which the outbox was run ahead of, or behind, the machine's clock."""

    at = models.DateTimeField(unique=True)

    objects: models.Manager["Morning"] = models.Manager()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
