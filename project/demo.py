"""The demonstration intranet in one command: data, web server, Celery worker and beat.

Nothing of Django is imported here: the web server and the preparation import it side by side,
so that the demonstration is there in half the time.
"""

import argparse
import fcntl
import http.client
import os
import shutil
import socket
import sys
from contextlib import suppress
from typing import TextIO

from project import BASE_DIR, DEMO_DIR
from project.supervisor import ChildDiedError, Supervisor

HOST = "127.0.0.1"
START_SECONDS = 60
LOGS = DEMO_DIR / "logs"
BROKER = DEMO_DIR / "broker"
FILES = DEMO_DIR / "files"
# Mail shall come while one is still looking; in production a tick a minute is right.
TICK_SECONDS = "10"


class CannotStartError(Exception):
    """The demonstration cannot start here and now; the message says what to do."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument("--reset", action="store_true", help="forget everything, start afresh")
    arguments = parser.parse_args()
    DEMO_DIR.mkdir(parents=True, exist_ok=True)
    try:
        refuse_taken(arguments.port)
        with (DEMO_DIR / "demo.lock").open("w") as lock:
            hold(lock)
            demonstrate(arguments.port, reset=arguments.reset)
    except (CannotStartError, ChildDiedError) as error:
        raise SystemExit(str(error)) from None


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            raise CannotStartError(
                f"Port {port} cannot be used, something else may listen there: choose another,"
                ' for example make demo ARGS="--port 8001"'
            ) from None


def hold(lock: TextIO) -> None:
    """Keep a second demonstration away from the same database and broker."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStartError(f"A demonstration already runs from {DEMO_DIR}.") from None


def demonstrate(port: int, *, reset: bool) -> None:
    if reset:
        for folder in (BROKER, LOGS, FILES):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in (LOGS, BROKER / "queue", BROKER / "control"):
        folder.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(LOGS, environ=environment(port))
    supervisor.end_on_signals()
    try:
        supervisor.start_errand("The preparation", preparation(reset=reset))
        supervisor.start("web", web(port))
        supervisor.wait_until(supervisor.errands_done)
        supervisor.wait_until(lambda: status_of(port) is not None, seconds=START_SECONDS)
        if not supervisor.ending:
            refuse_error(status_of(port), supervisor)
            supervisor.start("worker", worker())
            supervisor.start("beat", beat())
            print(welcome(port), flush=True)
            supervisor.wait_until(lambda: False)
    finally:
        supervisor.stop()
    print("Stopped.", flush=True)


def environment(port: int) -> dict[str, str]:
    """What the processes see: our environment, and where this demonstration is to be found."""
    defaults = {"SITE_URL": f"http://{HOST}:{port}", "TICK_SECONDS": TICK_SECONDS, "DEBUG": "0"}
    return defaults | os.environ | {"DEMO_DIR": str(DEMO_DIR), "PYTHONUNBUFFERED": "1"}


def preparation(*, reset: bool) -> list[str]:
    command = [sys.executable, str(BASE_DIR / "manage.py"), "prepare_demo"]
    return [*command, "--reset"] if reset else command


def web(port: int) -> list[str]:
    options = "--workers 1 --threads 8 --graceful-timeout 3 --no-control-socket --access-logfile -"
    where = ["--chdir", str(BASE_DIR), "--bind", f"{HOST}:{port}"]
    return [sys.executable, "-m", "gunicorn", "project.wsgi", *where, *options.split()]


def worker() -> list[str]:
    """SQLite takes one writer at a time: there, one process does all the work."""
    on_sqlite = os.environ.get("DATABASE_URL", "sqlite:").startswith("sqlite:")
    pool = "--pool solo --concurrency 1" if on_sqlite else "--pool prefork --concurrency 2"
    # Files as a broker carry tasks and nothing else.
    quiet = "--without-gossip --without-mingle --without-heartbeat"
    return celery("worker", *quiet.split(), *pool.split())


def beat() -> list[str]:
    return celery("beat", "--schedule", str(BROKER / "beat-schedule"))


def celery(command: str, *options: str) -> list[str]:
    app = ["--app", "project", "--workdir", str(BASE_DIR)]
    return [sys.executable, "-m", "celery", *app, command, "--loglevel", "info", *options]


def status_of(port: int) -> int | None:
    """The HTTP status of the login page, None while nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/login/")
        return connection.getresponse().status
    return None


def refuse_error(status: int | None, supervisor: Supervisor) -> None:
    if status != http.HTTPStatus.OK:
        fact = "nothing" if status is None else f"status {status}"
        raise CannotStartError(
            f"The web server answers with {fact}. {supervisor.last_words('web')}"
        )


def welcome(port: int) -> str:
    address = f"http://{HOST}:{port}/"
    return f"""
  Intranet  {address}
  Mailbox   {address}mailbox/
  Logs      {LOGS}

  Ctrl-C stops everything.
"""


if __name__ == "__main__":
    main()
