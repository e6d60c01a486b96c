"""Files of an activity: add one, remove one."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import create_row, delete_row, lock
from change_tracker.core.uploads import check_upload, stored
from change_tracker.training.models import ActivityFile, LearningActivity

#: Files of one activity; more are a library, and a library has a link.
MOST_FILES = 20


def attach_file(
    *, activity: LearningActivity, file: Any, actor: User, now: datetime
) -> ActivityFile:
    """Add a file to an activity.

    Raises ValidationError for one that is not taken, and StaleRowError where the activity is gone.
    """
    try:
        name = check_upload(file)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    with stored(file) as kept, transaction.atomic():
        lock(activity)
        if activity.files.count() >= MOST_FILES:
            words = _("An activity has at most %(number)s files. Remove one first.")
            raise ValidationError({"file": words % {"number": MOST_FILES}})
        return create_row(
            ActivityFile,
            activity=activity,
            file=kept,
            file_name=name,
            size=file.size,
            actor=actor,
            now=now,
        )


def remove_file(row: ActivityFile, *, actor: User, now: datetime) -> None:
    """Remove a file; its content goes when that is certain."""
    stored = row.file
    with transaction.atomic():
        delete_row(row, actor=actor, now=now)
        transaction.on_commit(lambda: stored.storage.delete(str(stored.name)))
