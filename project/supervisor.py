"""Processes that start together and end together, whatever ends them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildDiedError(Exception):
    """A process has ended that should not have. The message says which, and how its log ends."""


def end_with_parent() -> None:
    """Linux: have the kernel end this process when its parent is killed without a chance to."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs child processes, each in a session of its own.

    A session of its own, so that Ctrl-C in the terminal reaches the supervisor alone, and so that
    what a child forks ends with it.
    """

    def __init__(
        self, logs: Path, *, environ: Mapping[str, str], grace_seconds: float = 10
    ) -> None:
        self.ending = False
        self._logs = logs
        self._environ = environ
        self._grace_seconds = grace_seconds
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._errands: dict[str, subprocess.Popen[bytes]] = {}

    def end_on_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal set `ending`; nothing is raised."""
        for each in ENDING_SIGNALS:
            signal.signal(each, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ending = True

    def start(self, name: str, command: list[str]) -> None:
        """Start what runs until `stop()`; its output goes to its log."""
        with self.log(name).open("wb") as log:
            self._children[name] = self._popen(command, output=log.fileno())

    def start_errand(self, name: str, command: list[str]) -> None:
        """Start what ends by itself, with status 0 if all is well; its output is ours."""
        self._errands[name] = self._popen(command, output=None)

    def _popen(self, command: list[str], *, output: int | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  (the supervisor has no threads)
        )

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def last_words(self, name: str) -> str:
        """How the log of a child ends, to put behind a sentence."""
        lines = self.log(name).read_text(errors="replace").splitlines()[-15:]
        return "\n  ".join(["Its log ends so:", *lines])

    def errands_done(self) -> bool:
        return all(each.poll() == 0 for each in self._errands.values())

    def wait_until(self, done: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Watch the children until `done()`, a signal or the deadline; says whether it was done.

        Raises ChildDiedError as soon as one of them has ended or an errand has failed.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self.ending and (deadline is None or time.monotonic() < deadline):
            self._raise_for_the_dead()
            if done():
                return True
            time.sleep(0.05)
        return False

    def _raise_for_the_dead(self) -> None:
        for name, errand in self._errands.items():
            if errand.poll():
                raise ChildDiedError(f"{name} failed.")
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ChildDiedError(
                    f"{name} ended with status {child.returncode}. {self.last_words(name)}"
                )

    def stop(self) -> None:
        """End every child: politely, then, after the grace time, with what it forked, by force."""
        processes = [*self._errands.values(), *self._children.values()]
        for each in processes:
            if each.poll() is None:
                each.terminate()
        deadline = time.monotonic() + self._grace_seconds
        for each in processes:
            with suppress(subprocess.TimeoutExpired):
                each.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):  # nothing is left of its session
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()
