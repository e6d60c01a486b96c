"""The verdict as a table: a standing, and the sentence that a lead reads."""

from typing import Any

import pytest

from change_tracker.progress.verdict import Standing, verdict

IN_DUE_TIME: dict[str, Any] = {
    "go_live_in": 15,
    "enrolled": 40,
    "due": 30,
    "open_resistance": 3,
}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {},
            "Go-live is in 15 days. Training is on time, and nothing that we know of holds it up.",
        ),
        (
            {"severe": 2},
            "Go-live is in 15 days. Training is on time, and everything strong that we hear has an"
            " answer.",
        ),
        # Nobody can say so of a register that they do not read, or of a day gone by.
        ({"open_resistance": None}, "Go-live is in 15 days. Training is on time."),
        ({"severe": 1, "knows_answers": False}, "Go-live is in 15 days. Training is on time."),
        (
            {"late_people": 23, "late_unit": "Repairs", "late_in_unit": 17},
            "Go-live is in 15 days. 23 people are late with training, most of all in Repairs.",
        ),
        (
            {"late_people": 23, "late_unit": "Repairs", "late_in_unit": 23},
            "Go-live is in 15 days. 23 people are late with training, all in Repairs.",
        ),
        (
            {"late_people": 1, "late_unit": "Repairs", "late_in_unit": 1},
            "Go-live is in 15 days. 1 person is late with training, in Repairs.",
        ),
        (
            {"late_people": 2, "late_unit": "", "late_in_unit": 2},
            "Go-live is in 15 days. 2 people are late with training.",
        ),
        ({"late_actions": 1}, "Go-live is in 15 days. 1 action has passed its date."),
        (
            {"severe": 2, "severe_unanswered": 1, "late_people": 2, "late_actions": 4},
            "Go-live is in 15 days. 1 strong resistance has no answer yet."
            " 2 people are late with training.",
        ),
        ({"go_live_in": 1, "due": 0}, "Go-live is in 1 day. No training is due yet."),
        ({"go_live_in": 0, "due": 0}, "Go-live is today. No training is due yet."),
        ({"go_live_in": -1, "due": 0}, "Go-live was 1 day ago. No training is due yet."),
        (
            {"go_live_in": None, "enrolled": 0, "due": 0, "open_resistance": 0},
            "There is no date for go-live yet. It has only begun: nobody is in training yet.",
        ),
        (
            {"open_resistance": None, "due": 0},
            "Go-live is in 15 days. No training is due yet.",
        ),
    ],
)
def test_it_says_when_and_what_holds_it_up_most(more: dict[str, Any], words: str) -> None:
    assert verdict(Standing(**IN_DUE_TIME | more)) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "This is a draft: only the people who prepare it see it."),
        ("on_hold", "This is on hold: nobody is reminded until it goes on."),
        ("closed", "This has ended; what is shown here is how it ended."),
        ("cancelled", "This was cancelled; what is shown here is how far it came."),
    ],
)
def test_what_rests_is_not_judged(state: str, words: str) -> None:
    assert verdict(Standing(**IN_DUE_TIME, state=state, late_people=3)) == words
