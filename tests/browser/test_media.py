"""Every page in the colours that a reader forced upon it, and on paper."""

import pytest

from tests.browser.looks import axe, sideways
from tests.browser.pages import PAGES
from tests.browser.window import DESK, Window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.parametrize("name", PAGES),
]
#: A sheet of A4 between its margins, in pixels of CSS.
SHEET = (718, 1047)


def test_it_is_read_in_forced_colours_and_fits_on_paper(name: str, window: Window) -> None:
    page = window.open(name, "en", DESK)

    page.emulate_media(forced_colors="active")
    # Which colours stand on which is then the reader's choice, and not what axe computes.
    forced = [each for each in axe(page) if not each.startswith("color-contrast:")]
    page.emulate_media(forced_colors="none", media="print")
    width, height = SHEET
    page.set_viewport_size({"width": width, "height": height})
    beyond = sideways(page)

    assert (forced, beyond) == ([], [])
