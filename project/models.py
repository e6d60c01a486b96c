"""What the demonstration intranet stores: the mail that it would have sent."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from django.db import models
from django.urls import reverse


class MailQuerySet(models.QuerySet["Mail"]):
    def addressed_to(self, part: str) -> "MailQuerySet":
        """Mail with a recipient whose address contains `part`."""
        return self.filter(recipients__icontains=part)


class Mail(models.Model):
    """A message that left, byte for byte as a mail server would have received it."""

    kept_at = models.DateTimeField(auto_now_add=True, db_index=True)
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
