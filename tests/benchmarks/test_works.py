"""What is measured does the same on both sides; how fast is asked elsewhere."""

import gc

import pytest

from benchmarks.assign import Assign
from benchmarks.harness import DifferentResultsError, measure
from benchmarks.subjects import WORKS

SIZE = 50
COMMITTED = [name for name, work in WORKS.items() if work.commits]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in WORKS if name not in COMMITTED])
def test_ours_and_the_bare_statement_come_to_the_same(name: str) -> None:
    check(name)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", COMMITTED)
def test_what_other_processes_have_to_see_is_committed_and_taken_back(name: str) -> None:
    check(name)


@pytest.fixture(autouse=True)
def _little_to_look_through() -> None:
    """Before each call garbage is looked for, in a process that holds what a whole suite needs."""
    gc.freeze()


def check(name: str) -> None:
    work = WORKS[name]()
    work.times = min(work.times, 3)  # type: ignore[misc]  # more make a figure steady
    figure = measure(work, SIZE, rounds=1)

    assert (figure.work, figure.size, figure.rounds) == (name, SIZE, 1)
    assert figure.ours > 0
    assert figure.bare > 0
    assert figure.ratio == pytest.approx(figure.ours / figure.bare)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_side_that_does_less_is_not_measured() -> None:
    class DoesLess(Assign):
        def bare(self) -> None:
            """Nothing at all."""

    with pytest.raises(DifferentResultsError, match="assign"):
        measure(DoesLess(), SIZE, rounds=1)
