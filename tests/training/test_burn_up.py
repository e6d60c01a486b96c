"""The picture of done against plan: what its lines say, and where their figures stand."""

from datetime import date, timedelta
from itertools import product

import pytest

from change_tracker.training.burnup import BOTTOM, TOP, BurnUp, Label, burn_up

TODAY = date(2026, 11, 18)
#: A figure of three digits with its word, in units of the frame; a line of text is this high.
FRAME_WIDTH, TEXT_WIDTH, TEXT_HEIGHT = 520, 90, 18


def picture(due: dict[int, int], done: dict[int, int], total: int) -> BurnUp:
    """By days from today."""
    chart = burn_up(_by_day(due), _by_day(done), total, TODAY)
    assert chart is not None
    return chart


def _by_day(counts: dict[int, int]) -> dict[date, int]:
    return {TODAY + timedelta(days): count for days, count in counts.items()}


def test_nothing_is_drawn_where_nothing_has_a_date() -> None:
    assert burn_up({}, {TODAY: 3}, 3, TODAY) is None


def test_weeks_say_what_was_to_be_done_and_what_is() -> None:
    chart = picture({-10: 2, 5: 3}, {-9: 1, 0: 1}, total=5)

    by_week = [(week.planned, week.done) for week in chart.weeks]
    assert by_week == [(2, 0), (2, 1), (2, 2), (5, None)]
    assert (chart.planned_now, chart.done_now) == (2, 2)


def test_a_date_as_good_as_never_leaves_room_for_the_others() -> None:
    chart = burn_up({TODAY + timedelta(10): 3, date.max: 2}, {TODAY: 1}, 5, TODAY)

    assert chart is not None
    assert chart.weeks[-1].begins_on < TODAY + timedelta(weeks=105)
    assert [week.planned for week in chart.weeks][-1] == 3
    assert (chart.total, chart.done_now) == (5, 1)


def _span(label: Label) -> tuple[int, int]:
    x = label.x
    return (x - TEXT_WIDTH, x) if label.anchor == "end" else (x, x + TEXT_WIDTH)


@pytest.mark.parametrize(
    ("begun", "ends", "planned", "done"),
    list(product((0, 20, 90), (1, 20, 90), (0, 50, 100), (0, 48, 100))),
)
def test_the_two_figures_stand_within_the_frame_and_apart(
    begun: int, ends: int, planned: int, done: int
) -> None:
    chart = picture({-begun: planned, ends: 100 - planned}, {-begun: done}, total=100)

    labels = (chart.done_label, chart.plan_label)
    for label in labels:
        left, right = _span(label)
        assert left >= 0
        assert right <= FRAME_WIDTH
        assert TOP <= label.y <= BOTTOM
    (one, other), (first, second) = (_span(each) for each in labels), labels
    beside = one[1] <= other[0] or other[1] <= one[0]
    assert beside or abs(first.y - second.y) >= TEXT_HEIGHT
