"""What becomes of a mail by the error that its backend ended with."""

import smtplib
import socket
from http.client import RemoteDisconnected
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from change_tracker.reminders.attach import new_message_id, sender_domain
from change_tracker.reminders.outcomes import Delivery, Outcome, of_service, of_smtp
from change_tracker.reminders.transport import Postman


class ReadTimeout(OSError):  # noqa: N818  its name is what counts
    """As the library that asks services calls it."""


class ConnectTimeout(ReadTimeout):
    pass


class ServiceError(Exception):
    """As the backends of services raise it: no OSError, with what was answered, if anything."""

    def __init__(self, status_code: int | None = None) -> None:
        super().__init__("sam@example.org was not welcome")
        self.status_code = status_code


class SoftTimeLimitExceeded(Exception):  # noqa: N818  as Celery's
    pass


def came_from(cause: BaseException) -> Exception:
    """An error of the service that came from another."""
    error = ServiceError()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ServiceError(429), "deferred"),
        (ServiceError(401), "deferred"),
        (ServiceError(503), "deferred"),
        (ServiceError(422), "refused"),
        (ServiceError(), "deferred"),
        (ValueError("a header with a line break"), "refused"),
        (OSError("no space left"), "deferred"),
        (ConnectionRefusedError(), "deferred"),
        (came_from(ConnectionRefusedError()), "deferred"),
        (came_from(socket.gaierror()), "deferred"),
        (ConnectTimeout(), "deferred"),
        (ReadTimeout(), "unknown"),
        (TimeoutError(), "unknown"),
        (came_from(ReadTimeout()), "unknown"),
        (came_from(RemoteDisconnected("before an answer")), "unknown"),
        (ConnectionResetError(), "unknown"),
    ],
    ids=repr,
)
def test_a_service_is_believed_and_silence_after_the_request_is_doubt(
    error: Exception, outcome: str
) -> None:
    delivery = of_service(error)

    assert delivery.outcome == outcome
    assert "@example" not in delivery.detail


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (smtplib.SMTPSenderRefused(530, b"authenticate first", "a@b"), "deferred"),
        (smtplib.SMTPSenderRefused(550, b"not as this sender", "a@b"), "deferred"),
        (smtplib.SMTPSenderRefused(552, b"too large", "a@b"), "refused"),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"nobody here")}), "refused"),
        (smtplib.SMTPRecipientsRefused({"a@b": (503, b"first a sender")}), "deferred"),
        (smtplib.SMTPDataError(554, b"spam"), "refused"),
        (smtplib.SMTPDataError(451, b"later"), "deferred"),
        (AttributeError("of Python's parser, for an address such as jo@[10.0.0.1"), "refused"),
        (OSError("gone"), "deferred"),
    ],
    ids=repr,
)
def test_smtp_says_whose_fault_it_is(error: Exception, outcome: str) -> None:
    assert of_smtp(error, timed_out=False).outcome == outcome


class Service(BaseEmailBackend):
    """A host's backend that is not SMTP, and fails."""

    error: ClassVar[Exception]

    def open(self) -> None:
        if isinstance(self.error, PermissionError):
            raise self.error

    def send_messages(self, email_messages: Any) -> int:
        raise self.error


def deliver(settings: Any, error: Exception) -> Delivery:
    Service.error = error
    path = f"{__name__}.Service"
    if hasattr(mail, "mailers"):
        settings.MAILERS = {"default": {"BACKEND": path}}
    else:
        settings.EMAIL_BACKEND = path
    with Postman(deadline_seconds=5) as postman:
        return postman.deliver(EmailMessage("Hello", "…", "a@example.org", ["b@example.org"]))


def test_no_error_of_a_service_ends_the_round(settings: Any) -> None:
    assert deliver(settings, ServiceError(503)).outcome == Outcome.DEFERRED
    assert deliver(settings, PermissionError("the key is wrong")).outcome == Outcome.DEFERRED


def test_a_task_that_has_to_end_ends(settings: Any) -> None:
    with pytest.raises(SoftTimeLimitExceeded):
        deliver(settings, SoftTimeLimitExceeded())


def test_the_domain_of_a_message_id_is_written_in_ascii(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"FROM_EMAIL": "Änderung <change@bücher.example>"}

    made = new_message_id(sender_domain())

    assert made.endswith("@xn--bcher-kva.example>")
    message = EmailMessage("Hello", "…", "a@example.org", headers={"Message-ID": made}).message()
    assert f"Message-ID: {made}" in message.as_string()
