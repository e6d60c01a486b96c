"""Signals that a host may listen to. Sent with `send_robust`, after the commit.

No receiver inside the package: what has to happen happens in the service.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

#: plan, enrolment_ids (new ones)
training_assigned = Signal()
#: record (TrainingRecord)
training_completed = Signal()
#: source (ResistanceSource)
resistance_observed = Signal()
#: action (MitigationAction) of which it is known how it ended, also where it is judged anew
action_closed = Signal()
#: item (FeedbackItem): a concern, question or idea, new or asked again
feedback_raised = Signal()
#: item (FeedbackItem), with its disposition
feedback_answered = Signal()
#: digest (Digest) that was given up
reminder_failed = Signal()


def announce(signal: Signal, sender: object, **payload: Any) -> None:
    """Send `signal` once the surrounding transaction is committed; a receiver cannot break us."""
    transaction.on_commit(lambda: signal.send_robust(sender, **payload))
