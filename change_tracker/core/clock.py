"""The database's clock, which every worker shares, and when a day begins."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

from django.db import connection
from django.utils import timezone

#: East of Greenwich the day before it begins at a moment that UTC does not know.
FIRST_DAY = date(1, 1, 2)
#: Where workers read the time; tests pass their own.
Clock = Callable[[], datetime]

# Not Django's Now(): on MariaDB it follows the zone of the session, and rows are in UTC.
_QUESTIONS = {
    "postgresql": "SELECT clock_timestamp()",
    "mysql": "SELECT utc_timestamp(6)",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


def midnight(day: date) -> datetime:
    """When `day` begins, by the clock of whoever asks."""
    return timezone.make_aware(datetime.combine(max(day, FIRST_DAY), time.min))


def database_now() -> datetime:
    """The time at the database, in UTC: leases of workers on many hosts are compared by it."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTIONS.get(connection.vendor, "SELECT current_timestamp"))
        told = cursor.fetchone()[0]
    instant: datetime = datetime.fromisoformat(told) if isinstance(told, str) else told
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
