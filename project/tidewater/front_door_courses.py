"""What people learn for One Front Door: one plan for those who use it, one for who leads them."""

from project.tidewater.habits import Habit
from project.tidewater.training import Course, Lesson, Wave

READY = Course(
    title="Ready for One Front Door",
    lessons=[
        Lesson(
            title="Who does what after the change",
            kind="reading",
            minutes=10,
            body="Two pages: who owns a case when, and whom you ask.",
            due=-9,
            months=12,
        ),
        Lesson(
            title="The case system in your first week",
            kind="course",
            minutes=25,
            topic="topic-technical-skills",
            body="Open a case, find a case, hand a case over. Five short parts; stop whenever you"
            " like.",
            due=-4,
        ),
        Lesson(
            title="Owning a problem to the end",
            kind="training-session",
            minutes=45,
            topic="take-ownership",
            body="What to say when you do not know the answer yet, and how to keep the promise.",
            due=2,
        ),
        Lesson(
            title="Listening with empathy",
            kind="practice",
            minutes=15,
            topic="practise-empathy",
            body="In your next three calls, say back in one sentence what the caller feels before"
            " you offer a solution.",
        ),
    ],
    waves=[
        Wave(group="Contact centre", days_ago=40, due=7, habit=Habit(on_time=0.72, late=0.14)),
        Wave(group="Repairs", days_ago=17, due=12, habit=Habit(on_time=0.55, late=0.15, begun=0.1)),
        Wave(group="Lettings", days_ago=11, due=16, habit=Habit(on_time=0.8, late=0.1)),
    ],
)

LEADING = Course(
    title="Leading through the change",
    lessons=[
        Lesson(
            title="Ten minutes with your team",
            kind="practice",
            minutes=10,
            topic="proactive-communication",
            body="Ask three questions in your next meeting: what is clear, what is not, what"
            " worries you. Write down what you hear.",
            due=-6,
        ),
        Lesson(
            title="When somebody says no",
            kind="coaching-session",
            minutes=60,
            topic="active-listening",
            body="Four conversations to practise in pairs. Bring one that you still have to have.",
            due=6,
        ),
    ],
    waves=[
        Wave(group="Leaders", days_ago=30, due=6, habit=Habit(on_time=0.7, late=0.12)),
    ],
)
