"""What people say about One Front Door with their name, and what the change team makes of it."""

from typing import Any

from change_tracker.initiatives.models import Initiative
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.services import (
    acknowledge_feedback,
    answer_feedback,
    link_feedback,
    publish_answer,
    raise_feedback,
    write_message,
)
from project.tidewater.days import Calendar
from project.tidewater.mitigation import Actions
from project.tidewater.people import by
from project.tidewater.resistance import Register

TOLD = (
    (
        "Several of you feared that the old system is gone before the new one works.",
        "It stays readable for three months after go-live. Ask Lena for your access.",
    ),
    (
        "The van tablets are too slow for the new screens.",
        "31 new ones are ordered. The first part goes to the vans with the longest rounds.",
    ),
)


def speak(initiative: Initiative, register: Register, actions: Actions, calendar: Calendar) -> None:
    """One answer is late, one concern waits, one talk is under way, and some are answered."""
    talk = _Talk(initiative, calendar)
    tablets = talk.says("amira", 20, "concern", "The tablet in my van hangs on every photo.")
    talk.answers(
        tablets,
        19,
        disposition="will_act",
        text="New ones are on their way. Yours is in the first part of the delivery.",
        action=actions["vans"],
        source=register["tablets"],
    )
    rota = talk.says(
        "amira", 16, "idea", "Let two of us answer the first week's calls at one desk."
    )
    talk.answers(
        rota,
        14,
        disposition="cannot",
        text="The desks are taken in that week. We keep it for the second front door.",
    )
    signal = talk.says("dan", 3, "question", "Who covers my team while they practise?")
    acknowledge_feedback(item=signal, **talk.at("owen", 2))
    write_message(item=signal, text="For which days do you ask?", **talk.at("owen", 2))
    write_message(item=signal, text="For both Tuesdays.", **talk.at("dan", 1))
    waits = talk.says(
        "amira", 9, "concern", "If I close a case too early, the next shift sees my name under it."
    )
    link_feedback(item=waits, source=register["mistakes"], **by("lena", talk.now(8)))
    talk.says("amira", 1, "question", "What happens to jobs that are open on the last evening?")
    for days, (told, did) in zip((21, 12), TOLD, strict=True):
        publish_answer(initiative=initiative, told=told, did=did, **talk.at("priya", days))


class _Talk:
    """Who says what, so many days ago."""

    def __init__(self, initiative: Initiative, calendar: Calendar) -> None:
        self.initiative, self.calendar = initiative, calendar

    def now(self, days_ago: int) -> Any:
        return self.calendar.moment(self.calendar.past(days_ago))

    def at(self, username: str, days_ago: int) -> dict[str, Any]:
        return {"today": self.calendar.past(days_ago), **by(username, self.now(days_ago))}

    def says(self, username: str, days_ago: int, kind: str, text: str) -> FeedbackItem:
        return raise_feedback(
            initiative=self.initiative, kind=kind, text=text, **self.at(username, days_ago)
        )

    def answers(self, item: FeedbackItem, days_ago: int, **values: Any) -> None:
        answer_feedback(item=item, **values, **self.at("priya", days_ago))
