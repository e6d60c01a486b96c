"""Somebody's dates for their calendar program: what is due, and the sessions of what is to do.

All of them are events: few programs show the tasks of a calendar that is fetched. A UID stays,
SEQUENCE rises with every new date. The same rows make the same bytes, so that an ETag can say so.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.conf import get_conf
from change_tracker.core.errors import StaleRowError
from change_tracker.core.services import delete_row, lock
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.models import CalendarFeed
from change_tracker.reminders.recipients import language_of
from change_tracker.training.models import Session, TrainingRecord

#: Whose dates still stand.
STANDING = (Initiative.State.ACTIVE, Initiative.State.SUSTAINING, Initiative.State.ON_HOLD)
#: So long a session that is over stays, that it does not vanish on the same evening.
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Dates:
    """What a feed is made of, as its person may see it."""

    person: Person
    made_at: datetime
    records: list[TrainingRecord]
    sessions: list[Session]


def make_feed(*, person: Person, actor: User, now: datetime) -> str:
    """Make a new secret for `person` and return it; it is not shown again. An older one ends."""
    secret = token_urlsafe(32)
    with transaction.atomic():
        lock(person)
        CalendarFeed.objects.filter(person=person).delete()
        feed = CalendarFeed.objects.create(person=person, secret_hash=hash_of(secret), made_at=now)
        audit.record(obj=feed, verb="created", actor=actor, now=now)
    return secret


def revoke_feed(*, feed: CalendarFeed, actor: User, now: datetime) -> None:
    """Nothing is fetched by its address any more, whoever ended it."""
    with suppress(StaleRowError):
        delete_row(feed, actor=actor, now=now)


def hash_of(secret: str) -> str:
    """What is stored of a secret; it is long and random, so a plain hash does."""
    return sha256(secret.encode()).hexdigest()


def address_of(secret: str) -> str:
    """The address of the feed with that secret; without the host where SITE_URL is not set."""
    site = get_conf().site_url.rstrip("/")
    return site + reverse("change_tracker:calendar-feed", args=[secret])


def dates_of(secret: str, now: datetime) -> Dates | None:
    """What the feed with that secret shows; None for no such feed, or of who has left.

    Three queries.
    """
    found = CalendarFeed.objects.filter(secret_hash=hash_of(secret))
    feed = found.select_related("person__user").first()
    if feed is None or feed.person.user is None or not feed.person.user.is_active:
        return None
    if not feed.person.is_active(now.date()):
        return None
    user = feed.person.user
    seen: Any = TrainingRecord.objects.visible_to(user)
    mine = seen.own(user).outstanding().opened()
    mine = mine.filter(plan__initiative__state__in=STANDING)
    dated = mine.filter(due_on__isnull=False).select_related("activity", "plan__initiative")
    held: Any = Session.objects.visible_to(user)
    to_do = mine.filter(activity=OuterRef("activity"), plan__initiative=OuterRef("initiative"))
    sessions = held.filter(Exists(to_do), ends_at__gt=now - KEPT_FOR)
    return Dates(
        person=feed.person,
        made_at=feed.made_at,
        records=list(dated.order_by("pk")),
        sessions=list(sessions.select_related("activity", "initiative").order_by("pk")),
    )


def render(dates: Dates) -> bytes:
    """The calendar (RFC 5545), in the language of the person."""
    with translation.override(language_of(dates.person.language)):
        calendar = Calendar()
        calendar.add("prodid", "-//Change Tracker//EN")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", _("Training"))
        for event in (*_due(dates), *_held(dates)):
            event.add("dtstamp", dates.made_at)
            calendar.add_component(event)
        _add_zones(calendar, dates.sessions)
        content: bytes = calendar.to_ical()
        return content


def _add_zones(calendar: Calendar, sessions: Iterable[Session]) -> None:
    """When the clocks change in the zones of `sessions`, in their years: a line for each change.

    ical.js, and with it several programs, takes the first date of a line only.
    """
    years = {each.begins.year for each in sessions}
    if not years:
        return
    calendar.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1))
    zones = sorted(calendar.walk("VTIMEZONE"), key=lambda zone: str(zone["TZID"]))
    for zone in zones:
        for part in zone.subcomponents:
            for each in part.pop("RDATE").dts if "RDATE" in part else ():
                part.add("rdate", each.dt)
    # They come in the order of a set, which is another one in every process.
    events = [each for each in calendar.subcomponents if each not in zones]
    calendar.subcomponents[:] = [*zones, *events]


def _due(dates: Dates) -> Iterable[Event]:
    for record in dates.records:
        event = Event()
        event.add("uid", f"item-{record.pk}@{_host()}")
        event.add("sequence", record.due_revision)
        event.add("summary", _("Due: %(title)s") % {"title": record.activity.title})
        event.add("dtstart", record.due_on)
        event.add("dtend", record.due_on + timedelta(days=1))  # type: ignore[operator]  # it is dated
        event.add("transp", "TRANSPARENT")
        event.add("description", record.plan.initiative.title)
        _add_link(event, "item", record.pk)
        yield event


def _held(dates: Dates) -> Iterable[Event]:
    for session in dates.sessions:
        event = Event()
        event.add("uid", f"session-{session.pk}@{_host()}")
        event.add("sequence", session.version)
        event.add("summary", session.activity.title)
        event.add("dtstart", session.begins)
        event.add("dtend", session.ends)
        if session.place or session.url:
            event.add("location", session.place or session.url)
        if session.cancelled_on is not None:
            event.add("status", "CANCELLED")
            event.add("transp", "TRANSPARENT")
        event.add("description", session.initiative.title)
        _add_link(event, "my-training")
        yield event


def _add_link(event: Event, name: str, *args: Any) -> None:
    site = get_conf().site_url.rstrip("/")
    if site:
        event.add("url", site + reverse(f"change_tracker:{name}", args=args))


def _host() -> str:
    """The right side of a UID."""
    return urlsplit(get_conf().site_url).hostname or "change-tracker"
