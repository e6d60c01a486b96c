"""Commands that are sent ahead of their answers: less waiting, and no other end than without."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.mail import EmailMessage

from change_tracker.reminders import transport
from change_tracker.reminders.outcomes import Delivery, Outcome
from change_tracker.reminders.transport import Postman
from tests.reminders.conftest import use_server

ORDER = {"MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on", ".": "250 taken"}


@dataclass
class Transaction:
    """What a server holds of one mail: until its message, a reset or the end there is no other."""

    sender: str = ""
    to: list[str] = field(default_factory=list)
    message: list[str] | None = None

    def takes(self, line: str) -> bool:
        """Whether it is a line of the message."""
        if self.message is None or line == ".":
            return False
        self.message.append(line)
        return True

    def refusal(self, verb: str) -> str:
        return "503 nested MAIL command" if verb == "MAIL" and self.sender else ""

    def follow(self, line: str, answer: str) -> None:
        """What the answer to a command leaves."""
        verb, is_well = line[:4].upper(), answer.startswith("2")
        if verb == "MAIL" and is_well:
            self.sender = line
        elif verb == "RCPT" and is_well:
            self.to.append(line)
        elif verb in {".", "RSET"}:
            self.sender, self.to = "", []
        self.message = [] if answer.startswith("354") else None


@dataclass
class Server:
    """One that keeps to its script: `answers` are taken from the front for each command, then all
    is well; "" hangs up. A message is read only after a 354, whoever it is for. `taken` are the
    recipients of each message that was taken, and how many lines it had.
    """

    pipelining: bool
    answers: dict[str, list[str]] = field(default_factory=dict)
    heard: list[list[str]] = field(default_factory=list)
    taken: list[tuple[list[str], int]] = field(default_factory=list)
    port: int = 0

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _address = listening.accept()
            except OSError:
                return  # closed: the test is over
            with client, suppress(ConnectionError):
                self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        self._say(client, "220 hello")
        held = Transaction()
        while read := client.recv(65_536):
            lines = read.decode().removesuffix("\r\n").split("\r\n")
            self.heard.append([each[:4].upper() for each in lines])
            for line in lines:
                if held.takes(line):
                    continue
                verb = line[:4].upper()
                if not (answer := held.refusal(verb) or self._answer(verb)):
                    return
                if verb == "." and answer.startswith("2"):
                    self.taken.append((held.to, len(held.message or ())))
                held.follow(line, answer)
                self._say(client, answer)
                if answer.startswith("421"):
                    return

    def _answer(self, verb: str) -> str:
        if verb == "EHLO":
            return "250-here\r\n250-PIPELINING\r\n250 SIZE 99999" if self.pipelining else "250 here"
        if verb == "QUIT":
            return "221 bye"
        if scripted := self.answers.get(verb):
            return scripted.pop(0)
        return ORDER.get(verb, "250 OK")

    @staticmethod
    def _say(client: socket.socket, answer: str) -> None:
        client.sendall(f"{answer}\r\n".encode())


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=[listening], daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def message(to: str = "sam@example.org", sender: str = "change@example.org") -> EmailMessage:
    return EmailMessage("Hello", "One line\n.\nand another", sender, [to])


def sent(server: Server, *mails: EmailMessage) -> list[Delivery]:
    with Postman(deadline_seconds=20) as postman:
        return [postman.deliver(each) for each in mails]


@pytest.mark.parametrize("pipelining", [True, False])
def test_who_offers_it_hears_all_of_it_at_once(pipelining: bool, settings: Any) -> None:
    with serving(Server(pipelining)) as server:
        use_server(settings, server.port)
        ends = sent(server, message(), message())
    assert [each.outcome for each in ends] == [Outcome.SENT, Outcome.SENT]
    before_the_message = [each for each in server.heard if {"MAIL", "RCPT", "DATA"} & {*each}]
    one = [["MAIL", "RCPT", "DATA"]] if pipelining else [["MAIL"], ["RCPT"], ["DATA"]]
    assert before_the_message == 2 * one


REFUSALS = [
    {verb: [f"{code} no"]}
    for verb in ORDER
    for code in (421, 450, 452, 550, 552)
] + [
    # Who refuses the sender refuses what follows, too.
    {"MAIL": ["550 no"], "RCPT": ["503 first a sender"], "DATA": ["503 first a recipient"]},
    {"RCPT": ["550 no such person"], "DATA": ["554 nobody to give it to"]},
    # And one that asks for the message all the same.
    {"RCPT": ["550 no such person"], "DATA": ["354 go on"]},
    {"MAIL": ["451 later"], "RCPT": ["503 no"], "DATA": ["354 go on"]},
]  # fmt: skip


@pytest.mark.parametrize("script", REFUSALS, ids=str)
def test_a_refusal_ends_as_without_and_the_next_mail_leaves(
    script: dict[str, list[str]], settings: Any
) -> None:
    """One after another, a server answers only what it was asked."""
    ends = {}
    for pipelining in (True, False):
        asked = script
        if not pipelining and (first := next(iter(script))) in {"MAIL", "RCPT"}:
            asked = {first: script[first]}
        answers = {verb: list(some) for verb, some in asked.items()}
        with serving(Server(pipelining, answers)) as server:
            use_server(settings, server.port)
            ends[pipelining] = sent(server, message(), message())
        assert not any(server.answers.values())
        assert [(len(to), lines > 3) for to, lines in server.taken] == [(1, True)]
    assert ends[True] == ends[False]
    refused, after = ends[True]
    assert refused.outcome in {Outcome.REFUSED, Outcome.DEFERRED}
    assert refused.code == int(next(iter(script.values()))[0][:3])
    assert after == Delivery(Outcome.SENT)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("verb", "outcome"),
    [("MAIL", "deferred"), ("RCPT", "deferred"), ("DATA", "deferred"), (".", "unknown")],
)
def test_only_a_whole_message_without_an_answer_is_in_doubt(
    pipelining: bool, verb: str, outcome: str, settings: Any
) -> None:
    with serving(Server(pipelining, {verb: [""]})) as server:
        use_server(settings, server.port)
        first, second = sent(server, message(), message())
    assert first.outcome == outcome
    assert second == Delivery(Outcome.SENT)


def test_what_would_be_another_command_goes_ahead_of_nothing(settings: Any) -> None:
    with serving(Server(pipelining=True)) as server:
        use_server(settings, server.port)
        odd = message(to="sam@example.org\r\nRCPT TO:<all@example.org>")
        first, second = sent(server, odd, message())
    assert first.outcome == Outcome.REFUSED
    assert second == Delivery(Outcome.SENT)
    assert [each for each in server.heard if "RCPT" in each] == [["MAIL", "RCPT", "DATA"]]


def test_a_name_beside_the_address_is_left_out_of_the_commands(settings: Any) -> None:
    with serving(Server(pipelining=True)) as server:
        use_server(settings, server.port)
        ends = sent(server, message(sender="Änderung <change@example.org>"))
    assert ends == [Delivery(Outcome.SENT)]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("251 taken, and sent on", "sent"),
        ("299 whatever", "sent"),
        ("354 go on", "unknown"),
        ("taken, I think", "unknown"),
        ("250 " + "so it is " * 2000, "unknown"),
        ("421 not now", "deferred"),
    ],
    ids=lambda said: said[:9],
)
def test_the_answer_to_a_message_is_read_as_it_was_meant(
    pipelining: bool, said: str, outcome: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who still waits for a message answers no goodbye.
    monkeypatch.setattr(transport, "GOODBYE_SECONDS", 0.5)
    with serving(Server(pipelining, {".": [said]})) as server:
        use_server(settings, server.port)
        first, second = sent(server, message(), message())
    assert first.outcome == outcome
    assert second == Delivery(Outcome.SENT)


@pytest.mark.parametrize("pipelining", [True, False])
def test_an_acceptance_that_is_none_delivers_no_empty_mail(pipelining: bool, settings: Any) -> None:
    with serving(Server(pipelining, {"RCPT": ["252 cannot verify, but will take it"]})) as server:
        use_server(settings, server.port)
        first, second = sent(server, message("ann@example.org"), message())
    assert first.outcome == "deferred"
    assert second == Delivery(Outcome.SENT)
    assert [(len(to), lines > 3) for to, lines in server.taken] == [(1, True)]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_who_is_interrupted_leaves_no_empty_mail_behind(
    verb: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by Celery, whose word that time is up comes from outside, at any moment."""

    class TimeIsUp(Exception):  # noqa: N818  as Celery's
        pass

    def interrupt(self: smtplib.SMTP, *args: Any) -> Any:
        raise TimeIsUp

    with serving(Server(pipelining=True)) as server:
        use_server(settings, server.port)
        with Postman(deadline_seconds=20) as postman:
            assert postman.deliver(message()) == Delivery(Outcome.SENT)
            with monkeypatch.context() as patched:
                patched.setattr(smtplib.SMTP, verb.lower(), interrupt)
                with pytest.raises(TimeIsUp):
                    postman.deliver(message("ann@example.org"))
    assert len(server.taken) == 1


def test_a_mailer_that_is_to_fail_silently_says_all_the_same(settings: Any) -> None:
    with serving(Server(pipelining=True, answers={".": [""]})) as server:
        use_server(settings, server.port)
        postman = Postman(deadline_seconds=20)
        assert postman._backend.fail_silently is False
        assert postman.deliver(message()).outcome == "unknown"
        postman.hang_up()
