"""SMTP commands sent ahead of their answers, where the server takes that (RFC 2920)."""

import smtplib
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from change_tracker.reminders.outcomes import CLOSING

#: The server waits for the message.
GO_ON = 354


class Pipelining(smtplib.SMTP):
    """A session that says from whom, to whom and that a message follows in one breath: two times
    of waiting for the server instead of four.

    `smtplib` goes its way: a command that was sent ahead is not sent again, and its answer is read
    where it is looked for. Every error is the one that it was.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._ahead: deque[str] = deque()
        super().__init__(*args, **kwargs)

    @property
    def has_said_data(self) -> bool:
        """Whether the command before the message has been sent, and its answer not been read."""
        return "data" in self._ahead

    def sendmail(
        self,
        from_addr: str,
        to_addrs: Any,
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> Any:
        """Send a message; bytes for one recipient ahead of the answers."""
        self.ehlo_or_helo_if_needed()
        is_plain = isinstance(msg, bytes) and not mail_options and not rcpt_options
        if is_plain and not isinstance(to_addrs, str) and len(to_addrs) == 1:
            self._say_ahead(from_addr, *to_addrs, size=len(msg))
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)

    def _say_ahead(self, sender: str, recipient: str, *, size: int) -> None:
        sized = f" size={size}" if self.has_extn("size") else ""
        said = (
            f"mail from:{smtplib.quoteaddr(sender)}{sized}",
            f"rcpt to:{smtplib.quoteaddr(recipient)}",
            "data",
        )
        # What would be another command is refused in its own place, and nothing goes ahead of it.
        is_safe = all(each.isascii() and each.isprintable() for each in said)
        if self.has_extn("pipelining") and is_safe:
            self.send("".join(f"{each}{smtplib.CRLF}" for each in said))
            self._ahead.extend(("mail", "rcpt", "data"))

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command, unless it was sent ahead."""
        if self._ahead and self._ahead[0] == cmd:
            return
        self._forget_ahead()
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        """The answer to the oldest command that has none."""
        reply = super().getreply()
        if self._ahead:
            self._ahead.popleft()
        return reply

    def _forget_ahead(self) -> None:
        """Read the answers that nobody asks for any more. A server that waits for the message gets
        none: nothing is delivered of what ends without its dot, and a dot would deliver an empty
        one to whoever was accepted.
        """
        while self._ahead:
            code, _said = self.getreply()
            if code == GO_ON:
                self.close()

    def begin_anew(self, error: Exception) -> None:
        """Forget the mail whose message the server would not hear: it still has the sender and the
        recipient, and the next mail would go to them as well. `smtplib` forgets after all else.
        """
        if isinstance(error, smtplib.SMTPDataError) and error.smtp_code != CLOSING:
            with suppress(smtplib.SMTPServerDisconnected):
                self.rset()

    def close(self) -> None:
        """Close the connection; nothing is awaited any more."""
        self._ahead.clear()
        super().close()
