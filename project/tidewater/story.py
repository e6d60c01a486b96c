"""The story: One Front Door, three weeks before go-live, Plain words, six weeks after it, and a
small change that is over.

Everything is told through the services that pages and API call, at the time at which it happened;
the mail of the last mornings is what the real tick sent on them.
"""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.initiatives.services import hand_over, move_initiative
from project import DEMO_DIR
from project.tidewater import front_door, front_door_courses, plain_words, text_messages
from project.tidewater.days import Calendar
from project.tidewater.diary import Diary
from project.tidewater.freezes import keep_days_free
from project.tidewater.goals import measure
from project.tidewater.imports import send_an_extract
from project.tidewater.initiative import open_initiative
from project.tidewater.lessons import learn
from project.tidewater.mitigation import Actions, carry_out, plan_acts
from project.tidewater.people import (
    by,
    group_of_leaders,
    group_of_units,
    import_roster,
    leave,
    make_logins,
    person,
)
from project.tidewater.proof import show_what_they_can
from project.tidewater.resistance import Groups, Register, hear, settle, take_up
from project.tidewater.sessions import hold_sessions
from project.tidewater.training import train
from project.tidewater.voice import speak

ROSTER = DEMO_DIR / "roster.csv"
MORNINGS = 14


def tell(today: date, *, roster: Path = ROSTER) -> None:
    """Load everything, relative to `today`, into an empty database; the roster is kept."""
    calendar = Calendar(today)
    diary = Diary(calendar)
    make_logins()
    import_roster(roster, calendar)
    call_command("load_catalogue", stdout=StringIO())
    keep_days_free(calendar)
    tell_text_messages(calendar)
    tell_plain_words(calendar, diary)
    tell_front_door(calendar, diary)
    leave(calendar, diary)
    diary.live(calendar.working_days_before(MORNINGS))
    show_what_they_can(calendar)
    hold_sessions(calendar)
    send_an_extract(calendar)


def tell_front_door(calendar: Calendar, diary: Diary) -> None:
    """A new system: much is open, and so is much of the training."""
    groups = groups_of(front_door.UNITS, calendar, front_door.BEGUN)
    groups["Leaders"] = group_of_leaders(
        "Managers and team leaders", front_door.MANAGERS, calendar, front_door.BEGUN
    )
    initiative = open_initiative(
        front_door.OUTLINE,
        groups,
        go_live_on=calendar.day(front_door.GO_LIVE),
        days_ago=front_door.BEGUN,
        calendar=calendar,
    )
    measure(initiative, calendar)
    register, actions = resist_and_act(initiative, front_door, groups, calendar)
    speak(initiative, register, actions, calendar)
    answered = [register["jobs"], register["silos"], register["mistakes"]]
    action = actions["real-cases"]
    train(
        initiative,
        front_door_courses.READY,
        groups,
        diary,
        calendar,
        sources=answered,
        action=action,
    )
    train(
        initiative, front_door_courses.LEADING, groups, diary, calendar, sources=[register["why"]]
    )


def tell_plain_words(calendar: Calendar, diary: Diary) -> None:
    """A change of service culture: nearly done, and to be kept alive."""
    groups = groups_of(plain_words.UNITS, calendar, plain_words.BEGUN)
    go_live_on = calendar.past(-plain_words.GO_LIVE)
    initiative = open_initiative(
        plain_words.OUTLINE,
        groups,
        go_live_on=go_live_on,
        days_ago=plain_words.BEGUN,
        calendar=calendar,
    )
    measure(initiative, calendar)
    register, _actions = resist_and_act(initiative, plain_words, groups, calendar)
    answered = [register["style"], register["managers"]]
    train(initiative, plain_words.LETTERS, groups, diary, calendar, sources=answered)
    learn(initiative, plain_words.LESSONS, calendar)
    initiative.refresh_from_db()
    move_initiative(initiative, to="sustaining", **by("priya", calendar.moment(go_live_on)))


def tell_text_messages(calendar: Calendar) -> None:
    """A small change that is over: handed over on the way, and closed with what it taught."""
    told = text_messages
    groups = groups_of(told.UNITS, calendar, told.BEGUN)
    go_live_on = calendar.past(-told.GO_LIVE)
    initiative = open_initiative(
        told.OUTLINE,
        groups,
        go_live_on=go_live_on,
        days_ago=told.BEGUN,
        calendar=calendar,
        lead="owen",
    )
    handed_over = by("owen", calendar.moment(calendar.past(told.HANDED_OVER)))
    lead = initiative.members.get(role=Role.LEAD)
    hand_over(lead, to=person("priya"), with_work=True, **handed_over)
    measure(initiative, calendar)
    resist_and_act(initiative, told, groups, calendar)
    learn(initiative, told.LESSONS, calendar)
    initiative.refresh_from_db()
    then = by("priya", calendar.moment(calendar.past(told.HANDED_OVER - 1)))
    initiative = move_initiative(initiative, to="sustaining", **then)
    closed = by("priya", calendar.moment(calendar.past(told.CLOSED)))
    move_initiative(initiative, to="closed", closing_note=told.CLOSING_NOTE, **closed)


def groups_of(units: dict[str, list[str]], calendar: Calendar, days_ago: int) -> dict[str, Any]:
    """One audience for each entry of `units`."""
    return {name: group_of_units(name, names, calendar, days_ago) for name, names in units.items()}


def resist_and_act(
    initiative: Initiative, told: Any, groups: Groups, calendar: Calendar
) -> tuple[Register, Actions]:
    """The register and the actions of the module `told`, up to today."""
    register = hear(initiative, told.HEARD, groups, weeks=told.WEEKS, calendar=calendar)
    actions = plan_acts(initiative, told.ACTS, groups, register, calendar)
    take_up(told.HEARD, register, calendar)
    carry_out(told.ACTS, actions, calendar)
    settle(told.HEARD, register, calendar)
    return register, actions
