"""What is done about it."""

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, move_action, plan_action
from change_tracker.people.models import Audience
from change_tracker.resistance.models import ResistanceSource, StrategyType
from change_tracker.resistance.services.register import move_resistance
from project.tidewater.days import Calendar
from project.tidewater.people import by, person

#: strategy, title, kinds of resistance it answers, group, days from today, minutes, owner, hill
ACTIONS = [
    (
        "value-human-interaction",
        "Tom answers the depot's questions",
        ["fear-of-job-loss"],
        "Repairs",
        -3,
        45,
        "tom",
        60,
    ),
    (
        "modernise-tools",
        "New tablets for the vans",
        ["outdated-technology"],
        "Repairs",
        10,
        0,
        "lena",
        35,
    ),
    (
        "address-past-experiences",
        "The old system stays readable for three months",
        ["negative-past-experiences"],
        "Contact centre",
        -20,
        0,
        "priya",
        100,
    ),
    (
        "comprehensive-training",
        "Everybody practises with real cases before go-live",
        ["fear-of-job-loss", "silos"],
        "Repairs",
        14,
        70,
        "priya",
        50,
    ),
]


def act(
    initiative: Initiative,
    groups: dict[str, Audience],
    sources: dict[str, ResistanceSource],
    calendar: Calendar,
) -> MitigationAction:
    """Plan and begin the actions; returns the one that training carries out."""
    for row in ACTIONS:
        action = _plan(initiative, groups, sources, calendar, row)
    for source in sources.values():
        source.refresh_from_db()
        now = calendar.moment(calendar.past(50))
        move_resistance(source, to="mitigating", **by("priya", now))
    _finish(MitigationAction.objects.get(position=100), calendar)
    return action


def _plan(
    initiative: Initiative,
    groups: dict[str, Audience],
    sources: dict[str, ResistanceSource],
    calendar: Calendar,
    row: tuple[str, str, list[str], str, int, int, str, int],
) -> MitigationAction:
    strategy, title, kinds, group, days, minutes, owner, position = row
    priya = by("priya", calendar.moment(calendar.past(60)))
    action = plan_action(
        initiative=initiative,
        sources=[sources[kind] for kind in kinds],
        strategy=StrategyType.objects.get(slug=strategy),
        title=title,
        audiences=[groups[group]],
        owner=person(owner),
        due_on=calendar.day(days) if days > 0 else calendar.past(-days),
        minutes=minutes,
        **priya,
    )
    action = move_action(action, to="in_progress", **priya)
    return change_action(action, position=position, **priya)


def _finish(action: MitigationAction, calendar: Calendar) -> None:
    done, judged = calendar.moment(calendar.past(20)), calendar.moment(calendar.past(7))
    action = move_action(action, to="done", **by("priya", done))
    move_action(action, to="effective", **by("priya", judged))
