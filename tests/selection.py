"""Which tests run here: those that need a server only when they were asked for, and said so.

`make test` leaves out what is marked `services`, `postgres` or `races`; with
CHANGE_TRACKER_SERVICES=1 (`make test-services`) everything runs, and a server that does not answer
ends the run at once. What is marked `races` runs on MariaDB as well.
What is marked `browser` runs with CHANGE_TRACKER_BROWSER=1 (`make test-browser`) and ends the run
where Chromium is missing; `validator` beside it needs Java and what npm installs, which only a
run with CI=true demands.
What is marked `shared_data` needs the folder that CHANGE_TRACKER_SHARED_DATA names.
On MariaDB, which is asked last, what may not touch a database is left out: it has been asked with
the oldest and with the newest of what we support, and no database has a say in it.
What asks through a page or an endpoint is marked `edge` here, by what it is given.
"""

import os
import shutil
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from redis import Redis, RedisError

ON_REQUEST = {
    "tests marked services": "make test-services",
    "tests marked postgres": "make test-services",
    "tests marked races": "make test-services",
    "tests marked browser": "make test-browser",
    "tests marked validator": "install java and npm, then make test-browser",
    "tests marked shared_data": "CHANGE_TRACKER_SHARED_DATA=<folder> before the command",
    "tests without a database": "make test",
    "files of tests in a browser": "make test-browser",
}
BROWSER = Path(__file__).with_name("browser")
FROM_NPM = Path(__file__).parents[1] / "node_modules"
VALIDATOR = FROM_NPM / "vnu-jar/build/dist/vnu.jar"
CALENDARS = FROM_NPM / "ical.js"
#: What pytest-django gives a database to; whoever has none of them and no mark is refused one.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}
#: What signs somebody in for a test.
EDGE_FIXTURES = {"sign_in", "client", "admin_client"}
left_out = pytest.StashKey["Counter[str]"]()


def missing_means() -> list[str]:
    """The markers whose tests cannot run here."""
    missing = [] if services_wanted() else ["services", "postgres"]
    if connection.vendor == "sqlite":
        missing.append("races")
    if not browser_wanted():
        missing.append("browser")
    elif not validator_is_here():
        missing.append("validator")
    folder = os.environ.get("CHANGE_TRACKER_SHARED_DATA", "")
    if not (folder and Path(folder).is_dir()):
        missing.append("shared_data")
    return missing


def services_wanted() -> bool:
    return os.environ.get("CHANGE_TRACKER_SERVICES") == "1"


def browser_wanted() -> bool:
    return os.environ.get("CHANGE_TRACKER_BROWSER") == "1"


def find_chromium() -> str:
    """Where Chromium is, rather the one without windows, which is quicker; empty for none."""
    named = os.environ.get("CHROMIUM", "")
    names = (named, "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), "")


def validator_is_here() -> bool:
    installed = VALIDATOR.exists() and CALENDARS.exists()
    return installed and all(map(shutil.which, ("java", "node")))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[left_out] = Counter[str]()


def pytest_sessionstart(session: pytest.Session) -> None:
    if services_wanted() and not hasattr(session.config, "workerinput"):
        demand_postgresql()
        demand_redis()
    if browser_wanted():
        demand_browser()


def demand_browser() -> None:
    if not find_chromium():
        pytest.exit("Chromium is missing: apt install chromium, or name it in CHROMIUM.", 3)
    if not all(find_spec(name) for name in ("playwright", "axe_playwright_python", "ics")):
        pytest.exit("The packages of the group “browser” are missing: make test-browser.", 3)
    if os.environ.get("CI") and not validator_is_here():
        pytest.exit("The validator or ical.js is missing: java, and npm to install them.", 3)


def demand_postgresql() -> None:
    settings = connections["default"].settings_dict
    if connections["default"].vendor != "postgresql":
        pytest.exit("DATABASE_URL names no PostgreSQL server.", returncode=3)
    import psycopg

    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: settings[key] for name, key in names.items() if settings[key]}
    try:
        psycopg.connect(dbname="postgres", connect_timeout=5, **given).close()
    except psycopg.Error as error:
        pytest.exit(f"PostgreSQL does not answer: {error}", returncode=3)


def demand_redis() -> None:
    url = os.environ.get("REDIS_URL", "")
    if not url:
        pytest.exit("REDIS_URL names no Redis server.", returncode=3)
    try:
        Redis.from_url(url, socket_connect_timeout=5).ping()
    except RedisError as error:
        pytest.exit(f"Redis does not answer at {url}: {error}", returncode=3)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A quarter of all tests is made in a folder that most runs need not look into; who wants
    tests in a browser only, need not look into files that have none.
    """
    if browser_wanted():
        return True if only_browser(config) and has_none_for_it(collection_path) else None
    if collection_path != BROWSER:
        return None
    files = [*BROWSER.glob("test_*.py")]
    config.stash[left_out]["files of tests in a browser"] = len(files)
    return True


def only_browser(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "browser")


def has_none_for_it(path: Path) -> bool:
    """Whether it is a file of tests none of which is marked `browser`."""
    return path.match("test_*.py") and "mark.browser" not in path.read_text("utf-8")


def touches_a_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(fixtures))


def why_not(item: pytest.Item, missing: list[str]) -> str:
    """Why it does not run here; empty for what runs."""
    if connection.vendor == "mysql" and not touches_a_database(item):
        return "tests without a database"
    return next((f"tests marked {name}" for name in missing if item.get_closest_marker(name)), "")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marked before anything is chosen by marks."""
    if EDGE_FIXTURES.intersection(getattr(item, "fixturenames", ())):
        item.add_marker("edge")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = missing_means()
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        if reason := why_not(item, missing):
            config.stash[left_out][reason] += 1
        (dropped if reason else kept).append(item)
    # Long ones first: at the end nobody waits for one of them.
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("long") is None)
    if dropped:
        config.hook.pytest_deselected(items=dropped)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        found = session.config.stash[left_out]
        session.config.workeroutput["left_out"] = dict(found)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Every xdist worker collects, so every worker leaves out the same: one report is enough."""
    found: Counter[str] = node.config.stash[left_out]
    found |= Counter(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for reason, count in config.stash[left_out].items():
        what = reason if count > 1 else reason.replace("s ", " ", 1)
        terminalreporter.write_line(f"Left out: {count} {what}. To run: {ON_REQUEST[reason]}")
