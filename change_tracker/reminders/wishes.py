"""Writing down how somebody wishes to hear from us; what waits for its mail follows at once."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, lock
from change_tracker.people.models import Person
from change_tracker.reminders.models import Digest, MailPreference, Reminder
from change_tracker.reminders.models.outbox import TESTS
from change_tracker.reminders.pace import QUIET_DAYS
from change_tracker.reminders.recipients import sending_days

Cadence = MailPreference.Cadence


def preference_of(person: Person) -> MailPreference:
    """The wishes of `person`; not saved where there are none yet. One query."""
    found = MailPreference.objects.filter(person=person).first()
    return found or MailPreference(person=person)


def set_preference(
    *,
    person: Person,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **wishes: Any,
) -> MailPreference:
    """Write `wishes` down, and let what is planned follow them from the next tick on.

    Raises ValidationError where days are missing or too many, StaleRowError when `expected_version`
    is not the row's.
    """
    by: dict[str, Any] = {"actor": actor, "now": now}
    with transaction.atomic():
        # The person is held, so that of two at once one sees what the other wished.
        person = lock(person)
        row = preference_of(person)
        # Days that were fine once hold back no other wish, such as a quiet week.
        if wishes.keys() & {"cadence", "weekdays"}:
            check_days(wishes.get("cadence", row.cadence), wishes.get("weekdays", row.weekdays))
        if row.pk is None:
            row = create_row(MailPreference, person=person, **by, **wishes)
        else:
            row = change_row(row, expected_version=expected_version, **by, **wishes)
        plan_anew([person.pk])
    return row


def be_quiet(*, person: Person, actor: User | None, today: date, now: datetime) -> MailPreference:
    """No mail for a week from `today` on, but for the last call of required training; a break that
    is longer stays.
    """
    week = today + timedelta(days=QUIET_DAYS - 1)
    with transaction.atomic():
        # Held before it is read: the longer one may be chosen at this moment.
        until = max(week, preference_of(lock(person)).quiet_until or week)
        return set_preference(person=person, actor=actor, now=now, quiet_until=until)


def unsubscribe(*, person: Person, actor: User | None, now: datetime) -> MailPreference:
    """Nothing any more but what may not be left out: see `pace`."""
    return set_preference(person=person, actor=actor, now=now, cadence=Cadence.NEVER)


def plan_anew(people: Collection[int]) -> None:
    """Take what waits for `people` (ids) out of mails that were never tried; the next tick finds
    its day again. Set-based, within a transaction.
    """
    waiting = Digest.objects.filter(
        recipient__in=people, state=Digest.State.PENDING, attempts=0, slot__lt=TESTS
    ).exclude(attempt_rows__isnull=False)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    # Locked by key: whoever claims one meanwhile has it; what was tried meanwhile keeps its log.
    held = Digest.objects.filter(pk__in=ids, state=Digest.State.PENDING, attempts=0)
    held_ids = list(held.order_by("pk").select_for_update().values_list("pk", flat=True))
    Reminder.objects.filter(digest__in=held_ids).update(digest=None)
    Digest.objects.filter(pk__in=held_ids).delete()


def check_days(cadence: str, weekdays: str) -> None:
    """Raises ValidationError where days are missing, too many, no days, or such as have no mail."""
    if not set(weekdays) <= set("0123456") or len(set(weekdays)) != len(weekdays):
        raise ValidationError({"weekdays": _("Days are the digits 0 (Monday) to 6, each once.")})
    if cadence == Cadence.DAYS and not weekdays:
        raise ValidationError({"weekdays": _("Choose at least one day.")})
    if cadence == Cadence.WEEKLY and len(weekdays) != 1:
        raise ValidationError({"weekdays": _("Choose one day.")})
    open_days = {str(day) for day in sending_days()} or set(weekdays)
    if cadence in {Cadence.DAYS, Cadence.WEEKLY} and not set(weekdays) & open_days:
        raise ValidationError({"weekdays": _("No mail leaves from here on these days.")})
