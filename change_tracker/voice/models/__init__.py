"""What people say about an initiative, and what the change team tells everybody."""

from change_tracker.voice.models.answers import PublishedAnswer
from change_tracker.voice.models.items import ANSWERED, WAITING, FeedbackItem, FeedbackMessage

__all__ = ["ANSWERED", "WAITING", "FeedbackItem", "FeedbackMessage", "PublishedAnswer"]
