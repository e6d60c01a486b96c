"""What is looked for on an open page; each returns what is wrong, so that a test can say it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.browser.accessibility import axe
from tests.browser.scripts import script
from tests.browser.window import DESK

if TYPE_CHECKING:
    from playwright.sync_api import Page

NARROW = 320
#: A sheet of A4 between its margins, in pixels of CSS.
SHEET = (718, 1047)


def forced_colours(page: Page) -> list[str]:
    """What axe finds at a desk in the colours that a reader forces upon the page."""
    _at(page, DESK)
    page.emulate_media(forced_colors="active", color_scheme="light")
    # Which colours stand on which is then the reader's choice, and not what axe computes.
    found = axe(page, without=["color-contrast"])
    page.emulate_media(forced_colors="none")
    return found


def beyond_paper(page: Page) -> list[str]:
    """What does not fit on a sheet of A4."""
    page.emulate_media(media="print")
    _at(page, SHEET)
    found = sideways(page)
    page.emulate_media(media="screen")
    return found


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    found: list[str] = page.evaluate(script("sideways"))
    return found


def covered(page: Page) -> list[str]:
    """Words that a button stands upon."""
    found: list[str] = page.evaluate(script("covered"))
    return found


def cut_by_spacing(page: Page) -> list[str]:
    """Text that does not fit any more when a reader widens its spacing."""
    found: list[str] = page.evaluate(script("spacing"))
    found += sideways(page)
    page.evaluate("document.adoptedStyleSheets = []")
    return found


def lost_with_keyboard(page: Page) -> list[str]:
    """What Tab does not reach, reaches out of order, or shows no focus on."""
    wanted: list[str] = page.evaluate(script("stops"))
    problems: list[str] = []
    reached = -1
    for now in _steps(page, len(wanted)):
        if now["at"] in {reached, -1}:  # a part of the same element, or a box that scrolls
            continue
        if now["at"] != reached + 1:
            return [*problems, f"after {wanted[reached]} comes {now['html']}"]
        reached = now["at"]
        if not now["seen"]:
            problems.append(f"shows no focus: {now['html']}")
        if not now["open"]:
            problems.append(f"is covered: {now['html']}")
    return problems if reached == len(wanted) - 1 else [*problems, f"never: {wanted[reached + 1]}"]


def _steps(page: Page, stops: int) -> Iterator[dict[str, Any]]:
    """Where Tab leads, until it has been at the last stop; a date has several within one."""
    missing = stops
    for _ in range(20):
        for _ in range(missing):  # held down: it goes on as with a press for each
            page.keyboard.down("Tab")
        page.keyboard.up("Tab")
        trail: list[dict[str, Any]] = page.evaluate(script("trail"))
        yield from trail
        missing = stops - 1 - max(step["at"] for step in trail)
        if missing <= 0:
            return


def _at(page: Page, size: tuple[int, int]) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
