"""What an error of a mail backend means for the mail that was handed to it."""

import logging
import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass

from change_tracker.reminders.models import Attempt

log = logging.getLogger(__name__)
Outcome = Attempt.Outcome
#: The server says so and closes the connection.
CLOSING = 421
#: The server and we do not mean the same mail any more: it is the connection that is wrong.
OUT_OF_STEP = 503
#: The mail is larger than the server takes, which it may say of the sender's command.
TOO_LARGE = 552
#: What a service that is asked by HTTP answers when the message itself is at fault.
OF_THE_MESSAGE = {400, 413, 422}
#: Errors, by the names of their classes, after which a request may have arrived all the same; and
#: those of which it is known that there was no connection.
IN_DOUBT = {
    *("TimeoutError", "ReadTimeout", "ReadTimeoutError"),
    *("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError", "RemoteDisconnected"),
}
NOT_CONNECTED = {
    *("ConnectionRefusedError", "ConnectTimeout", "ConnectTimeoutError", "NewConnectionError"),
    *("gaierror", "NameResolutionError"),
}
#: Celery's word that a task has to end, which is nobody's answer; known here by name only.
HAS_TO_END = "SoftTimeLimitExceeded"
ADDRESS = re.compile(r"[^\s<>,;:()]+@[^\s<>,;:()]+")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one try ended, as the log keeps it: without addresses."""

    outcome: Attempt.Outcome
    code: int | None = None
    detail: str = ""


class NoAnswerError(smtplib.SMTPServerDisconnected):
    """The whole message was handed over, and the server did not say whether it took it."""


def of_smtp(error: Exception, *, timed_out: bool) -> Delivery:
    """To be repeated, refused for good, or not known: SMTP says exactly which."""
    if isinstance(error, NoAnswerError):
        return Delivery(Outcome.UNKNOWN, detail="no answer to the message")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _by_code(code, said)
    if isinstance(error, smtplib.SMTPResponseException):
        # Who may send here, as whom: that is wrong for every mail until somebody puts it right.
        of_sender = isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != TOO_LARGE
        return (_later if of_sender else _by_code)(error.smtp_code, error.smtp_error)
    if timed_out or isinstance(error, OSError):
        detail = "took longer than the deadline" if timed_out else _named(error)
        return Delivery(Outcome.DEFERRED, detail=detail)
    # A header or an address that no server would take; repeating cannot help.
    return Delivery(Outcome.REFUSED, detail=plain(str(error)))


def of_service(error: Exception) -> Delivery:
    """The same of a backend that is not Django's SMTP one, whose errors may be of any class.

    What it answered counts, where it has a `status_code`. Without an answer the mail may have
    arrived; anything else is tried again. Raises `error` where the task has to end.
    """
    let_end(error)
    code = getattr(error, "status_code", None)
    of_the_mail = isinstance(error, ValueError) and not isinstance(error, OSError)
    if of_the_mail or code in OF_THE_MESSAGE:
        return Delivery(Outcome.REFUSED, detail=_named(error))
    names = set(_names(error))
    if not isinstance(code, int) and names & IN_DOUBT and not names & NOT_CONNECTED:
        return Delivery(Outcome.UNKNOWN, detail=_named(error))
    log.warning("A mail backend failed.", exc_info=error)
    return Delivery(Outcome.DEFERRED, detail=_named(error))


def let_end(error: Exception) -> None:
    """Raise `error` again where it says that the task has to end."""
    if HAS_TO_END in _names(error):
        raise error


def _names(error: BaseException) -> Iterator[str]:
    """What the classes of an error, and of those from which it came, are called."""
    cause: BaseException | None = error
    while cause is not None:
        for kind in type(cause).__mro__:
            yield kind.__name__
        cause = cause.__cause__ or cause.__context__


def _by_code(code: int, said: bytes | str) -> Delivery:
    if 500 <= code < 600 and code != OUT_OF_STEP:
        return Delivery(Outcome.REFUSED, code, plain(said))
    return _later(code, said)


def _later(code: int, said: bytes | str) -> Delivery:
    return Delivery(Outcome.DEFERRED, code if code > 0 else None, plain(said))


def _named(error: Exception) -> str:
    return plain(f"{type(error).__name__}: {error}")


def plain(said: bytes | str) -> str:
    """What a server said, on one line, without addresses and control characters, cut."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = "".join(each if each.isprintable() else " " for each in ADDRESS.sub("…@…", text))
    return " ".join(text.split())[:300]
