"""The one sentence that a lead reads first: where an initiative stands; no queries."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

#: What is said of an initiative in which nothing is under way.
RESTING = ("draft", "on_hold", "closed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the verdict weighs. `open_resistance` is None for who may not read the register."""

    state: str = "active"
    #: days until go-live, negative when it is over; None without a date
    go_live_in: int | None = None
    enrolled: int = 0
    due: int = 0
    late_people: int = 0
    #: the unit with the most people who are late, and how many they are
    late_unit: str = ""
    late_in_unit: int = 0
    open_resistance: int | None = None
    #: those at the two highest levels, and those of them that nothing answers
    severe: int = 0
    severe_unanswered: int = 0
    late_actions: int = 0
    #: whether one of its leads still works here
    is_led: bool = True
    #: of a past day it may not be known when go-live was to be, and what answered what
    knows_go_live: bool = True
    knows_answers: bool = True


def verdict(standing: Standing) -> str:
    """When it goes live, and the one or two things that hold it up most; never empty."""
    if standing.state in RESTING:
        return resting(standing.state)
    begins = [go_live(standing.go_live_in)] if standing.knows_go_live else []
    return " ".join([*begins, *judgement(standing)[:2]])


def resting(state: str) -> str:
    """Why there is nothing to judge."""
    return {
        "draft": gettext("This is a draft: only the people who prepare it see it."),
        "on_hold": gettext("This is on hold: nobody is reminded until it goes on."),
        "closed": gettext("This has ended; what is shown here is how it ended."),
        "cancelled": gettext("This was cancelled; what is shown here is how far it came."),
    }[state]


def go_live(days: int | None) -> str:
    """How far away go-live is."""
    if days is None:
        return gettext("There is no date for go-live yet.")
    if days == 0:
        return gettext("Go-live is today.")
    if days < 0:
        return ngettext(
            "Go-live was %(days)s day ago.", "Go-live was %(days)s days ago.", -days
        ) % {"days": -days}
    return ngettext("Go-live is in %(days)s day.", "Go-live is in %(days)s days.", days) % {
        "days": days
    }


def judgement(standing: Standing) -> list[str]:
    """What holds it up, the worst first; else that nothing does."""
    found = [
        "" if standing.is_led else gettext("Nobody who works here leads it."),
        _unanswered(standing.severe_unanswered),
        _late(standing),
        _late_actions(standing.late_actions),
    ]
    return [words for words in found if words] or [_calm(standing)]


def _unanswered(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "%(number)s strong resistance has no answer yet.",
        "%(number)s strong resistances have no answer yet.",
        number,
    ) % {"number": number}


def _late(standing: Standing) -> str:
    if not standing.late_people:
        return ""
    words = {"number": standing.late_people, "unit": standing.late_unit}
    if not standing.late_unit:
        late = ngettext(
            "%(number)s person is late with training.",
            "%(number)s people are late with training.",
            standing.late_people,
        )
    elif standing.late_in_unit == standing.late_people:
        late = ngettext(
            "%(number)s person is late with training, in %(unit)s.",
            "%(number)s people are late with training, all in %(unit)s.",
            standing.late_people,
        )
    else:
        late = ngettext(
            "%(number)s person is late with training, most of all in %(unit)s.",
            "%(number)s people are late with training, most of all in %(unit)s.",
            standing.late_people,
        )
    return late % words


def _late_actions(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "%(number)s action has passed its date.",
        "%(number)s actions have passed their date.",
        number,
    ) % {"number": number}


def _calm(standing: Standing) -> str:
    if not standing.enrolled and not standing.open_resistance:
        return gettext("It has only begun: nobody is in training yet.")
    if not standing.due:
        return gettext("No training is due yet.")
    if standing.open_resistance is None or (standing.severe and not standing.knows_answers):
        return gettext("Training is on time.")
    if standing.severe:
        return gettext("Training is on time, and everything strong that we hear has an answer.")
    return gettext("Training is on time, and nothing that we know of holds it up.")
