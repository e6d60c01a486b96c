"""Certificates that expire: asking again in time, and leaving what was done as it is."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext

from change_tracker.core.conf import get_conf
from change_tracker.training.models import LearningActivity, Moved, TrainingRecord
from change_tracker.training.rules import Due
from change_tracker.training.services.repeating import ask_again
from change_tracker.training.services.versioning import repeatable

#: Days to do again what has expired already, such as what was done long ago elsewhere.
DAYS_AFTER_EXPIRY = 14
#: No month is shorter than twice as many.
DAYS_OF_HALF_A_MONTH = 14


def recertify(*, today: date, now: datetime) -> int:
    """Ask again for what expires within the days of the settings; returns how much that is.

    Of what counts for a short time, not before half of that has passed. Due on the last day on
    which the completion counts. Twice, or twice at once, has the effect of once. Set-based; each
    plan in transactions of its own.
    """
    made = ask_again(
        repeatable().filter(_expires_soon(today)),
        reason=gettext("It has to be done again before it expires."),
        actor=None,
        today=today,
        now=now,
        due_again=partial(_before_it_expires, today),
    )
    return len(made)


def _expires_soon(today: date) -> Q:
    """One query, for how long activities count."""
    days = get_conf().recertify_days
    soon = Q(expires_on__lte=today + timedelta(days=days))
    said = LearningActivity.objects.order_by().values_list("valid_months", flat=True).distinct()
    for months in said.filter(valid_months__lte=days // DAYS_OF_HALF_A_MONTH):
        half = timedelta(days=DAYS_OF_HALF_A_MONTH * (months or 0))
        soon &= ~Q(activity__valid_months=months, expires_on__gt=today + half)
    return soon


def _before_it_expires(today: date, record: TrainingRecord, _due: Due) -> Due:
    if record.expires_on is None or record.expires_on > today:
        return Due(record.expires_on)
    on = today + timedelta(days=DAYS_AFTER_EXPIRY)
    return Due(on, wanted_on=record.expires_on, moved=Moved.PAST)
