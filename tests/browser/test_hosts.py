"""The same pages in the templates of hosts that know nothing of us: `admin` is in test_pages."""

from collections.abc import Sequence
from typing import Any, Literal

import pytest

from tests.browser.accessibility import axe
from tests.browser.looks import NARROW, lost_with_keyboard, sideways
from tests.browser.pages import PAGES, with_each
from tests.browser.window import DESK, PHONE, Window

Look = tuple[tuple[int, int], Literal["light", "dark"]]
HOSTS = ("bare", "bootstrap")
#: Our own frame is the same around all pages: one of each sort shows it.
FRAMED = ("my training", "item", "initiative", "register", "plan", "team")
#: Each page at a phone by day or at a desk by night: in the other host, and its neighbours, the
#: other way.
LOOKS: tuple[Look, Look] = ((PHONE, "light"), (DESK, "dark"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.parametrize(
        ("host", "name"),
        [
            *with_each(HOSTS),
            *(("shell", name) for name in FRAMED),
        ],
        indirect=["host"],
    ),
]


def test_it_can_be_read_and_used_there(host: str, name: str, window: Window) -> None:
    page = window.open(name)
    found: dict[Any, list[str]] = {}
    for (width, height), scheme in looks_of(host, name):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found[width, scheme] = axe(page)
    page.set_viewport_size({"width": NARROW, "height": 640})
    found[NARROW, "sideways"] = sideways(page)
    found[NARROW, "keyboard"] = lost_with_keyboard(page)

    assert not any(found.values()), found


def looks_of(host: str, name: str) -> Sequence[Look]:
    """Further states change their host line by line, so how they are looked at every other line."""
    if host not in HOSTS:
        return LOOKS
    return [LOOKS[(list(PAGES).index(name) // 2 + HOSTS.index(host)) % len(LOOKS)]]
