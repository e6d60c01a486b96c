"""What Plain words learnt, for whoever comes next."""

from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.models import StrategyType
from change_tracker.resistance.services.lessons import add_lesson
from project.tidewater.days import Calendar
from project.tidewater.people import by

#: Slug of the strategy, whether it eased resistance, and what was learnt.
LESSONS = (
    (
        "communicate-benefits",
        False,
        "Posters and mails: people read them and asked the same questions. Talks worked.",
    ),
    (
        "encourage-experimentation",
        True,
        "Letters that went out as drafts to ten tenants: their answers convinced more than we did.",
    ),
    (
        "coaching-and-feedback",
        True,
        "Reading aloud with one colleague took five minutes and replaced two signatures.",
    ),
)


def learn(initiative: Initiative, calendar: Calendar) -> None:
    """As Priya wrote them down two weeks ago."""
    for slug, eased, words in LESSONS:
        add_lesson(
            initiative=initiative,
            strategy=StrategyType.objects.get(slug=slug),
            eased=eased,
            words=words,
            **by("priya", calendar.moment(calendar.past(14))),
        )
