"""Dots on the hill: on the curve, none upon another, and never only a picture."""

from itertools import combinations
from math import dist

import pytest

from change_tracker.mitigation.hill import APART, MOST_DOTS, phase_of, places_of, point_of


@pytest.mark.parametrize(
    ("position", "point"), [(0, (10, 140)), (50, (260, 34)), (100, (510, 140))]
)
def test_the_curve_has_its_foot_and_its_top(position: int, point: tuple[int, int]) -> None:
    assert point_of(position) == point


@pytest.mark.parametrize("position", [0, 10, 50, 100])
def test_dots_at_one_position_do_not_lie_on_each_other(position: int) -> None:
    places = places_of([position] * MOST_DOTS)

    assert min(dist(one, other) for one, other in combinations(places, 2)) >= APART


def test_a_dot_with_room_stands_where_its_action_is() -> None:
    assert places_of([20, 80]) == [point_of(20), point_of(80)]


def test_the_sides_have_words() -> None:
    assert [str(phase_of(each)) for each in (0, 49, 50, 100)] == [
        "finding out",
        "finding out",
        "getting it done",
        "getting it done",
    ]
