"""A supervisor's processes end with it, however stubborn they are and however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from project import BASE_DIR
from project.supervisor import ChildDiedError, Supervisor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SECONDS = 20


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


def wait_for_pid(file: Path) -> int:
    deadline = time.monotonic() + SECONDS
    while not (file.exists() and file.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"{file} never came"
        time.sleep(0.02)
    return int(file.read_text())


def is_alive(pid: int) -> bool:
    """Whether it runs; what has ended and only waits to be fetched does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def has_ended(pid: int) -> bool:
    """Whether it ends: the kernel takes a moment over what nobody waits for."""
    deadline = time.monotonic() + SECONDS
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path, environ=os.environ, grace_seconds=0.5)


def test_a_child_that_ignores_the_polite_way_is_ended_with_what_it_forked(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    supervisor.start("stubborn", shell(f"trap '' TERM; sleep 60 & echo $! > {pid}; wait"))
    forked = wait_for_pid(pid)
    supervisor.stop()
    assert has_ended(forked)


def test_a_child_that_dies_is_named_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    supervisor.start("lasting", shell("sleep 60"))
    supervisor.start("failing", shell("echo no disk left; exit 3"))
    with pytest.raises(ChildDiedError, match=r"failing ended with status 3[\s\S]*no disk left"):
        supervisor.wait_until(lambda: False, seconds=SECONDS)
    supervisor.stop()


def test_an_errand_may_end_well_but_not_fail(supervisor: Supervisor) -> None:
    supervisor.start_errand("good", shell("exit 0"))
    assert supervisor.wait_until(supervisor.errands_done, seconds=SECONDS)
    supervisor.start_errand("bad", shell("exit 1"))
    with pytest.raises(ChildDiedError, match="bad failed"):
        supervisor.wait_until(lambda: False, seconds=SECONDS)
    supervisor.stop()


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"""
import os, pathlib
from project.supervisor import Supervisor
supervisor = Supervisor(pathlib.Path({str(tmp_path)!r}), environ=os.environ)
supervisor.start("child", ["sh", "-c", "echo $$ > {pid}; exec sleep 60"])
supervisor.wait_until(lambda: False)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=BASE_DIR)
    child = wait_for_pid(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert has_ended(child)
