"""The dates on which activities of One Front Door take place; one of them was yesterday."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from change_tracker.initiatives.models import Initiative
from change_tracker.training.models import LearningActivity, Session
from change_tracker.training.services import change_activity, create_session, record_attendance
from project.tidewater.days import Calendar
from project.tidewater.people import by

#: It counts for those who were there.
COUNTS = "When somebody says no"
ZONE = "Europe/London"
#: activity, days from today, hour, place
DATES = (
    (COUNTS, -1, 10, "Board room"),
    (COUNTS, 6, 10, "Board room"),
    ("Owning a problem to the end", 4, 14, "Training room 2"),
    ("Owning a problem to the end", 11, 10, "Depot canteen"),
)
WERE_THERE = 4


def hold_sessions(calendar: Calendar) -> None:
    """From today on one activity counts by attendance; some were there yesterday."""
    now = calendar.moment(calendar.today)
    activity = LearningActivity.objects.get(title=COUNTS)
    change_activity(activity, completion_rule="attendance", **by("priya", now))
    for title, offset, hour, place in DATES:
        session = _create(title, calendar, offset, hour, place)
        if session.has_begun(now):
            people = session.expected().filter(user=None).order_by("external_id")[:WERE_THERE]
            there = [person.pk for person in people]
            who = by("priya", now)
            record_attendance(session, attended=there, today=calendar.today, **who)


def _create(title: str, calendar: Calendar, offset: int, hour: int, place: str) -> Session:
    activity = LearningActivity.objects.get(title=title)
    day = calendar.past(-offset) if offset < 0 else calendar.day(offset)
    starts_at = datetime.combine(day, time(hour), tzinfo=ZoneInfo(ZONE))
    return create_session(
        initiative=Initiative.objects.get(activities=activity),
        activity=activity,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        timezone=ZONE,
        place=place,
        led_by="Priya Nair",
        **by("priya", calendar.moment(calendar.today)),
    )
