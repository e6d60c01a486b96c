"""Where a person can be reached, in which zone and language. For any number at once."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_supported_language_variant

from change_tracker.core.conf import get_conf
from change_tracker.people.models import Absence, Holiday, Person
from change_tracker.people.models.absences import Days
from change_tracker.reminders.channels import EMAIL, configured, route
from change_tracker.reminders.models import MailPreference
from change_tracker.reminders.pace import wishes_of
from change_tracker.reminders.rules import Window


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person as mails know them: by which channel, and where.

    `address` is empty where there is none of their own. `away` are their days away that are not
    over, as pairs of the first and the last; `wishes` is None where they have none.
    """

    person: Person
    address: str
    zone: ZoneInfo
    language: str
    away: tuple[Days, ...] = ()
    channel: str = EMAIL
    wishes: MailPreference | None = None

    def today(self, now: datetime) -> date:
        """The date on the person's wall."""
        return now.astimezone(self.zone).date()

    def is_away(self, day: date) -> bool:
        """Whether the person does not work on `day`."""
        return any(first <= day <= last for first, last in self.away)


def sending_window() -> Window:
    """When mail may leave, as the organisation has set it. One query: ask once for many."""
    holidays = Holiday.objects.order_by().values_list("day", flat=True)
    return Window(sending_days(), get_conf().send_from_hour, frozenset(holidays))


def sending_days() -> tuple[int, ...]:
    """The weekdays on which mail may leave from here; none: every day."""
    conf = get_conf()
    return tuple(conf.working_days if conf.send_days is None else conf.send_days)


def recipients(
    ids: Collection[int], *, now: datetime, shared: frozenset[str]
) -> dict[int, Recipient]:
    """The persons with these ids as recipients. Three queries, and two where logins count.

    An address that several active persons have (`shared`) is nobody's; then, as where there is
    none, the address of the linked login counts, unless it is some person's or several logins'.
    """
    people = list(Person.objects.filter(pk__in=ids).select_related("user"))
    own = {each.pk: each.email for each in people if _plain(each.email) not in shared | {""}}
    logins = {each.pk: _login(each) for each in people if each.pk not in own}
    taken = _in_use({each for each in logins.values() if each}, now)
    away = away_of(ids, now=now)
    own |= {pk: login for pk, login in logins.items() if login not in taken}
    found = {
        each.pk: Recipient(
            person=each,
            address=own.get(each.pk, ""),
            zone=zone_of(each.timezone),
            language=language_of(each.language),
            away=tuple(away.get(each.pk, ())),
        )
        for each in people
    }
    wishes, channels = wishes_of(ids), configured()
    routes = {pk: route(to, wishes.get(pk), channels) for pk, to in found.items()}
    return {
        pk: replace(to, channel=routes[pk][0], address=routes[pk][1], wishes=wishes.get(pk))
        for pk, to in found.items()
    }


def nowhere(person: Person) -> Recipient:
    """`person` as a recipient of whom nobody asked where they can be reached."""
    zone, language = zone_of(person.timezone), language_of(person.language)
    return Recipient(person, address="", zone=zone, language=language, channel="")


def away_of(ids: Collection[int], *, now: datetime) -> dict[int, list[Days]]:
    """The days away, today or to come, of the persons with these ids who have some. One query."""
    # A day more: it is still yesterday somewhere.
    return Absence.objects.not_over(now.date() - timedelta(days=1)).by_person(ids)


def shared_addresses(now: datetime) -> frozenset[str]:
    """The addresses, in small letters, that more than one active person has.

    Reads every person: ask once for many mails.
    """
    people = _with_address(now).exclude(email="").order_by().values("address")
    found = people.annotate(times=Count("pk")).filter(times__gt=1)
    return frozenset(found.values_list("address", flat=True))


def shared_among(ids: Collection[int], now: datetime) -> frozenset[str]:
    """Of the addresses of these persons, those that more than one active person has. At most two
    queries: for a few people, where `shared_addresses` is for many mails.
    """
    own = Person.objects.filter(pk__in=ids).exclude(email="").order_by()
    addresses = {_plain(each) for each in own.values_list("email", flat=True)}
    if not addresses:
        return frozenset()
    rows = _with_address(now).filter(address__in=addresses).order_by().values("address")
    found = rows.annotate(times=Count("pk")).filter(times__gt=1)
    return frozenset(found.values_list("address", flat=True))


def _in_use(addresses: Collection[str], now: datetime) -> set[str]:
    """Those of `addresses`, of logins, that an active person has, or the logins of several."""
    if not addresses:
        return set()
    people = _with_address(now).filter(address__in=addresses)
    logins = Person.objects.active(now.date()).annotate(login=Lower(f"user__{login_email_field()}"))
    alike = logins.filter(login__in=addresses).order_by().values("login")
    several = alike.annotate(times=Count("pk")).filter(times__gt=1)
    return {*people.values_list("address", flat=True), *several.values_list("login", flat=True)}


def _with_address(now: datetime) -> "QuerySet[Any]":
    return Person.objects.active(now.date()).annotate(address=Lower("email"))


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


def zones_of(ids: Collection[int]) -> dict[int, ZoneInfo]:
    """The zones of the persons with these ids. One query."""
    found = Person.objects.filter(pk__in=ids).values_list("pk", "timezone")
    return {pk: zone_of(name) for pk, name in found}


def language_of(code: str) -> str:
    """The site's variant of the language `code`; the site's own where it does not speak it."""
    try:
        return get_supported_language_variant(code or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE
