"""How something that was said stands, as shape, colour and words; no queries."""

from dataclasses import replace
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext

from change_tracker.core.chips import Chip, due_chip
from change_tracker.core.text import lower_first
from change_tracker.voice.models import FeedbackItem


def chip_of(item: FeedbackItem, today: date) -> Chip:
    """While it waits: how far the promised answer is; then what became of it."""
    if item.is_waiting:
        due = due_chip(item.promised_on, today)
        words = gettext("Answer %(when)s") % {"when": lower_first(due.words)}
        return replace(due, words=words)
    is_done = item.state != FeedbackItem.State.WITHDRAWN
    return Chip(str(capfirst(item.get_state_display())), "done" if is_done else "")
