"""The steps of a heat table can be told apart by everybody, in the light and in the dark.

The number is always printed; the colour alone has to say as much: darker is more (or lighter, in
the dark), and no two steps look alike to those who do not see red, green or blue.
"""

import re
from itertools import combinations, pairwise

import pytest

from tests.contracts.source import PACKAGE

pytestmark = pytest.mark.exhaustive  # no database is in it

CSS = (PACKAGE / "static/change_tracker/ct.css").read_text()
TOKEN = re.compile(r"--_h(\d)(-ink)?: var\(--ct-heat-[\w-]+, light-dark\((#\w+), (#\w+)\)\)")
STEPS = range(6)
#: What is left of linear red, green and blue (Machado, Oliveira and Fernandes, 2009).
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
#: Two colours so far apart are told from each other at a glance.
APART = 10
READABLE = 4.5

Colour = tuple[float, float, float]


def colours(scheme: str, *, ink: bool = False) -> dict[int, Colour]:
    """The colours of the steps, as linear red, green and blue."""
    found = {
        int(step): linear(light if scheme == "light" else dark)
        for step, is_ink, light, dark in TOKEN.findall(CSS)
        if bool(is_ink) is ink
    }
    assert sorted(found) == list(STEPS)
    return found


def linear(code: str) -> Colour:
    """`#abc` or `#aabbcc` as light."""
    code = code.lstrip("#")
    code = "".join(each * 2 for each in code) if len(code) == 3 else code
    values = [int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in values)
    return red, green, blue


def seen(colour: Colour, eye: str) -> Colour:
    """What such an eye makes of it."""
    red, green, blue = (
        min(max(sum(part * light for part, light in zip(row, colour, strict=True)), 0), 1)
        for row in EYES[eye]
    )
    return red, green, blue


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def lab(colour: Colour) -> Colour:
    """CIE L*a*b* under daylight (D65)."""
    red, green, blue = colour
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in (x, luminance(colour), z)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Colour, other: Colour) -> float:
    pairs = zip(lab(one), lab(other), strict=True)
    return float(sum((first - second) ** 2 for first, second in pairs) ** 0.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_no_two_steps_look_alike(scheme: str, eye: str) -> None:
    steps = {step: seen(colour, eye) for step, colour in colours(scheme).items()}

    alike = {
        pair: round(distance(steps[pair[0]], steps[pair[1]]), 1)
        for pair in combinations(STEPS, 2)
        if distance(steps[pair[0]], steps[pair[1]]) < APART
    }

    assert alike == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_more_is_always_darker_or_in_the_dark_lighter(scheme: str, eye: str) -> None:
    lightness = [lab(seen(colour, eye))[0] for _step, colour in sorted(colours(scheme).items())]
    falls = [before > after for before, after in pairwise(lightness)]

    assert set(falls) == {scheme == "light"}, lightness


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_number_can_be_read_on_every_step(scheme: str) -> None:
    inks = colours(scheme, ink=True)

    for step, colour in colours(scheme).items():
        dark, light = sorted((luminance(colour), luminance(inks[step])))
        assert (light + 0.05) / (dark + 0.05) >= READABLE, step


def test_browsers_without_schemes_get_the_colours_of_the_light() -> None:
    plain = dict(re.findall(r"--_h(\d): var\(--ct-heat-\d, (#\w+)\);", CSS))

    assert {int(step): linear(code) for step, code in plain.items()} == colours("light")
