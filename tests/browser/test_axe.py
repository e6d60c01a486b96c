"""What axe reads of a page, which decides what is asked again when only colours changed."""

import pytest

from tests.browser.accessibility import OF_COLOURS, READ_BY_OTHERS, WCAG22_AA, axe
from tests.browser.scripts import script
from tests.browser.window import DESK, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("name", ["my training", "register", "team", "new plan", "plan"])
def test_no_rule_but_those_of_colours_reads_more_than_is_compared(
    name: str, window: Window
) -> None:
    page = window.open(name, size=DESK)
    readings: dict[str, list[str]] = page.evaluate(script("readings"), WCAG22_AA)

    more = {rule: sorted({*names} - {*READ_BY_OTHERS}) for rule, names in readings.items()}
    assert readings["target-size"]
    assert "background-color" in more["color-contrast"]
    assert {rule for rule, names in more.items() if names} <= {*OF_COLOURS}


@pytest.mark.parametrize(
    ("style", "broken"),
    [
        (".ct a { color: #333 !important }", "color-contrast"),
        (".ct label { display: none }", "label"),
    ],
)
def test_what_only_the_dark_breaks_is_found(style: str, broken: str, window: Window) -> None:
    """Its colours; and what they have nothing to do with, where the page has another shape."""
    page = window.open("new plan")
    page.evaluate(script("dark"), style)
    light = axe(page)
    page.emulate_media(color_scheme="dark")

    assert light == []
    assert {each.partition(":")[0] for each in axe(page)} == {broken}
