"""What an address asks of a list: known filters and orders, and a note for the rest."""

import pytest

from change_tracker.core.lists import MAX_WORDS, Asked, Filter, read_asked, words_in

FILTERS = (
    Filter(name="state", label="State", choices=[("open", "Open"), ("all", "All")], default="open"),
    Filter(name="q", label="Words"),
)


def read(**params: str) -> Asked:
    return read_asked(params, FILTERS, ("new", "title"), "Order")


def test_nothing_asked_is_the_list_that_goes_without_saying() -> None:
    asked = read()

    assert asked.values == {"state": "open", "q": "", "sort": "new"}
    assert (asked.is_filtered, asked.is_sorted, asked.notes, asked.query()) == (
        False,
        False,
        [],
        "",
    )


def test_what_is_known_is_kept_in_the_addresses_of_the_list() -> None:
    asked = read(state="all", q=" front door ", sort="title")

    assert asked.query() == "state=all&q=front+door&sort=title"
    assert asked.sorts == {"new": "state=all&q=front+door", "title": asked.query()}
    assert [(each.chosen, without) for each, without in asked.chips] == [
        ("All", "q=front+door&sort=title"),
        ("front door", "state=all&sort=title"),
    ]


@pytest.mark.parametrize("name", ["state", "sort"])
def test_what_is_not_known_is_left_out_with_a_note(name: str) -> None:
    asked = read(**{name: "x" * 50})

    assert asked.values == read().values
    assert len(asked.notes) == 1
    assert "x" * 41 not in asked.notes[0]


def test_words_are_cut_where_nobody_writes_as_many() -> None:
    assert len(read(q="x" * 1000).values["q"]) == MAX_WORDS
    assert len(words_in("x " * 1000)) == MAX_WORDS // 2
    assert words_in(" Noor \0Ali\t") == ["Noor", "Ali"]


def test_no_zero_byte_reaches_a_database() -> None:
    assert read(q=" front\0door\0").values["q"] == "front door"
