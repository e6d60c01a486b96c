"""What came of the goals: readings of them, so many days ago."""

from decimal import Decimal

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import record_reading
from project.tidewater.days import Calendar
from project.tidewater.people import by

SYSTEM = "Report of the telephone system"
#: By title of the goal: where it comes from, and (days ago, value).
READINGS: dict[str, tuple[str, tuple[tuple[int, str], ...]]] = {
    "Calls solved at the first contact": (
        SYSTEM,
        ((90, "54"), (62, "53"), (34, "57.5"), (6, "61")),
    ),
    "Tenants who call to ask what a letter means": (
        SYSTEM,
        ((235, "140"), (180, "138"), (120, "121"), (60, "96"), (30, "81"), (8, "74")),
    ),
    "Letters that read well aloud": (
        "Twenty letters, read by the tenants' panel",
        ((230, "31"), (150, "44"), (75, "66"), (20, "82")),
    ),
}


def measure(initiative: Initiative, calendar: Calendar) -> None:
    """Record the readings; how long a repair takes nobody has measured yet."""
    for goal in initiative.objectives.order_by("pk"):
        note, readings = READINGS.get(goal.title, ("", ()))
        for days_ago, value in readings:
            day = calendar.past(days_ago)
            record_reading(
                objective=goal,
                measured_on=day,
                value=Decimal(value),
                note=note,
                **by("priya", calendar.moment(day)),
            )
