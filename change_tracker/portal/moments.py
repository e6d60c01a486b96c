"""What happens when: dates of an initiative in their order; no queries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.text import due_words, lower_first
from change_tracker.core.together import Part
from change_tracker.initiatives.models import AffectedGroup, Initiative, Milestone
from change_tracker.mitigation.hill import OnHill
from change_tracker.training.coming import begins
from change_tracker.training.models import Session
from change_tracker.training.sessionwords import hour_words

MOST = 4


@dataclass(frozen=True, slots=True)
class Moment:
    """One date; `look` is done, now or nothing; `action` is the key of what happens then.

    `distance` stands in brackets after the date.
    """

    on: date
    words: str
    distance: str
    look: str = ""
    is_goal: bool = False
    action: int | None = None


def in_order(moments: Iterable[Moment], today: date) -> list[Moment]:
    """By date, with today among them where there is anything to compare it with."""
    found = sorted(moments, key=lambda each: each.on)
    if not found:
        return []
    now = Moment(today, gettext("Today"), "", "now")
    before = [each for each in found if each.on < today]
    return [*before, now, *found[len(before) :]]


def moment(on: date, words: str, today: date, *, is_goal: bool = False) -> Moment:
    """A date that is over or to come."""
    distance = "" if on <= today else lower_first(due_words(on, today))
    return Moment(on, words, distance, "done" if on < today else "", is_goal)


def go_live(initiative: Initiative, today: date) -> list[Moment]:
    """The day on which it goes live, where it is known."""
    if initiative.go_live_on is None:
        return []
    return [
        moment(
            initiative.go_live_on, gettext("Go-live: the start of the new way"), today, is_goal=True
        )
    ]


def of_actions(actions: Iterable[OnHill], today: date) -> list[Moment]:
    """The next dates of actions; what is late stands elsewhere."""
    dated = ((each.due_on, each.pk, each.title) for each in actions)
    ahead = sorted((on, pk, title) for on, pk, title in dated if on is not None and on >= today)
    return [replace(moment(on, title, today), action=pk) for on, pk, title in ahead[:MOST]]


def of_sessions(sessions: Iterable[Session], today: date) -> list[Moment]:
    """The next sessions of what somebody has to do."""
    ahead = sorted(sessions, key=begins)[:MOST]
    return [moment(each.day, hour_words(each, today), today) for each in ahead]


def of_training(dues: Iterable[tuple[str, date, int]], today: date) -> list[Moment]:
    """The next due dates of plans: (plan, date, people who still have something due then)."""
    return [
        moment(
            on,
            ngettext(
                "“%(plan)s” is due for %(number)s person",
                "“%(plan)s” is due for %(number)s people",
                people,
            )
            % {"plan": plan, "number": people},
            today,
        )
        for plan, on, people in dues
    ]


def milestones_part(user: User, initiative: Initiative) -> Part:
    """The milestones of an initiative as far as its dates say them, to be read with others."""
    rows = Milestone.objects.visible_to(user).filter(initiative=initiative)
    return Part(rows, ("id", "title", "due_on", "reached_on", "words"))


def of_milestones(milestones: Iterable[Milestone], today: date) -> list[Moment]:
    """What was reached last, what is late, and what is to be reached next."""
    found = []
    days = sorted(milestones, key=lambda each: each.reached_on or each.due_on)
    behind = [each for each in days if each.reached_on or each.due_on < today]
    for each in [*behind[-MOST:], *[each for each in days if each not in behind][:MOST]]:
        if each.reached_on:
            words = gettext("Reached: %(title)s") % {"title": each.title}
            found.append(moment(each.reached_on, words, today))
        elif each.due_on < today:
            late = Moment(each.due_on, each.title, due_words(each.due_on, today))
            found.append(late)
        else:
            found.append(moment(each.due_on, each.title, today))
    return found


def of_groups(groups: Iterable[AffectedGroup], today: date) -> list[Moment]:
    """When the change begins, and is through, for each group."""
    found = []
    for group in groups:
        names = {"group": str(group.audience)}
        if group.from_on:
            begins = gettext("It begins for %(group)s") % names
            found.append(moment(group.from_on, begins, today))
        if group.to_on:
            through = gettext("It is in place for %(group)s") % names
            found.append(moment(group.to_on, through, today))
    return found
