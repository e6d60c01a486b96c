"""When work is due: every rule, every date that is impossible, and which of several wins."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from change_tracker.training.rules import Due, Moved, Rule, Way, due_of

TODAY = date(2026, 11, 18)
LONG_AGO = date(2026, 1, 1)
NONE = Rule()


def fixed(day: date) -> Rule:
    return Rule("fixed", day)


def joining(days: int) -> Rule:
    return Rule("joined_group", None, days)


def way(rule: Rule, joined_on: date = LONG_AGO, assigned_on: date = TODAY) -> Way:
    return Way(rule, joined_on, assigned_on)


@pytest.mark.parametrize(
    ("item", "place", "ways", "on", "moved"),
    [
        # the group's rule
        (NONE, 1, [way(fixed(date(2026, 11, 30)))], date(2026, 11, 30), None),
        (NONE, 1, [way(joining(14), TODAY)], date(2026, 12, 2), None),
        (NONE, 1, [way(joining(14), date(2026, 11, 10))], date(2026, 11, 24), None),
        (NONE, 1, [way(NONE)], None, None),
        (NONE, 1, [], None, None),
        # the item's own rule wins over the group's, also over an earlier date
        (fixed(date(2026, 12, 24)), 1, [way(fixed(date(2026, 11, 30)))], date(2026, 12, 24), None),
        (joining(7), 1, [way(fixed(date(2026, 12, 31)), TODAY)], date(2026, 11, 25), None),
        (joining(7), 1, [way(NONE, TODAY)], date(2026, 11, 25), None),
        # several groups: the earliest
        (
            NONE,
            1,
            [way(fixed(date(2026, 12, 1))), way(fixed(date(2026, 11, 25)))],
            date(2026, 11, 25),
            None,
        ),
        (NONE, 1, [way(NONE), way(fixed(date(2026, 12, 1)))], date(2026, 12, 1), None),
        (
            joining(10),
            1,
            [way(NONE, TODAY), way(NONE, date(2026, 11, 15))],
            date(2026, 11, 25),
            None,
        ),
        # before assigning: a fixed date moves to the first possible day
        (NONE, 1, [way(fixed(date(2026, 11, 17)))], date(2026, 11, 19), Moved.PAST),
        (NONE, 3, [way(fixed(date(2026, 11, 17)))], date(2026, 11, 21), Moved.PAST),
        # days after joining that are over start again on the day of assigning
        (NONE, 1, [way(joining(14), LONG_AGO)], date(2026, 12, 2), Moved.PAST),
        (NONE, 5, [way(joining(2), LONG_AGO)], date(2026, 11, 23), Moved.PAST),
        # sooner than a day for each item
        (NONE, 1, [way(fixed(TODAY))], date(2026, 11, 19), Moved.TOO_SOON),
        (NONE, 1, [way(fixed(date(2026, 11, 19)))], date(2026, 11, 19), None),
        (NONE, 4, [way(fixed(date(2026, 11, 20)))], date(2026, 11, 22), Moved.TOO_SOON),
        (NONE, 2, [way(fixed(date(2026, 11, 20)))], date(2026, 11, 20), None),
        # a possible date wins over a later one that had to move
        (
            NONE,
            1,
            [way(joining(30), LONG_AGO), way(fixed(date(2026, 11, 26)))],
            date(2026, 11, 26),
            None,
        ),
    ],
)
def test_the_date_of_an_item(
    item: Rule, place: int, ways: list[Way], on: date | None, moved: Moved | None
) -> None:
    due = due_of(item, place, ways)

    assert (due.on, due.moved) == (on, moved)


def test_a_moved_date_says_what_the_rule_wanted() -> None:
    due = due_of(NONE, 2, [way(fixed(date(2026, 11, 1)))])

    assert due == Due(date(2026, 11, 20), "fixed", None, date(2026, 11, 1), Moved.PAST)


def test_a_date_that_was_possible_when_assigned_stays() -> None:
    assert due_of(NONE, 1, [way(fixed(TODAY), assigned_on=date(2026, 11, 2))]).on == TODAY


days = st.dates(date(2025, 1, 1), date(2028, 1, 1))
rules = st.one_of(st.just(NONE), st.builds(fixed, days), st.builds(joining, st.integers(1, 3650)))
some_ways = st.lists(st.builds(way, rules, days), max_size=4)


@given(item=rules, place=st.integers(1, 30), ways=some_ways)
def test_every_date_leaves_a_day_for_each_item_and_says_when_it_moved(
    item: Rule, place: int, ways: list[Way]
) -> None:
    due = due_of(item, place, ways)

    has_rule = bool(ways) and (bool(item.kind) or any(each.rule.kind for each in ways))
    assert (due.on is not None) == has_rule
    if due.on is not None and due.wanted_on is not None:
        assert due.on >= TODAY + timedelta(days=place)
        assert (due.on > due.wanted_on) == (due.moved is not None)


@given(item=rules, place=st.integers(1, 30), ways=some_ways, further=st.builds(way, rules, days))
def test_a_further_group_never_makes_it_later(
    item: Rule, place: int, ways: list[Way], further: Way
) -> None:
    before, after = due_of(item, place, ways).on, due_of(item, place, [*ways, further]).on

    assert before is None or (after is not None and after <= before)


@given(item=rules, place=st.integers(1, 30), ways=some_ways)
def test_the_order_of_groups_does_not_matter(item: Rule, place: int, ways: list[Way]) -> None:
    assert due_of(item, place, ways).on == due_of(item, place, ways[::-1]).on
