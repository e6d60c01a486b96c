"""What stands in the way, and how strong it was judged to be over the weeks."""

from dataclasses import dataclass

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.services.register import (
    move_resistance,
    record_resistance,
    review_resistance,
)
from project.tidewater.days import Calendar
from project.tidewater.people import by, person


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the register; levels were judged ten, six and two weeks ago."""

    kind: str
    statement: str
    groups: tuple[str, ...]
    levels: tuple[int, ...]
    target: int = 1
    owner: str = "priya"


HEARD = [
    Heard("fear-of-job-loss", "“First the depot, then our jobs.”", ("Repairs",), (3, 4, 3)),
    Heard(
        "outdated-technology",
        "“The van tablets will not run it.”",
        ("Repairs",),
        (2, 4, 4),
        owner="lena",
    ),
    Heard(
        "silos",
        "“Lettings never told us what they promised.”",
        ("Contact centre", "Lettings"),
        (3, 3, 2),
        owner="lena",
    ),
    Heard(
        "negative-past-experiences",
        "“Last time the old system was gone before the new one worked.”",
        ("Contact centre",),
        (4, 3, 1),
        target=2,
    ),
]


def resist(
    initiative: Initiative, groups: dict[str, Audience], calendar: Calendar
) -> dict[str, ResistanceSource]:
    """Record and review every line; returns the sources by kind."""
    return {heard.kind: _record(initiative, heard, groups, calendar) for heard in HEARD}


def _record(
    initiative: Initiative, heard: Heard, groups: dict[str, Audience], calendar: Calendar
) -> ResistanceSource:
    source = record_resistance(
        initiative=initiative,
        source_type=SourceType.objects.get(slug=heard.kind),
        statement=heard.statement,
        audiences=[groups[name] for name in heard.groups],
        owner=person(heard.owner),
        target_level=heard.target,
        review_on=calendar.day(5),
        **by("priya", calendar.moment(calendar.past(75))),
    )
    for weeks_ago, level in zip((10, 6, 2), heard.levels, strict=True):
        day = calendar.past(weeks_ago * 7)
        review_resistance(source, level=level, reviewed_on=day, **by("priya", calendar.moment(day)))
    now = calendar.moment(calendar.past(70))
    source.refresh_from_db()
    return move_resistance(source, to="assessed", **by("priya", now))
