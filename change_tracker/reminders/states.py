"""Which state of a digest and of a reminder may follow which, and the one function that writes.

Not a `Transitions` table: workers race for digests, so every write is one UPDATE that names the
state and the lease which it expects; and the log of a mail is its attempts.
"""

from typing import Any

from django.db import models

from change_tracker.core.errors import ChangeTrackerError, IllegalMoveError
from change_tracker.reminders.models import Digest, Reminder

MOVES: dict[type[models.Model], set[tuple[str, str]]] = {
    Digest: {
        ("pending", "claimed"),
        ("claimed", "claimed"),  # another worker takes over from one that has gone
        ("claimed", "pending"),
        ("claimed", "sent"),
        ("claimed", "dead"),
        ("claimed", "closed"),
        ("dead", "pending"),
        ("closed", "pending"),  # it has something to say after all
    },
    Reminder: {
        ("planned", "sent"),
        ("planned", "cancelled"),
        ("planned", "expired"),
        ("cancelled", "planned"),  # what could not reach somebody who can be reached by now
    },
}


class LeaseLostError(ChangeTrackerError):
    """Another worker holds the digest by now; whatever this one did is not written."""

    code = "lease_lost"


def write_state(rows: models.QuerySet[Any], *, source: str, to: str, **changes: Any) -> int:
    """Move those of `rows` that are in `source`; returns how many. One UPDATE.

    Raises IllegalMoveError when the table has no such move.
    """
    if (source, to) not in MOVES[rows.model]:
        raise IllegalMoveError(f"{rows.model.__name__}: {source} > {to}")
    return rows.filter(state=source).update(state=to, **changes)


def leave_claim(digest_id: int, token: Any, *, to: str, **changes: Any) -> None:
    """End the claim that `token` stands for; the lease goes with it.

    Raises LeaseLostError when the digest is not held by that token any more.
    """
    held = Digest.objects.filter(pk=digest_id, lease_token=token)
    moved = write_state(
        held, source="claimed", to=to, lease_token=None, lease_until=None, **changes
    )
    if moved != 1:
        raise LeaseLostError(f"digest {digest_id}")


def cancel(reminders: models.QuerySet[Reminder], reason: Reminder.ClosedReason) -> int:
    """Close planned reminders that shall not leave, saying why; returns how many."""
    return write_state(reminders, source="planned", to="cancelled", closed_reason=reason)
