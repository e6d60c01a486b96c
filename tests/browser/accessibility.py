"""axe-core in an open page: WCAG 2.2 AA, and what need not be asked twice of the same page."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tests.browser.scripts import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

WCAG22_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: The rules whose verdict can change with the colours of a page alone; the last takes rows of
#: different colours for a sign of data where a table has no other.
OF_COLOURS = ("color-contrast", "link-in-text-block", "th-has-data-cells")
#: The styles that all other rules read. Where none of them, no box and no markup is different from
#: the look before, as when a reader chooses dark, these rules would say the same once more: only
#: those of colours are asked. That it is all they read is asked of axe itself in `test_axe`.
READ_BY_OTHERS = (
    *("display", "visibility", "content-visibility", "opacity", "pointer-events", "direction"),
    *("position", "float", "z-index", "width", "height", "overflow", "overflow-x", "overflow-y"),
    *("clip", "clip-path", "filter", "isolation", "mix-blend-mode", "perspective", "contain"),
    *("will-change", "mask-border", "-webkit-mask", "-webkit-mask-border", "-webkit-mask-image"),
    *("-webkit-transform", "-webkit-overflow-scrolling"),
)


def source() -> str:
    """What a window loads beside every page, so that `axe` finds it there."""
    from axe_playwright_python.base import AXE_FILE_PATH

    return f"{AXE_FILE_PATH.read_text('utf-8')};\n{script('remember')}"


def axe(page: Page, without: Collection[str] = ()) -> list[str]:
    """What axe-core finds in the page as it stands, by all rules but those `without`.

    It runs through the browser's own debugger, so the page's policy stays in force.
    """
    found: list[str] = page.evaluate(
        script("axe"),
        {
            "tags": WCAG22_AA,
            "colours": OF_COLOURS,
            "reads": READ_BY_OTHERS,
            "without": list(without),
        },
    )
    return found
