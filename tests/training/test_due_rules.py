"""When work is due: every rule, every date that is impossible, and which of several wins."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from change_tracker.core.workdays import Calendar
from change_tracker.training.models import Moved
from change_tracker.training.rules import Due, Rule, Setting, Turn, Way, due_of, turn_of

TODAY = date(2026, 11, 18)
LONG_AGO = date(2026, 1, 1)
NONE = Rule()


def fixed(day: date) -> Rule:
    return Rule("fixed", day)


def joining(days: int) -> Rule:
    return Rule("joined_group", None, days)


def way(rule: Rule, joined_on: date = LONG_AGO, assigned_on: date = TODAY) -> Way:
    return Way(rule, joined_on, assigned_on)


@pytest.mark.parametrize("unit", ["days", "working_days"])
@pytest.mark.parametrize(
    ("kind", "go_live_on", "on"),
    [("go_live", date.max, date.max), ("before_go_live", date.min, TODAY)],
)
def test_where_the_calendar_ends_counting_ends(
    unit: str, kind: str, go_live_on: date, on: date
) -> None:
    ways = [way(Rule(kind, None, 14, unit))]

    assert due_of(NONE, 0, ways, Setting(go_live_on=go_live_on)).on == on


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

    assert due == Due(date(2026, 11, 20), "fixed", wanted_on=date(2026, 11, 1), moved=Moved.PAST)


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


CALENDAR = Calendar(holidays=[date(2026, 11, 25)])
GO_LIVE = date(2026, 12, 14)  # a Monday


@pytest.mark.parametrize(
    ("rule", "on", "kind"),
    [
        (Rule("assigned", None, 5), date(2026, 11, 23), "assigned"),
        (Rule("assigned", None, 5, "working_days"), date(2026, 11, 26), "assigned"),
        (Rule("joined_group", None, 10, "working_days"), date(2026, 12, 1), "joined_group"),
        (Rule("hired", None, 30), date(2026, 12, 16), "hired"),
        (Rule("go_live", None, 0), GO_LIVE, "go_live"),
        (Rule("go_live", None, 1, "working_days"), date(2026, 12, 15), "go_live"),
        (Rule("before_go_live", None, 10), date(2026, 12, 4), "before_go_live"),
        (Rule("before_go_live", None, 10, "working_days"), date(2026, 11, 30), "before_go_live"),
        # it waits for the activity before it
        (Rule("previous_item", None, 3), None, "previous_item"),
    ],
)
def test_each_rule_counts_from_its_own_day(rule: Rule, on: date | None, kind: str) -> None:
    way = Way(NONE, date(2026, 11, 16), TODAY, hired_on=date(2026, 11, 16))

    due = due_of(rule, 1, [way], Setting(CALENDAR, GO_LIVE))

    assert (due.on, due.rule, due.days, due.unit) == (on, kind, rule.days, rule.unit)


@pytest.mark.parametrize("kind", ["go_live", "before_go_live"])
def test_without_a_go_live_there_is_no_date_yet(kind: str) -> None:
    assert due_of(Rule(kind, None, 3), 1, [way(NONE)]) == Due(None, kind, 3)


def test_without_a_known_first_day_it_counts_from_assigning_and_says_so() -> None:
    due = due_of(Rule("hired", None, 7), 1, [way(NONE)])

    assert (due.on, due.rule, due.days) == (TODAY + timedelta(days=7), "assigned", 7)


def test_the_first_activity_waits_for_no_other_and_counts_from_assigning() -> None:
    due = due_of(Rule("previous_item", None, 7), 1, [way(NONE)], is_first=True)

    assert (due.on, due.rule) == (TODAY + timedelta(days=7), "assigned")


def test_a_known_date_wins_over_one_that_is_not_known_yet() -> None:
    ways = [way(Rule("previous_item", None, 1)), way(fixed(date(2026, 12, 31)))]

    assert due_of(NONE, 2, ways).on == date(2026, 12, 31)


def test_a_day_before_go_live_that_has_passed_moves_to_the_first_possible_one() -> None:
    due = due_of(Rule("before_go_live", None, 60), 2, [way(NONE)], Setting(CALENDAR, GO_LIVE))

    assert (due.on, due.moved) == (date(2026, 11, 20), Moved.PAST)


rules = st.builds(
    Rule,
    st.sampled_from(["assigned", "joined_group", "hired", "go_live", "before_go_live"]),
    st.none(),
    st.integers(1, 400),
    st.sampled_from(["days", "working_days"]),
)
near = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(rules, st.integers(1, 9), near, near, near, near, st.sets(near, max_size=20))
def test_no_date_leaves_less_than_a_day_for_each_activity(
    rule: Rule,
    place: int,
    joined_on: date,
    assigned_on: date,
    hired_on: date,
    go_live_on: date,
    holidays: set[date],
) -> None:
    setting = Setting(Calendar(holidays=holidays), go_live_on)

    due = due_of(NONE, place, [Way(rule, joined_on, assigned_on, hired_on)], setting)

    assert due.on is not None
    assert due.on >= assigned_on + timedelta(days=place)
    assert (due.moved is None) == (due.on == due.wanted_on)


def turn(done: int | None, *, required: bool = True, exempt: bool = False) -> Turn:
    return Turn(required, None if done is None else TODAY + timedelta(days=done), exempt)


@pytest.mark.parametrize(
    ("before", "since"),
    [
        ([], 0),
        ([turn(None)], None),
        ([turn(3)], 3),
        ([turn(-30)], 0),  # done before it was assigned
        ([turn(3), turn(None)], None),
        ([turn(None), turn(5)], 5),  # what it waits for is the last one
        ([turn(3), turn(None, required=False)], 3),
        ([turn(None, required=False)], 0),
        ([turn(3), turn(6, exempt=True)], 6),
        ([turn(None), turn(6, exempt=True)], None),
        ([turn(6, exempt=True)], 6),
    ],
)
def test_an_activity_waits_for_the_last_required_one_before_it(
    before: list[Turn], since: int | None
) -> None:
    expected = None if since is None else TODAY + timedelta(days=since)

    assert turn_of(before, TODAY) == expected
