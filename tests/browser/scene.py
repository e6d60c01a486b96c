"""Who looks at the pages, and rows that give every page something to show."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience, Person
from change_tracker.training.models import TrainingPlan, TrainingRecord
from tests import factories
from tests.factories import NOW, TODAY


@dataclass(slots=True)
class Scene:
    """`cookies` by who is signed in; the rows that addresses name."""

    initiative: Initiative
    plan: TrainingPlan
    records: dict[str, TrainingRecord]
    cookies: dict[str, str] = field(default_factory=dict)


TITLES = (
    ("Late", "Listening until the caller has said it all", -2),
    ("Soon", "Booking a repair while you talk", 2),
    ("Open", "Reschedulingandcancellingappointmentswithoutabreak", 12),
    ("Done", "What changes on 7 December", 12),
    ("Exempt", "Riding along with a plumber", 12),
)


def make_scene() -> Scene:
    """An initiative with everything in it; an employee with work in every state."""
    lead = factories.make_person("Priya Nair", login=factories.make_user("lead", "add_initiative"))
    sponsor = factories.make_person("Tom Reyes", login=factories.make_user("sponsor"))
    manager = factories.make_person("Dan Cole", login=factories.make_user("manager"))
    unit = factories.make_unit("Repairs and maintenance, contact centre")
    people = {
        name: factories.make_person(
            label, login=factories.make_user(name), manager=manager, unit=unit
        )
        for name, label in (("employee", "Amira Hassan"), ("reader", "Joe Bell"))
    }
    factories.make_person("Noor Ali", login=factories.make_user("idle"))
    factories.make_user("stranger")
    group = factories.make_audience(*people.values(), name="Call takers", unit=unit)
    initiative = factories.make_initiative(
        title="One Front Door", slug="one-front-door", lead=lead, sponsor=sponsor, group=group
    )
    factories.make_initiative(title="Draft to come", lead=lead, state="draft")
    _resistance(initiative, group, lead)
    plan = _plan(initiative)
    rule = factories.make_rule(plan, group)
    for person in (*people.values(), lead):
        factories.make_enrolment(plan, person, rule=rule, due_on=TODAY + timedelta(days=12))
    records = _states(people["employee"])
    records["Mailed"] = TrainingRecord.objects.filter(person=people["reader"]).earliest("pk")
    scene = Scene(initiative, plan, records)
    for name in ("employee", "reader", "idle", "stranger", "lead", "sponsor", "manager"):
        scene.cookies[name] = _sign_in(name)
    return scene


def _plan(initiative: Initiative) -> TrainingPlan:
    body = "Read it *once*, then [look](https://learn.example/) at\n\n- one\n- two"
    activities = [
        factories.make_activity(initiative, title=title, minutes=20, body=body)
        for _, title, _ in TITLES
    ]
    return factories.make_plan(initiative, items=activities, title="First week at the front door")


def _states(person: Person) -> dict[str, TrainingRecord]:
    records = TrainingRecord.objects.filter(person=person).order_by("item__position")
    found = {}
    for record, (name, _, days) in zip(records, TITLES, strict=True):
        record.due_on = TODAY + timedelta(days=days)
        if name == "Done":
            record.state, record.completed_on = "completed", TODAY
            record.completed_by = person
        if name == "Exempt":
            record.state, record.left_on = "waived", TODAY
        record.save()
        found[name] = record
    return found


def _resistance(initiative: Initiative, group: Audience, lead: Person) -> None:
    for level in (4, 2):
        source = factories.make_source(initiative, audiences=[group])
        for months, then in ((2, 5), (1, 3), (0, level)):
            day = TODAY - timedelta(days=30 * months)
            factories.make_review(source, then, reviewer=lead, reviewed_on=day)
        factories.make_action(initiative, sources=[source], audiences=[group], owner=lead)


def _sign_in(name: str) -> str:
    from django.contrib.auth.models import User

    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies["sessionid"].value


#: The moment at which the pages are looked at.
MOMENT = NOW
