"""From times to a table."""

import json
from pathlib import Path

import pytest

from benchmarks.figures import Figure, table, with_growth, write


def figure(size: int, *, ours: float, bare: float, target: float = 2.0) -> Figure:
    return Figure(
        work="assign",
        against="a statement",
        size=size,
        rounds=5,
        ours=ours,
        bare=bare,
        ratio=ours / bare,
        target=target,
    )


def test_growth_is_how_much_more_steeply_ours_grows_than_the_bare_statement() -> None:
    small, large = with_growth(
        [figure(1_000, ours=1.0, bare=1.0), figure(10_000, ours=100.0, bare=10.0)]
    )

    assert small.growth is None
    assert large.growth == pytest.approx(1.0)


def test_sizes_are_compared_with_the_smallest_whatever_their_order() -> None:
    grown = with_growth(
        [figure(size, ours=size / 500, bare=size / 1000) for size in (100_000, 1_000, 10_000)]
    )

    assert [each.size for each in grown] == [1_000, 10_000, 100_000]
    assert [each.growth for each in grown[1:]] == [pytest.approx(0), pytest.approx(0)]


def test_a_target_is_met_by_the_ratio_and_by_the_growth() -> None:
    slow = figure(1_000, ours=2.1, bare=1.0)
    steady, steep = with_growth(
        [figure(1_000, ours=1.0, bare=1.0), figure(10_000, ours=15.0, bare=10.0)]
    )

    assert not slow.met
    assert steady.met
    assert steep.ratio <= steep.target
    assert not steep.met


def test_the_table_has_a_line_for_each_figure() -> None:
    lines = table([figure(10_000, ours=1.5, bare=0.75)]).splitlines()

    assert lines[0].split() == [
        "work", "size", "ours", "bare", "ratio", "target", "growth", "memory", "met",
    ]  # fmt: skip
    assert lines[1].split() == [
        "assign",
        "10,000",
        "1.50",
        "s",
        "750.0",
        "ms",
        "2.00",
        "2.0",
        "yes",
    ]


def test_the_file_holds_every_figure_and_whether_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "new" / "figures.json"

    write([figure(1_000, ours=3.0, bare=1.0)], path)

    (row,) = json.loads(path.read_text())
    assert (row["work"], row["size"], row["ratio"], row["met"]) == ("assign", 1_000, 3.0, False)
