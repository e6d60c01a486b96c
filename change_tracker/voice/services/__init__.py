"""Saying something about an initiative, answering it, and telling everybody what came of it."""

from change_tracker.voice.services.forgetting import forget_feedback
from change_tracker.voice.services.publishing import change_answer, publish_answer
from change_tracker.voice.services.speaking import (
    TALKING,
    ForeignLinkError,
    LinkNeededError,
    SettledError,
    acknowledge_feedback,
    answer_feedback,
    close_feedback,
    link_feedback,
    promise_from,
    raise_feedback,
    withdraw_feedback,
    write_message,
)

__all__ = [
    "TALKING",
    "ForeignLinkError",
    "LinkNeededError",
    "SettledError",
    "acknowledge_feedback",
    "answer_feedback",
    "change_answer",
    "close_feedback",
    "forget_feedback",
    "link_feedback",
    "promise_from",
    "publish_answer",
    "raise_feedback",
    "withdraw_feedback",
    "write_message",
]
