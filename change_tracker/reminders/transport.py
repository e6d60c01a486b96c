"""Handing one message to the host's mail backend, within a total time.

Works with EMAIL_* settings and with MAILERS (Django 6.1 and later) alike.
"""

import smtplib
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from math import inf
from socket import SHUT_RDWR
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Any

from django.core import mail
from django.core.mail.backends.smtp import EmailBackend

from change_tracker.reminders.message import PLAIN
from change_tracker.reminders.outcomes import (
    CLOSING,
    OUT_OF_STEP,
    Delivery,
    NoAnswerError,
    Outcome,
    let_end,
    of_service,
    of_smtp,
)
from change_tracker.reminders.pipelining import Pipelining

#: Saying goodbye to a server may take so long.
GOODBYE_SECONDS = 5.0
#: What Django's backend raises for a mail that cannot leave, by any connection: Python's own
#: parser of addresses, for one, ends with whatever it stumbles upon.
OF_THE_MAIL = (OSError, ValueError, LookupError, AttributeError, TypeError)


class Watch:
    """Cuts the connection when a message has taken too long.

    A socket's timeout is for one operation: a server that sends a byte a second is never late.
    So another thread shuts the socket down; the one that waits on it gets an error at once, and no
    half-sent message can leave afterwards, as it could from an abandoned thread.
    Backends that are not Django's SMTP one bring their own limits; the lease covers them.
    """

    NAME = "change-tracker-mail-watch"

    def __init__(self) -> None:
        self.session: smtplib.SMTP | None = None
        self.is_over = False
        self._ends_at: float | None = None
        self._wakes_at = inf
        self._changed = Condition()

    def start(self, seconds: float) -> None:
        """Give what follows so many seconds in all."""
        with self._changed:
            self.is_over = False
            self._ends_at = monotonic() + seconds
            if self._wakes_at == inf:
                self._wakes_at = self._ends_at
                Thread(target=self._wait, name=self.NAME, daemon=True).start()
            elif self._ends_at < self._wakes_at:
                self._changed.notify()

    def stop(self) -> None:
        """It is done; a cut that has not begun yet does nothing any more."""
        with self._changed:
            self._ends_at = None

    def end(self) -> None:
        """Nothing follows: who waits goes."""
        with self._changed:
            self._ends_at = None
            self._changed.notify()

    def _wait(self) -> None:
        """Until time is up, or nothing is timed any more.

        It is not woken for each message: when it wakes for one that is done, it waits for the one
        that is on its way by then.
        """
        with self._changed:
            while self._ends_at is not None and (left := self._ends_at - monotonic()) > 0:
                self._wakes_at = self._ends_at
                self._changed.wait(left)
            self._wakes_at = inf
            if self._ends_at is not None:
                self._ends_at = None
                self._cut()

    def _cut(self) -> None:
        self.is_over = True
        sock = getattr(self.session, "sock", None)
        if sock is not None:
            with suppress(OSError):  # closed by itself in the meantime
                sock.shutdown(SHUT_RDWR)

    def check(self) -> None:
        """Raise when time ran out before there was a socket to cut, as in a slow name lookup."""
        if self.is_over:
            raise TimeoutError


def watched(backend: Any, watch: Watch, *, seconds: float) -> Any:
    """`backend`, whose SMTP sessions make themselves known to `watch`, and no wait of which takes
    longer than `seconds`.

    Django's backend keeps no reference to a session that is still greeting; so its class is
    extended at the one place that makes sessions.
    """
    if not isinstance(backend, EmailBackend):
        return backend
    kind: Any = type(backend)

    class Watched(kind):  # type: ignore[misc]  # whichever SMTP backend the host has
        @property
        def connection_class(self) -> type[smtplib.SMTP]:
            return _session_class(super().connection_class, watch)

        def prep_address(self, address: str, **options: Any) -> str:
            """Django reads every word of an address, which takes as long as sending the mail."""
            if PLAIN.fullmatch(address):
                return address
            return read(address, **options)

    @lru_cache(maxsize=8)
    def read(address: str, **options: Any) -> str:
        """The sender, above all, who is the same in every mail."""
        return str(kind.prep_address(backend, address, **options))

    backend.__class__ = Watched
    # Each wait for the server ends by then, also one that nobody can cut: a TLS handshake.
    backend.timeout = min(backend.timeout or seconds, seconds)
    # A mail that failed without a word would be taken for one that nobody took.
    backend.fail_silently = False
    return backend


