"""The person that a command is about."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from change_tracker.people.models import Person


def person_with_key(key: str) -> Person:
    """The person with that key in the roster. Raises CommandError where nobody has it."""
    person = Person.objects.filter(external_id=key).first() if _is_text(key) else None
    if person is None:
        raise CommandError(_("Nobody has the key “%(key)s”.") % {"key": key})
    return person


def _is_text(word: str) -> bool:
    """Whether a database takes it: a shell hands on bytes that are no text as well."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in word
