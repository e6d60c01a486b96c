"""One server, one Chromium and one world for all tests of this folder.

The rows are made before the browser starts, and no test touches the database afterwards: what it
wants to know it reads from a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.languages import right_to_left
from tests.browser.scene import MOMENT, Scene, make_scene
from tests.browser.stylesheets import kept_stylesheets
from tests.browser.window import Window
from tests.selection import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    # A page lives too briefly for the better compilers, or for memory to be worth collecting.
    "--js-flags=--no-opt --no-maglev --min-semi-space-size=32 --max-semi-space-size=64",
)
SITE = {
    "MIDDLEWARE": [
        "tests.browser.inturn.InTurn",
        *settings.MIDDLEWARE,
        "tests.browser.policy.StrictPolicy",
    ],
    "STATICFILES_DIRS": [HERE / "static"],
    # The browser's clock is not ours: cookies must not end by it.
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "CSRF_COOKIE_AGE": None,
}


@pytest.fixture(autouse=True)
def _django_db_helper() -> None:
    """No transaction around a test: beside Playwright's loop it would be on another connection."""


@pytest.fixture(scope="package")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Scene, str]]:
    """The rows, and the address of the server that shows them."""
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(time_machine.travel(MOMENT, tick=True))
        stack.enter_context(override_settings(**SITE))
        stack.enter_context(right_to_left())
        stack.callback(call_command, "flush", interactive=False, verbosity=0)
        scene = make_scene()
        with kept_stylesheets():
            server = LiveServer("127.0.0.1")
        stack.callback(server.stop)
        yield scene, server.url


@pytest.fixture(scope="package")
def chromium(site: tuple[Scene, str]) -> Iterator[Browser]:
    """Debian's Chromium; started after the rows were made."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def opened(site: tuple[Scene, str], chromium: Browser) -> Window:
    """The window that all tests use, one after the other."""
    scene, address = site
    return Window(chromium, scene, address)


@pytest.fixture
def window(opened: Window) -> Iterator[Window]:
    """A browser window as if it were new; what the browser refused there fails the test."""
    yield opened.cleared()
    assert opened.complaints == []


@contextmanager
def inside(host: str) -> Iterator[None]:
    """The templates of another host instead of those of the demonstration, which is `intranet`;
    `shell`: of none."""
    if host == "intranet":
        yield
        return
    templates = [dict(settings.TEMPLATES[0], DIRS=[HERE / "hosts" / host])]
    with override_settings(TEMPLATES=templates):
        yield


@pytest.fixture(scope="module")
def host(request: pytest.FixtureRequest, site: tuple[Scene, str]) -> Iterator[str]:
    """Pages are shown inside the host that the parameter names; templates are read once for it."""
    with inside(request.param):
        yield request.param
