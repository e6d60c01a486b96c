"""The story: One Front Door, a change that is three weeks before go-live, and one that is a draft.

Everything is told through the services that pages and API call, at the time at which it happened.
"""

from datetime import date
from io import StringIO

from django.core.management import call_command

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.initiatives.services import (
    add_affected_group,
    add_member,
    add_objective,
    create_initiative,
    move_initiative,
)
from change_tracker.people.models import Audience
from project.tidewater.days import Calendar
from project.tidewater.mitigation import act
from project.tidewater.people import by, import_roster, make_groups, make_logins, person
from project.tidewater.resistance import resist
from project.tidewater.training import train

ROLES = [
    ("tom", Role.SPONSOR),
    ("lena", Role.CHANGE_AGENT),
    ("owen", Role.COACH),
    ("victor", Role.VIEWER),
]

GROUPS = {
    "Repairs": (
        5,
        "Callers write a job card by hand and ring the depot.",
        "One case from the first call to the finished repair, on one screen.",
        "You no longer ring the depot: the next free van stands in the case.",
    ),
    "Contact centre": (
        4,
        "Calls about repairs are passed on.",
        "Whoever answers the call solves it or owns it until it is solved.",
        "You keep the case until the tenant says that it is solved.",
    ),
    "Lettings": (
        2,
        "Questions about viewings come by e-mail to one shared address.",
        "Viewings are cases like all others.",
        "You find every question about a viewing in the case list.",
    ),
}


def tell(today: date) -> None:
    """Load everything, relative to `today`, into an empty database."""
    calendar = Calendar(today)
    make_logins()
    import_roster()
    call_command("load_catalogue", stdout=StringIO())
    groups = make_groups(calendar)
    front_door = open_front_door(calendar, groups)
    sources = resist(front_door, groups, calendar)
    action = act(front_door, groups, sources, calendar)
    train(front_door, groups, sources, action, calendar)
    draft_plain_words(calendar)


def open_front_door(calendar: Calendar, groups: dict[str, Audience]) -> Initiative:
    """The change that is under way."""
    day = calendar.past(84)
    priya = by("priya", calendar.moment(day))
    initiative = create_initiative(
        title="One Front Door",
        purpose="So that a tenant explains a problem once, and one person owns it to the end.",
        future_state="One case system for repairs, lettings and the contact centre.",
        stays_the_same="Your team, your manager and your hours stay the same.",
        go_live_on=calendar.day(21),
        **priya,
    )
    for username, role in ROLES:
        add_member(initiative=initiative, person=person(username), role=role, **priya)
    add_objective(
        initiative=initiative,
        title="Calls solved at the first contact",
        unit="%",
        baseline=54,
        target=75,
        due_on=calendar.day(90),
        **priya,
    )
    for name, (impact, before, after, message) in GROUPS.items():
        add_affected_group(
            initiative=initiative,
            audience=groups[name],
            impact=impact,
            from_state=before,
            to_state=after,
            message=message,
            **priya,
        )
    return move_initiative(initiative, to="active", **priya)


def draft_plain_words(calendar: Calendar) -> Initiative:
    """A change of service culture that Priya only begins to think about."""
    return create_initiative(
        title="Plain words",
        purpose="So that a letter from us is understood at the first reading.",
        future_state="Everybody who writes to tenants writes the way they would speak to them.",
        **by("priya", calendar.moment(calendar.past(5))),
    )
