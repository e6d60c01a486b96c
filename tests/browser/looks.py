"""What is looked for on an open page; each returns what is wrong, so that a test can say it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.browser.window import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

WCAG22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = 320


def axe(page: Page) -> list[str]:
    """What axe-core finds in the page as it stands.

    It runs through the browser's own debugger, so the page's policy stays in force.
    """
    from axe_playwright_python.base import AXE_FILE_PATH

    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found: list[str] = page.evaluate(script("axe"), WCAG22_AA)
    return found


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    found: list[str] = page.evaluate(script("sideways"))
    return found


def cut_by_spacing(page: Page) -> list[str]:
    """Text that does not fit any more when a reader widens its spacing."""
    found: list[str] = page.evaluate(script("spacing"))
    return found + sideways(page)


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
        for _ in range(missing):
            page.keyboard.press("Tab")
        trail: list[dict[str, Any]] = page.evaluate(script("trail"))
        yield from trail
        missing = stops - 1 - max(step["at"] for step in trail)
        if missing <= 0:
            return