def _session_class(kind: Any, watch: Watch) -> type[smtplib.SMTP]:
    class Session(Pipelining, kind):  # type: ignore[misc]  # SMTP or SMTP_SSL
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            watch.session = self
            self.sends = 0
            super().__init__(*args, **kwargs)

        def getreply(self) -> Any:
            watch.check()
            return super().getreply()

        def send(self, data: Any) -> None:
            watch.check()
            super().send(data)
            self.sends += 1

        def data(self, message: Any) -> Any:
            # The command, unless it was sent ahead, then the message with its final dot.
            handed = self.sends + (1 if self.has_said_data else 2)
            try:
                answer = super().data(message)
            except OSError as error:
                # After all of it the message may be taken.
                if self.sends == handed:
                    raise NoAnswerError(str(error)) from error
                self.begin_anew(error)
                raise
            return _read(*answer)

    return Session


def _read(code: int, said: bytes) -> tuple[int, bytes]:
    """The answer to a whole message: any of 2yz takes it, 4yz and 5yz refuse it (RFC 5321, 4.2.1).
    Raises NoAnswerError for what says neither.
    """
    if 200 <= code < 300:
        return 250, said
    if not 400 <= code < 600:
        raise NoAnswerError("an answer that says nothing")
    return code, said


class Postman:
    """One connection to the mail server, kept over many messages. A context manager."""

    def __init__(self, *, deadline_seconds: float) -> None:
        """Raises Django's error when no mailer is configured, before anything is claimed."""
        self._deadline = deadline_seconds
        self._watch = Watch()
        self._backend = watched(configured_backend(), self._watch, seconds=deadline_seconds)
        self._is_smtp = isinstance(self._backend, EmailBackend)
        self._errors = OF_THE_MAIL if self._is_smtp else (Exception,)

    def __enter__(self) -> "Postman":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()

    def deliver(self, message: mail.EmailMessage) -> Delivery:
        """Send `message`; every failure of the server comes back as an outcome."""
        self._watch.start(self._deadline)
        delivery = self._connect() or self._send(message)
        self._watch.stop()
        if delivery.outcome != Outcome.SENT and self._is_lost(delivery):
            self.hang_up()
        return delivery

    def _is_lost(self, delivery: Delivery) -> bool:
        """Whether no other mail may leave over the connection on which one failed."""
        session = self._watch.session
        has_ended = session is not None and session.sock is None
        return has_ended or delivery.code in {None, CLOSING, OUT_OF_STEP}

    def _connect(self) -> Delivery | None:
        """None when there is a connection. Whatever fails here is not the mail's fault."""
        try:
            self._backend.open()
        except Exception as error:  # noqa: BLE001  a backend of a service may raise anything
            let_end(error)
            failed = self._outcome_of(error)
            return replace(failed, outcome=Outcome.DEFERRED)
        return None

    def _send(self, message: mail.EmailMessage) -> Delivery:
        try:
            count = self._backend.send_messages([message])
        except self._errors as error:
            return self._outcome_of(error)
        # Backends that count answer with the count; others say nothing when all is well.
        if count == 0:
            return Delivery(Outcome.DEFERRED, detail="the mail backend took nothing")
        return Delivery(Outcome.SENT)

    def _outcome_of(self, error: Exception) -> Delivery:
        if self._is_smtp:
            return of_smtp(error, timed_out=self._watch.is_over)
        return of_service(error)

    def hang_up(self) -> None:
        """Close the connection; the next message opens a new one."""
        self._watch.start(min(GOODBYE_SECONDS, self._deadline))
        with suppress(OSError):  # it is gone, which is what was wanted
            self._backend.close()
        self._watch.end()


def configured_backend() -> Any:
    """The host's default mail backend, not yet connected."""
    mailers = getattr(mail, "mailers", None)  # Django 6.1 and later
    return mail.get_connection() if mailers is None else mailers.default
