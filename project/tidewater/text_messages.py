"""A text before every visit: a small change that is over, closed with what it taught."""

from project.tidewater.initiative import Goal, Outline, Touched
from project.tidewater.mitigation import Act
from project.tidewater.resistance import Heard

WEEKS = (16, 12, 9, 2)
BEGUN, GO_LIVE = 150, -75
#: Owen began it, and handed it over when he became coach of two others.
HANDED_OVER, CLOSED = 70, 3

UNITS = {"All who visit tenants": ["Neighbourhoods"]}

OUTLINE = Outline(
    title="A text before every visit",
    purpose="So that nobody waits for us in vain, and none of us stands at a closed door.",
    future_state="Every tenant gets a text the evening before, and can answer it with another day.",
    stays_the_same="Who visits whom, and when, is still agreed in the team.",
    goals=[
        Goal(
            title="Visits to a closed door",
            unit="a week",
            baseline=38,
            target=15,
            due=-20,
            direction="down",
        ),
    ],
    touched=[
        Touched(
            group="All who visit tenants",
            impact=2,
            before="A card in the letter box when nobody was at home.",
            after="One press in the calendar sends the text; answers come back into it.",
            message="You plan your day the evening before, and drive past fewer closed doors.",
            influence=2,
            support=2,
        ),
    ],
)

HEARD = [
    Heard(
        key="watched",
        kind="negative-attitudes",
        statement="“Now they can see when I am late.”",
        groups=["All who visit tenants"],
        levels=(4, 3, 3, 1),
        state="resolved",
        owner="owen",
    ),
    Heard(
        key="evening",
        kind="time-constraints",
        statement="“I do not know in the evening what comes in the morning.”",
        groups=["All who visit tenants"],
        levels=(3, 3, 1),
        state="resolved",
        owner="owen",
    ),
]

ACTS = [
    Act(
        key="who-sees",
        strategy="open-communication",
        title="Show on one page who sees which times",
        against=["watched"],
        groups=["All who visit tenants"],
        due=-45,
        minutes=20,
        position=100,
        state="effective",
        done=-44,
        outcome="Nobody but the tenant and the visitor sees them. Nobody asked again.",
    ),
    Act(
        key="half-days",
        strategy="encourage-experimentation",
        title="Try half-days instead of hours for four weeks",
        against=["evening"],
        groups=["All who visit tenants"],
        due=-40,
        minutes=15,
        owner="owen",
        position=100,
        state="effective",
        done=-38,
        outcome="Tenants do not mind half a day, as long as it holds.",
    ),
]

CLOSING_NOTE = (
    "Closed doors fell from 38 to 13 a week and have stayed there for two months. The texts go on "
    "as everyday work of the neighbourhood teams. We should have shown who sees the times in the "
    "first week: three months of talk ended with one page."
)

LESSONS = (
    (
        "open-communication",
        True,
        "One page that shows who sees what ended a worry that five talks had not.",
    ),
    (
        "encourage-experimentation",
        True,
        "Four weeks with a date at which it ends: people tried it because it could be stopped.",
    ),
)
