"""The person that a command is about."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from change_tracker.core.validators import NO_TEXT
from change_tracker.people.models import Person


def person_with_key(key: str) -> Person:
    """The person with that key in the roster. Raises CommandError where nobody has it."""
    # A shell hands on what is no text as well.
    known = Person.objects.none() if NO_TEXT.search(key) else Person.objects.filter(external_id=key)
    person = known.first()
    if person is None:
        raise CommandError(_("Nobody has the key “%(key)s”.") % {"key": key})
    return person
