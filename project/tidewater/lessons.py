"""What an initiative learnt, for whoever comes next."""

from collections.abc import Iterable

from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.models import StrategyType
from change_tracker.resistance.services.lessons import add_lesson
from project.tidewater.days import Calendar
from project.tidewater.people import by

#: Slug of the strategy, whether it eased resistance, and what was learnt.
Lessons = Iterable[tuple[str, bool, str]]


def learn(initiative: Initiative, lessons: Lessons, calendar: Calendar) -> None:
    """As Priya wrote them down two weeks ago."""
    for slug, eased, words in lessons:
        add_lesson(
            initiative=initiative,
            strategy=StrategyType.objects.get(slug=slug),
            eased=eased,
            words=words,
            **by("priya", calendar.moment(calendar.past(14))),
        )
