"""What is said once for many mails: headers that are read and folded once, and time limits."""

import socket
import string
import threading
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import HeaderRegistry
from typing import Any

import django
import pytest
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from hypothesis import example, given
from hypothesis import strategies as st

from change_tracker.reminders import message as messages
from change_tracker.reminders.mail import _compact
from change_tracker.reminders.message import PLAIN, Message
from change_tracker.reminders.transport import Watch, watched

with_policy = pytest.mark.skipif(django.VERSION < (6, 0), reason="Django builds them otherwise")
LETTERS = "abcäöü 0123456789,.;:@<>\"'()[]=?_-"
words = st.text(LETTERS, max_size=120)


def built(subject: str, body: str) -> Message:
    found = Message(
        subject,
        body,
        "Änderung <change@example.org>",
        ["sam@example.org"],
        reply_to=["lead@example.org"],
        headers={
            "Message-ID": "<ct.1@example.org>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": "<https://intranet.example/change/mail/" + "x" * 120 + "/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    found.attach_alternative(f"<p>{body}</p>", "text/html")
    return found


def headers_of(built_mail: Message) -> list[tuple[str, str]]:
    """As they go to the server, without what is drawn by chance or by the clock."""
    sent: Any = built_mail.message(policy=policy.SMTP)
    for part in sent.walk():
        if part.is_multipart():
            part.set_boundary("b")
    del sent["Date"]
    raw = sent.as_bytes().decode()
    return [tuple(line.split(":", 1)) for line in raw.split("\r\n\r\n")[0].split("\r\n")]


@with_policy
@given(subjects=st.lists(words, min_size=2, max_size=4), body=words)
def test_a_mail_is_the_same_whatever_was_sent_before(subjects: list[str], body: str) -> None:
    in_turn = [headers_of(built(subject, body)) for subject in subjects]
    alone = []
    for subject in subjects:
        known, messages.HEADERS = messages.HEADERS, messages.Headers()
        messages._with_our_headers.cache_clear()
        try:
            alone.append(headers_of(built(subject, body)))
        finally:
            messages.HEADERS = known
            messages._with_our_headers.cache_clear()
    assert in_turn == alone


NAMES = ["From", "To", "Reply-To", "Subject", "Date", "Content-Type"]
moments = st.datetimes(timezones=st.just(UTC)).map(lambda each: each.replace(microsecond=0))
values = words | st.text(string.printable, max_size=90) | st.from_regex(PLAIN, fullmatch=True)


@with_policy
@given(st.sampled_from(NAMES), values)
@example("To", "sam@example.org")
@example("To", "s" * 60 + "@example.org")
@example("Subject", "2 trainings by Friday, 3 July")
@example("Subject", "=?utf-8?q?Hello?=")
@example("Subject", "Two  spaces ")
@example("Subject", "short " * 20)
def test_headers_are_read_as_python_reads_them(name: str, value: str) -> None:
    ours, pythons = messages.Headers(), HeaderRegistry()
    try:
        expected = pythons(name, value)
    except (AttributeError, IndexError) as error:  # Python stumbles over some words
        with pytest.raises(type(error)):
            ours(name, value)
        return
    # The second time it is what was kept.
    for rule in (policy.SMTP, policy.SMTP.clone(), policy.default):
        found = ours(name, value)
        assert (str(found), str(found.defects)) == (str(expected), str(expected.defects))
        assert getattr(found, "addresses", 0) == getattr(expected, "addresses", 0)
        assert found.fold(policy=rule) == expected.fold(policy=rule)


@with_policy
@given(moments, st.integers(0, 999_999))
def test_a_moment_is_told_to_the_second(moment: datetime, microsecond: int) -> None:
    found = messages.Headers()("Date", moment.replace(microsecond=microsecond))
    assert found == HeaderRegistry()("Date", moment)


@with_policy
@pytest.mark.parametrize(
    "known",
    ["", messages.BOUNDARY[:12], messages.BOUNDARY],
    ids=["nothing", "a part of the boundary", "the boundary"],
)
def test_no_text_can_end_its_part_whoever_has_read_an_earlier_mail(known: str) -> None:
    mail_of = built("Hello", f"Hello\n\n--{known}\n\nmore\n--{known}--\n.\nFrom Sam")
    sent = message_from_bytes(mail_of.message(policy=policy.SMTP).as_bytes(), policy=policy.SMTP)
    text, html = sent.iter_parts()
    assert text.get_content().splitlines() == mail_of.body.splitlines()
    assert html.get_content().splitlines() == str(mail_of.alternatives[0][0]).splitlines()
    assert (sent.get_boundary() == messages.BOUNDARY) is (known != messages.BOUNDARY)


def smtp() -> Any:
    """Django's SMTP backend, which is not connected."""
    name: Any = {"alias": "default"} if hasattr(mail, "mailers") else {}
    return EmailBackend(host="localhost", port=25, **name)


@with_policy
@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_plain_address_is_what_django_makes_of_it(address: str) -> None:
    assert smtp().prep_address(address) == address


@with_policy
def test_other_addresses_are_still_read() -> None:
    backend = watched(smtp(), Watch(), seconds=60)
    assert backend.prep_address("Jo <jo@example.org>") == "jo@example.org"
    assert backend.prep_address("jo@bücher.example") == "jo@xn--bcher-kva.example"
    with pytest.raises(ValueError, match="Invalid address"):
        backend.prep_address("jo@example.org\nBcc: all@example.org")


def test_html_loses_its_indentation_and_nothing_else() -> None:
    html = '\n<p style="margin:0;\n          padding:0">\n   Hello\n   Sam,  good day\n</p>\n'
    assert _compact(html) == '<p style="margin:0;\npadding:0">\nHello\nSam,  good day\n</p>'


class Session:
    """As much of an SMTP session as a watch knows."""

    def __init__(self) -> None:
        self.sock, self.server = socket.socketpair()

    def close(self) -> None:
        self.sock.close()
        self.server.close()

    def is_cut(self, within: float) -> bool:
        self.server.settimeout(within)
        try:
            return self.server.recv(1) == b""
        except TimeoutError:
            return False


def waiting() -> int:
    return sum(each.name == Watch.NAME for each in threading.enumerate())


def nobody_waits() -> bool:
    """Soon: a thread takes a moment to end."""
    ends_at = time.monotonic() + 5
    while waiting() and time.monotonic() < ends_at:
        time.sleep(0.01)
    return not waiting()


def test_a_message_is_cut_off_when_its_own_time_is_over() -> None:
    watch = Watch()
    for seconds, is_late in ((60, False), (0.2, True)):
        watch.session = session = Session()  # type: ignore[assignment]
        watch.start(seconds)
        if not is_late:
            watch.stop()
        assert session.is_cut(within=0.5) is is_late
        assert watch.is_over is is_late
        session.close()
    # The one that was waiting for a minute heard of the shorter time, and is gone.
    assert nobody_waits()


def test_the_next_message_has_its_time_from_its_own_beginning() -> None:
    watch = Watch()
    watch.session = session = Session()  # type: ignore[assignment]
    watch.start(0.3)
    watch.stop()
    time.sleep(0.2)
    watch.start(0.6)
    assert not session.is_cut(within=0.3)
    assert session.is_cut(within=1)
    session.close()


def test_one_thread_watches_over_many_messages_and_goes_with_them() -> None:
    watch = Watch()
    for _ in range(20):
        watch.start(60)
        assert waiting() == 1
        watch.stop()
    watch.end()
    assert nobody_waits()
