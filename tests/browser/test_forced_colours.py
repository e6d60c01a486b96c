"""Pictures in the colours that a reader forced upon the page, under a host that is always light."""

import pytest

from tests.browser.window import DESK, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
#: The reader's own ground and ink, and those of a picture.
COLOURS = """
() => {
  document.documentElement.style.colorScheme = "light";
  const sample = "<svg><g fill='Canvas' stroke='CanvasText' /></svg>";
  document.body.insertAdjacentHTML("beforeend", sample);
  const reader = getComputedStyle(document.querySelector("body > svg > g"));
  const of = (found, name) => getComputedStyle(document.querySelector(found))[name];
  return {
    reader: [reader.fill, reader.stroke],
    hill: [of(".ct-dot", "fill"), of(".ct-chart text:not(.ct-dot__n)", "fill")],
  };
}
"""


def test_a_picture_stands_on_the_ground_of_the_reader(window: Window) -> None:
    page = window.open("initiative", "en", DESK)
    page.emulate_media(forced_colors="active", color_scheme="dark")

    seen = page.evaluate(COLOURS)

    assert seen["reader"] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert seen["hill"] == seen["reader"]
