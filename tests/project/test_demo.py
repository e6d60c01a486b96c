"""The demonstration starts everything and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from project import BASE_DIR

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

PATIENCE_SECONDS = 60
PROCESSES = {"gunicorn": 2, "worker": 1, "beat": 1}
FOREIGN = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SITE_URL", "EMAIL_HOST"}


class Demo:
    """What `make demo` runs, in a folder and on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process = self.run(self.port)

    def run(self, port: int) -> subprocess.Popen[str]:
        kept = {key: value for key, value in os.environ.items() if key not in FOREIGN}
        return subprocess.Popen(
            [sys.executable, "-m", "project.demo", "--port", str(port)],
            cwd=BASE_DIR,
            env=kept | {"DEMO_DIR": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def welcome(self) -> str:
        """What it prints until all is there."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        return said

    def processes(self) -> dict[str, int]:
        """How many processes of each kind work in our folder."""
        lines = command_lines(self.folder)
        return {name: sum(f" {name} " in each for each in lines) for name in PROCESSES}


def command_lines(folder: Path) -> list[str]:
    """The command lines of the living processes that were given `folder` as DEMO_DIR."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            variables = (each / "environ").read_bytes().split(b"\0")
            if f"DEMO_DIR={folder}".encode() in variables:
                found.append((each / "cmdline").read_text().replace("\0", " "))
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    demo.process.terminate()
    demo.process.communicate(timeout=PATIENCE_SECONDS)


def test_everything_runs_until_ctrl_c_and_nothing_after(demo: Demo) -> None:
    said = demo.welcome()
    assert f"http://127.0.0.1:{demo.port}/" in said
    assert "Sign in as" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/mailbox/", timeout=10) as page:
        assert page.status == 200
    deadline = time.monotonic() + PATIENCE_SECONDS
    while demo.processes() != PROCESSES and time.monotonic() < deadline:
        time.sleep(0.1)
    assert demo.processes() == PROCESSES

    second, _ = demo.run(demo.port).communicate(timeout=PATIENCE_SECONDS)
    assert f"Port {demo.port} cannot be used" in second
    assert "--port" in second
    third, _ = demo.run(free_port()).communicate(timeout=PATIENCE_SECONDS)
    assert "A demonstration already runs" in third

    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert command_lines(demo.folder) == []
