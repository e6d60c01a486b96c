"""Every page, at a phone and at a desk, light and dark, in English, German and right to left."""

from typing import Literal

import pytest

from tests.browser.languages import LANGUAGES
from tests.browser.looks import (
    NARROW,
    axe,
    cut_by_spacing,
    lost_with_keyboard,
    sideways,
)
from tests.browser.pages import PAGES
from tests.browser.window import DESK, PHONE, Window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.parametrize("name", PAGES),
]
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
def test_axe_finds_nothing_against_wcag_22_aa(name: str, language: str, window: Window) -> None:
    page = window.open(name, language)
    found = {}
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found[width, scheme] = axe(page)

    assert not any(found.values()), found


@every_language
def test_it_does_not_scroll_sideways(name: str, language: str, window: Window) -> None:
    page = window.open(name, language, (NARROW, 640))

    found = {NARROW: sideways(page)}
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        found[width] = sideways(page)

    assert not any(found.values()), found


@every_language
def test_wide_spacing_of_text_clips_nothing(name: str, language: str, window: Window) -> None:
    page = window.open(name, language)
    found = {}
    for width, height in ((NARROW, 640), PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        found[width] = cut_by_spacing(page)

    assert not any(found.values()), found


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    name: str, size: tuple[int, int], window: Window
) -> None:
    assert lost_with_keyboard(window.open(name, size=size)) == []
