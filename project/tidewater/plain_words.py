"""Plain words: a change of service culture, six weeks after it became the rule."""

from project.tidewater.habits import Habit
from project.tidewater.initiative import Goal, Outline, Touched
from project.tidewater.mitigation import Act
from project.tidewater.resistance import Heard
from project.tidewater.training import Course, Lesson, Wave

WEEKS = (30, 22, 14, 8, 3)
BEGUN, GO_LIVE = 240, -45

UNITS = {
    "All who answer tenants": ["Contact centre", "Lettings"],
    "All who write letters": ["Income", "Neighbourhoods", "Support and care", "Change office"],
}

OUTLINE = Outline(
    title="Plain words",
    purpose="So that a letter from us is understood at the first reading, and nobody feels small.",
    future_state="Everybody who writes to tenants writes the way they would speak to them.",
    stays_the_same="What we decide stays as it is; only how we say it changes.",
    goals=[
        Goal(title="Tenants who call to ask what a letter means", unit="a week", baseline=140,
             target=60, due=75, direction="down"),
        Goal(title="Letters that read well aloud", unit="%", baseline=31, target=80, due=75),
    ],
    touched=[
        Touched(
            group="All who answer tenants",
            impact=3,
            before="A text block for every case, in the words of the law.",
            after="An answer in one's own words, and the law in one line below.",
            message="You may change every text block. Nobody signs it off any more.",
            influence=3,
            support=2,
        ),
        Touched(
            group="All who write letters",
            impact=4,
            before="Letters are checked by two people and leave after nine days.",
            after="A colleague reads it aloud, and it leaves the same day.",
            message="You ask one colleague to read your letter aloud; that is the check.",
            influence=4,
            support=1,
        ),
    ],
)  # fmt: skip

HEARD = [
    Heard(
        key="legal",
        kind="fear-of-mistakes",
        statement="“If I leave the paragraph out, it is on me.”",
        groups=["All who write letters"],
        levels=(4, 4, 3, 2, 1),
        state="resolved",
    ),
    Heard(
        key="style",
        kind="negative-attitudes",
        statement="“We are not a magazine.”",
        groups=["All who write letters"],
        levels=(3, 3, 2, 2, 2),
        state="mitigating",
        owner="lena",
    ),
    Heard(
        key="blocks",
        kind="complacency",
        statement="“The text blocks are quicker.”",
        groups=["All who answer tenants"],
        levels=(3, 2, 1, 1, 3),
        state="assessed",
        notes={4: "Since the busy weeks the old blocks are back."},
    ),
    Heard(
        key="reading",
        kind="time-constraints",
        statement="“I have no time to read aloud.”",
        groups=["All who answer tenants", "All who write letters"],
        levels=(3, 3, 2, 1),
        state="monitoring",
        owner="owen",
    ),
    Heard(
        key="managers",
        kind="lack-of-leadership-support",
        statement="“My manager still corrects everything back.”",
        groups=["All who write letters"],
        levels=(4, 3, 2),
        state="mitigating",
    ),
]

ACTS = [
    Act(
        key="lawyer",
        strategy="open-communication",
        title="The lawyer answers in the weekly clinic",
        against=["legal"],
        groups=["All who write letters"],
        due=-60,
        minutes=30,
        position=100,
        state="effective",
        done=-60 + 10,
        outcome="Eleven questions in the first month, one in the last.",
    ),
    Act(
        key="letters",
        strategy="celebrate-positive-interactions",
        title="The letter of the month, chosen by tenants",
        against=["style"],
        groups=["All who write letters"],
        due=20,
        owner="lena",
        position=85,
    ),
    Act(
        key="aloud",
        strategy="coaching-and-feedback",
        title="Read aloud in pairs for one week",
        against=["reading"],
        groups=["All who answer tenants"],
        due=-40,
        minutes=50,
        owner="owen",
        position=100,
        state="done",
        done=-38,
    ),
    Act(
        key="bosses",
        strategy="leaders-champion",
        title="Managers sign letters as they come, for six weeks",
        against=["managers"],
        groups=["All who write letters"],
        due=-5,
        owner="tom",
        position=66,
    ),
]

LETTERS = Course(
    title="Letters people understand",
    lessons=[
        Lesson(
            title="What plain words are",
            kind="reading",
            minutes=10,
            topic="topic-communication",
            body="Eight rules with a letter before and after each.",
            after=30,
        ),
        Lesson(
            title="Rewrite one letter",
            kind="practice",
            minutes=30,
            topic="seek-feedback",
            body="Take a letter that you sent last week. Rewrite it, and read it to a colleague.",
            after=60,
        ),
        Lesson(
            title="Letter clinic",
            kind="training-session",
            minutes=60,
            topic="learn-from-mistakes",
            body="Six people, six letters, one hour. Bring one that you are not happy with.",
            after=90,
        ),
    ],
    waves=[
        Wave(
            group="All who answer tenants",
            days_ago=170,
            due=-80,
            habit=Habit(on_time=0.84, late=0.1, begun=0.02),
        ),
        Wave(
            group="All who write letters",
            days_ago=110,
            due=-20,
            habit=Habit(on_time=0.76, late=0.17, begun=0.02),
        ),
    ],
)

#: What came of it, strategy by strategy: whether it eased resistance, and in which words.
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
