"""Writing down what was learnt, also after the end."""

from datetime import datetime
from typing import Any

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.resistance.models import Lesson


def add_lesson(*, actor: User | None, now: datetime, **values: Any) -> Lesson:
    """Write down what eased resistance, or did not; from then on it stands beside its strategy."""
    return create_row(Lesson, actor=actor, now=now, **values)


def change_lesson(
    lesson: Lesson,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Lesson:
    """Say it otherwise. Raises StaleRowError as `change_row` does."""
    return change_row(lesson, actor=actor, now=now, expected_version=expected_version, **changes)


def delete_lesson(lesson: Lesson, *, actor: User | None, now: datetime) -> None:
    """Take it back; history keeps that it was there."""
    delete_row(lesson, actor=actor, now=now)
