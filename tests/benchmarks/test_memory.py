"""What a call needs of memory is seen, also when it is given back at the end."""

import time

import pytest

from benchmarks.memory import STATUS, peak_of

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="needs /proc")


def test_what_is_held_for_a_moment_counts() -> None:
    def hold() -> None:
        held = bytearray(b"x") * (64 << 20)
        time.sleep(0.2)
        del held

    assert 50 < (peak_of(hold) or 0) < 100


def test_next_to_nothing_needs_next_to_nothing() -> None:
    assert (peak_of(lambda: time.sleep(0.1)) or 0) < 10
