"""Every page, at a phone and at a desk, light and dark, in English, German and right to left.

A page is loaded once for each language and then turned about: what the browser does when a window
is resized, or when the reader chooses dark, is what it does for one that was opened like that; what
need not be asked again of the same page in other colours, `accessibility` says.
Nothing is left out of the product of pages, widths, schemes and languages; a further state of a
page is looked at in one of the languages. The German pages stand in the template of a host like
Django's admin; other hosts are in test_hosts. The English ones are also looked at in the colours
that a reader forced upon them, and both on paper.
"""

from typing import Any, Literal

import pytest

from tests.browser.accessibility import axe
from tests.browser.looks import (
    NARROW,
    beyond_paper,
    covered,
    cut_by_spacing,
    forced_colours,
    lost_with_keyboard,
    sideways,
)
from tests.browser.pages import with_each
from tests.browser.window import DESK, PHONE, Window

#: The template of which host is around the pages, and in which language they are.
FRAMES = (("intranet", "en"), ("admin", "de"), ("intranet", "ar"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.parametrize(
        ("host", "language", "name"),
        [(*frame, name) for frame, name in with_each(FRAMES)],
        indirect=["host"],
    ),
]
Scheme = Literal["light", "dark"]
#: At which widths a page is looked at, and there in which schemes: each begins as the last ended.
SIZES: tuple[tuple[tuple[int, int], tuple[Scheme, ...]], ...] = (
    ((NARROW, 640), ()),
    (PHONE, ("light", "dark")),
    (DESK, ("dark", "light")),
)
#: German words are long on paper, too.
PAPER = ("en", "de")
#: Where Tab is followed: in the host of the German pages as well, and the order is that of any.
KEYBOARD = {"en": (PHONE, DESK), "de": (PHONE,), "ar": ()}


def test_it_can_be_read_and_used(host: str, language: str, name: str, window: Window) -> None:
    """axe finds nothing, nothing is cut or beyond the edge, and Tab reaches everything in order."""
    page = window.open(name, language)
    found: dict[Any, list[str]] = {}
    for (width, height), schemes in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found["sideways", width] = sideways(page)
        found["covered", width] = covered(page)
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            found["axe", width, scheme] = axe(page)
        found["spacing", width] = cut_by_spacing(page)
    if language == "en":
        found["axe", "forced colours"] = forced_colours(page)
    if language in PAPER:
        found["sideways", "paper"] = beyond_paper(page)
    for width, height in KEYBOARD[language]:
        page.set_viewport_size({"width": width, "height": height})
        found["keyboard", width] = lost_with_keyboard(page)

    wrong = {where: problems for where, problems in found.items() if problems}
    assert not wrong, wrong
