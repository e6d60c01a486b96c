"""What people told us and what we did: published, changed and taken down by the change team."""

from datetime import date, datetime
from typing import Any

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row
from change_tracker.initiatives.models import Initiative
from change_tracker.voice.models import PublishedAnswer


def publish_answer(
    *, initiative: Initiative, told: str, did: str, actor: User, today: date, now: datetime
) -> PublishedAnswer:
    """Tell everybody whom the initiative touches what was heard, and what came of it."""
    return create_row(
        PublishedAnswer,
        initiative=initiative,
        told=told,
        did=did,
        published_on=today,
        actor=actor,
        now=now,
    )


def change_answer(
    answer: PublishedAnswer,
    *,
    actor: User,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> PublishedAnswer:
    """Change its words, or take it down with `is_shown`. Raises StaleRowError."""
    return change_row(answer, actor=actor, now=now, expected_version=expected_version, **changes)
