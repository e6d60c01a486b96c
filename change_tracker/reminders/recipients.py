"""Where a person can be reached, in which zone and language. Two queries for any number."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models.functions import Lower
from django.utils.translation import get_supported_language_variant

from change_tracker.people.models import Person


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person as mails know them; `address` is empty where there is none of their own."""

    person: Person
    address: str
    zone: ZoneInfo
    language: str

    def today(self, now: datetime) -> date:
        """The date on the person's wall."""
        return now.astimezone(self.zone).date()


def recipients(ids: Collection[int], *, now: datetime) -> dict[int, Recipient]:
    """The persons with these ids as recipients.

    An address that several active persons have is nobody's; then, as where there is none, the
    address of the linked login counts.
    """
    people = list(Person.objects.filter(pk__in=ids).select_related("user"))
    shared = _shared(
        {_plain(each.email) for each in people} | {_login(each) for each in people}, now
    )
    return {
        each.pk: Recipient(
            person=each,
            address=_own_address(each, shared),
            zone=zone_of(each.timezone),
            language=language_of(each.language),
        )
        for each in people
    }


def _own_address(person: Person, shared: Counter[str]) -> str:
    if person.email and shared[_plain(person.email)] <= 1:
        return person.email
    login = _login(person)
    # The address of a login may be the shared one, or another person's.
    others = shared[login] - (login == _plain(person.email))
    return login if login and others <= 0 else ""


def _shared(addresses: Collection[str], now: datetime) -> Counter[str]:
    """How many active persons have each of `addresses`."""
    found = Person.objects.active(now.date()).annotate(address=Lower("email"))
    wanted = [each for each in addresses if each]
    return Counter(found.filter(address__in=wanted).values_list("address", flat=True))


def _plain(address: str) -> str:
    return address.strip().lower()


def _login(person: Person) -> str:
    field = login_email_field()
    return _plain(getattr(person.user, field, None) or "") if field and person.user else ""


@cache
def login_email_field() -> str:
    """The e-mail field of the host's user model; empty where it has none."""
    model = get_user_model()
    name = model.get_email_field_name()
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    return name


def zone_of(name: str) -> ZoneInfo:
    """The zone called `name`; the site's where there is none or it is unknown."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (LookupError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def language_of(code: str) -> str:
    """The site's variant of the language `code`; the site's own where it does not speak it."""
    try:
        return get_supported_language_variant(code or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE
