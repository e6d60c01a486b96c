"""A mail server that takes everything, in a process of its own.

So what it costs is not counted to whoever sends. `python -m benchmarks.sink` says its port; it
keeps nothing, or the Message-IDs in a file that it is given the name of.
"""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from aiosmtpd.controller import Controller
from django.core import mail
from django.test import override_settings

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Everything:
    """Takes every message; writes down which, where it has somewhere to."""

    def __init__(self, kept: IO[bytes] | None) -> None:
        self.kept = kept

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, answers: list[str]
    ) -> list[str]:
        """With what Postfix, Exim and Exchange offer, and the library behind this can do."""
        session.host_name = hostname
        return [*answers[:-1], "250-PIPELINING", answers[-1]]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.kept and (found := MESSAGE_ID.search(envelope.content)):
            self.kept.write(found[1] + b"\n")
            self.kept.flush()
        return "250 OK"


@contextmanager
def sink(*kept: str) -> Iterator[int]:
    """Let Django send to such a server; its port. `kept`: a file for the Message-IDs."""
    command = [sys.executable, "-m", "benchmarks.sink", *kept]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], **pipes) as server:  # noqa: S603
        try:
            port = int(server.stdout.readline())  # type: ignore[union-attr]  # a pipe
            with override_settings(**_settings(port)):
                yield port
        finally:
            server.kill()


def _settings(port: int) -> dict[str, Any]:
    if hasattr(mail, "mailers"):
        options = {"host": "127.0.0.1", "port": port, "timeout": 15}
        return {"MAILERS": {"default": {"BACKEND": SMTP, "OPTIONS": options}}}
    server = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port, "EMAIL_TIMEOUT": 15}
    return {"EMAIL_BACKEND": SMTP, **server}


def main() -> None:
    """Serve until whoever started it is gone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = Path(sys.argv[1]).open("ab") if sys.argv[1:] else None  # noqa: SIM115  until the end
    controller = Controller(Everything(kept), hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
