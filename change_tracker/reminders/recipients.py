"""Where a person can be reached, in which zone and language. Two queries for any number."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models.functions import Lower
from django.utils.translation import get_supported_language_variant

from change_tracker.core.conf import get_conf
from change_tracker.people.models import Person
from change_tracker.reminders.rules import Window


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


def sending_window() -> Window:
    """When mail may leave, as the organisation has set it."""
    conf = get_conf()
    return Window(tuple(conf.working_days), conf.send_from_hour)


def recipients(
    ids: Collection[int], *, now: datetime, shared: "SharedAddresses | None" = None
) -> dict[int, Recipient]:
    """The persons with these ids as recipients.

    An address that several active persons have is nobody's; then, as where there is none, the
    address of the linked login counts. `shared` is looked up when it is not given.
    """
    people = list(Person.objects.filter(pk__in=ids).select_related("user"))
    counts = SharedAddresses.among(people, now=now) if shared is None else shared
    return {
        each.pk: Recipient(
            person=each,
            address=counts.own(each),
            zone=zone_of(each.timezone),
            language=language_of(each.language),
        )
        for each in people
    }


@dataclass(frozen=True, slots=True)
class SharedAddresses:
    """How many active persons have each of some addresses.

    Looked up for many at once: no index helps to find an address in any spelling.
    """

    counts: Counter[str]

    @classmethod
    def among(cls, people: Iterable[Person], *, now: datetime) -> "SharedAddresses":
        """Of the addresses of `people` and of their logins. One query."""
        wanted = {address for each in people for address in (_plain(each.email), _login(each))}
        everybody = Person.objects.active(now.date()).annotate(address=Lower("email"))
        found = everybody.filter(address__in=wanted - {""})
        return cls(Counter(found.values_list("address", flat=True)))

    def own(self, person: Person) -> str:
        """The address at which only `person` is reached; empty where there is none."""
        email, login = _plain(person.email), _login(person)
        if email and self.counts[email] <= 1:
            return person.email
        # The address of a login may be the shared one, or another person's.
        return login if login != email and not self.counts[login] else ""


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
