"""A real SMTP server for tests: it keeps what it takes, and fails in the ways that servers do."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

#: As an answer: the mail is taken, and the line goes dead.
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Mail:
    """One delivery that the sink took."""

    to: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def part(self, kind: str) -> str:
        """The text of the part `plain` or `html`."""
        body = self.message.get_body((kind,))
        assert body is not None, f"no {kind} part"
        return str(body.get_content())


@dataclass
class Sink:
    """What arrived, and how to answer next.

    `answer` is given to the next message after DATA ("250 OK" takes it), `answers` says it anew for
    each; `refuse` maps an address to the answer at RCPT; `drop_after_data` hangs up instead of
    answering, having taken the mail or not, and so does DROPPED as an answer, having taken it;
    `delay_seconds` is the time that each message takes, `pipelining` whether it offers that.
    """

    answer: str = "250 OK"
    answers: Callable[[], str] | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    drop_after_data: bool = False
    delay_seconds: float = 0.0
    pipelining: bool = True
    mails: list[Mail] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    host: str = "127.0.0.1"

    def to(self, address: str) -> list[Mail]:
        return [each for each in self.mails if address in each.to]

    def times_by_id(self) -> Counter[str]:
        return Counter(each.message_id for each in self.mails)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        offered = ["250-PIPELINING"] if self.pipelining else []
        return [*answers[:-1], *offered, answers[-1]]

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        answer = self.answers() if self.answers else self.answer
        if answer.startswith("250") or answer == DROPPED:
            content: Any = envelope.content
            message = message_from_bytes(content, policy=policy.default)
            recipients: Any = envelope.rcpt_tos
            self.mails.append(Mail(tuple(recipients), message))
        if self.drop_after_data or answer == DROPPED:
            transport: Any = server.transport
            transport.abort()
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink on a free port of this machine, in a thread of its own."""
    sink = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname=sink.host, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def dripping(text: bytes, *, seconds: float = 0.2, before: bytes = b"") -> Iterator[int]:
    """A server that says `before` at once and then `text` for ever, a byte at a time; its port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def serve() -> None:
            while not over.is_set():
                try:
                    client, _address = listening.accept()
                except TimeoutError:
                    continue
                with client:
                    _drip(client, before, text, seconds, over.is_set)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            over.set()
            thread.join(5)


def _drip(
    client: socket.socket, before: bytes, text: bytes, seconds: float, is_over: Callable[[], bool]
) -> None:
    try:
        client.sendall(before)
        while not is_over():
            for byte in text:
                client.sendall(bytes([byte]))
                time.sleep(seconds)
                if is_over():
                    return
    except OSError:
        return  # the other side has hung up
