"""Nobody decides about their own training."""

from django.utils.functional import Promise

from change_tracker.core.access import User, key_of
from change_tracker.core.errors import ForbiddenError
from change_tracker.people.models import Person


def is_oneself(person: Person, actor: User | None) -> bool:
    """Whether `person` is the one who acts."""
    return actor is not None and person.user_id is not None and person.user_id == key_of(actor)


def refuse_oneself(person: Person, actor: User | None, message: str | Promise) -> None:
    """Raise ForbiddenError where `actor` would decide about their own training."""
    if is_oneself(person, actor):
        raise ForbiddenError(message)
