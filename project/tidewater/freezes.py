"""Days on which units are left alone."""

from change_tracker.initiatives.services import create_freeze
from change_tracker.people.models import OrgUnit
from project.tidewater.days import Calendar
from project.tidewater.people import by

#: Unit, from and to in days from today, why.
BUSY = (
    ("Contact centre", 12, 20, "The winter peak of calls"),
    ("Income", 24, 38, "The rent review"),
)


def keep_days_free(calendar: Calendar) -> None:
    """As human resources wrote them down a month ago."""
    hr = by("ana", calendar.moment(calendar.past(30)))
    for name, first, last, reason in BUSY:
        create_freeze(
            unit=OrgUnit.objects.get(name=name),
            from_on=calendar.day(first),
            to_on=calendar.day(last),
            reason=reason,
            **hr,
        )
