"""What came of the goals: readings of them, and what was celebrated on the way."""

from decimal import Decimal

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import add_milestone, change_milestone, record_reading
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
    "Visits to a closed door": (
        "Cards in letter boxes, counted by the teams",
        ((145, "38"), (90, "31"), (60, "19"), (30, "14"), (10, "13")),
    ),
    "Letters that read well aloud": (
        "Twenty letters, read by the tenants' panel",
        ((230, "31"), (150, "44"), (75, "66"), (20, "82")),
    ),
}


#: By title of the initiative: what, due in so many days, and for what was reached: days ago, words.
MILESTONES: dict[str, tuple[tuple[str, int, int | None, str], ...]] = {
    "One Front Door": (
        (
            "Every team has seen the new screen",
            -7,
            9,
            "All eleven teams, two days early. Thanks to Lena, who drove to the small offices.",
        ),
        ("The first hundred real cases are practised", 7, None, ""),
        ("One week without the old system", 35, None, ""),
    ),
    "A text before every visit": (
        ("The first evening on which every team sent its texts", -75, 74, "Without one call back."),
    ),
    "Plain words": (
        ("The first thousand letters without a text block", -90, 96, "It took eleven weeks."),
        ("Every new colleague reads one aloud in the first week", 30, None, ""),
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
    for title, due, reached, words in MILESTONES[initiative.title]:
        begun = by("priya", calendar.moment(calendar.past(98)))
        milestone = add_milestone(
            initiative=initiative, title=title, due_on=calendar.day(due), **begun
        )
        if reached is not None:
            day = calendar.past(reached)
            told = by("priya", calendar.moment(day))
            change_milestone(milestone, reached_on=day, words=words, **told)
