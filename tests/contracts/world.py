"""One small organisation in which every identity meets every relation.

Three initiatives: *main* (active), *draft* (the same people, not published) and *foreign* (another
lead, another group). The employee and the colleague are in main's group, other_team in foreign's.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import models

from change_tracker.core import audit
from change_tracker.core.jobs.models import JobRun
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import (
    Absence,
    Audience,
    Holiday,
    PeopleSync,
    PeopleUpload,
    Person,
)
from change_tracker.reminders.models import (
    Attempt,
    CalendarFeed,
    ChannelPause,
    Digest,
    MailPreference,
    Reminder,
)
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.training.models import Attendance
from tests import factories
from tests.factories import NOW, TODAY

IDENTITIES = (
    "anonymous",
    "stranger",  # signed in, but nobody who works here
    "employee",
    "colleague",
    "other_team",
    "manager",
    "head",  # manages the manager
    "lead",
    "other_lead",
    "agent",
    "coach",
    "sponsor",
    "viewer",
    "hr",
    "site_admin",
)
SIGNED_IN = IDENTITIES[1:]
#: Keys that no row has: one was deleted, one never was.
NOWHERE = ("deleted", "random")
RANDOM_KEY = 987_654_321


@dataclass(slots=True)
class World:
    """`users` by identity, `rows` by model and kind, and what requests need to name rows."""

    users: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    rows: dict[str, dict[str, models.Model]] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, row: models.Model) -> Any:
        """Remember `row` as the one of its model that is called `kind`."""
        self.rows.setdefault(type(row).__name__, {})[kind] = row
        return row

    def key(self, model: str, kind: str) -> int:
        """The primary key of a row, or one that leads nowhere."""
        if kind == "random":
            return RANDOM_KEY
        if kind == "deleted":
            return self.deleted[model]
        return int(self.rows[model][kind].pk)


def make_world() -> World:
    """About 150 rows; every model of ours has at least one."""
    world = World(users={"anonymous": AnonymousUser()})
    _people(world)
    _catalogue(world)
    inside = [world.people["employee"], world.people["colleague"]]
    group = _audience(world, "main", *inside)
    away = _audience(world, "foreign", world.people["other_team"])
    for name in ("lead", "other_lead"):
        world.add(f"{name}'s", factories.make_audience(created_by=world.users[name]))
    main = _initiative(world, "main", "active", group)
    _initiative(world, "draft", "draft", group)
    foreign = _initiative(world, "foreign", "active", away)
    for who in ("employee", "colleague"):
        _training(world, who, main)
    _training(world, "other_team", foreign)
    _hand_in(world, main, "employee", "colleague")
    _hand_in(world, foreign, "other_team")
    _voice(world, main, "employee", "colleague")
    _voice(world, foreign, "other_team")
    initiatives: dict[str, Any] = world.rows["Initiative"]
    for kind, initiative in initiatives.items():
        world.add(kind, factories.make_answer(initiative))
    for name in ("employee", "other_team"):
        world.add(
            name,
            Absence.objects.create(person=world.people[name], from_on=TODAY, to_on=TODAY),
        )
        world.add(name, MailPreference.objects.create(person=world.people[name]))
        world.add(name, factories.make_forecast(world.people[name], person=world.people[name]))
        feed = {"person": world.people[name], "secret_hash": name, "made_at": NOW}
        world.add(name, CalendarFeed.objects.create(**feed))
    world.add("email", ChannelPause.objects.create(channel="chat", reason="Being moved"))
    repairs: Any = world.rows["OrgUnit"]["repairs"]
    world.add("year end", factories.make_freeze(repairs))
    for kind, initiative in [("site", None), *initiatives.items()]:
        policy = world.add(kind, factories.make_policy(initiative))
        world.add(kind, policy.steps.get())
    for kind, initiative in initiatives.items():
        world.add(kind, factories.make_words(initiative))
        world.add(kind, factories.make_forecast(world.people["employee"], initiative=initiative))
    _history(world)
    _deleted(world)
    return world


def _people(world: World) -> None:
    repairs = world.add("repairs", factories.make_unit("Repairs"))
    sales = world.add("sales", factories.make_unit("Sales"))
    office = world.add("office", factories.make_unit("Change office"))
    world.users["stranger"] = factories.make_user("stranger")
    head = _person(world, "head", office)
    manager = _person(world, "manager", repairs, manager=head)
    for name in ("employee", "colleague"):
        _person(world, name, repairs, manager=manager)
    _person(world, "other_team", sales)
    for name in ("lead", "other_lead"):
        _person(world, name, office, "add_initiative")
    for name in ("agent", "coach", "sponsor", "viewer"):
        _person(world, name, office)
    _person(world, "hr", office, "manage_people")
    _person(world, "site_admin", office)
    staff(world.users["hr"])
    User.objects.filter(pk=world.users["site_admin"].pk).update(is_superuser=True, is_staff=True)
    world.users["site_admin"].refresh_from_db()


def _person(world: World, name: str, unit: Any, *permissions: str, **values: Any) -> Person:
    login = factories.make_user(name, *permissions)
    person = factories.make_person(name.title(), login=login, unit=unit, **values)
    world.users[name], world.people[name] = login, person
    return world.add(name, person)  # type: ignore[no-any-return]  # what it was given


def staff(user: User) -> None:
    """May open the admin, with every permission of Django's: what is left is our doorway."""
    User.objects.filter(pk=user.pk).update(is_staff=True)
    ours = Permission.objects.filter(content_type__app_label="change_tracker")
    roles = ("add_initiative", "manage_people")  # these mean something to us
    user.user_permissions.add(*ours.exclude(codename__in=roles))
    user.refresh_from_db()


def _catalogue(world: World) -> None:
    from change_tracker.resistance.models import CataloguePack, Technique
    from change_tracker.training.models import ActivityKind

    pack = CataloguePack.objects.create(slug="pack", pack_version=1, loaded_at=NOW)
    source_type = factories.make_source_type(pack=pack)
    strategy = factories.make_strategy(pack=pack)
    technique = Technique.objects.create(slug="listening", label="Listening", kind="behaviour")
    kind = ActivityKind.objects.create(slug="reading", label="Reading")
    source_type.recommendations.create(strategy=strategy, basis="stated")
    source_type.technique_suggestions.create(technique=technique, basis="proposed")
    for row in (pack, source_type, source_type.category, strategy, technique, kind):
        world.add("entry", row)


def _audience(world: World, kind: str, *people: Person) -> Audience:
    audience = factories.make_audience(*people)
    for member in audience.members.select_related("person__user"):
        world.add(str(member.person.user), member)
    return world.add(kind, audience)  # type: ignore[no-any-return]


def _initiative(world: World, kind: str, state: str, group: Audience) -> Initiative:
    people = world.people
    initiative = factories.make_initiative(
        lead=people["other_lead" if kind == "foreign" else "lead"], state=state
    )
    world.add(kind, initiative)
    if kind != "foreign":
        for role, name in (("change_agent", "agent"), ("coach", "coach"), ("viewer", "viewer")):
            factories.make_role(initiative, people[name], role)
        factories.make_role(initiative, people["sponsor"], "sponsor")
    world.add(kind, initiative.members.get(role="lead"))
    goal = world.add(kind, initiative.objectives.get())
    world.add(kind, goal.measurements.get())
    world.add(kind, factories.make_milestone(initiative))
    world.add(kind, factories.make_lesson(initiative))
    world.add(kind, factories.make_group(initiative, group, influence=2, support=-1))
    _resistance(world, kind, initiative, group)
    return initiative


def _resistance(world: World, kind: str, initiative: Initiative, group: Audience) -> None:
    type_: Any = world.rows["SourceType"]["entry"]
    source = factories.make_source(initiative, audiences=[group], type=type_)
    world.add(kind, source)
    reviewer = world.people["other_lead" if kind == "foreign" else "lead"]
    world.add(kind, factories.make_review(source, 3, reviewer=reviewer))
    action = factories.make_action(initiative, sources=[source], audiences=[group])
    world.add(kind, action)
    if kind == "main":
        for who in ("agent", "sponsor"):
            owned = factories.make_action(
                initiative, sources=[source], audiences=[group], owner=world.people[who]
            )
            world.add(f"{who}'s", owned)
    activity = world.add(kind, factories.make_activity(initiative))
    world.add(kind, factories.make_activity_file(activity))
    state = "draft" if kind == "draft" else "published"
    plan = world.add(kind, factories.make_plan(initiative, items=[activity], state=state))
    world.add(kind, plan.items.get())
    world.add(kind, factories.make_rule(plan, group))
    world.add(kind, factories.make_session(initiative, activity))
    if kind == "main":
        world.add("library", factories.make_activity(None))
        pack = world.rows["CataloguePack"]["entry"]
        for name, origin in (("entry", {"pack": pack}), ("main", {"saved_from": initiative})):
            playbook: Any = world.add(name, factories.make_playbook(type_, **origin))
            world.add(name, playbook.actions.get())
            world.add(name, playbook.items.get())
    used: Any = world.rows["Playbook"]["entry"]
    world.add(kind, factories.make_playbook_use(initiative, used, action))


def _training(world: World, who: str, initiative: Initiative) -> None:
    plan = initiative.trainingplans.get()
    person = world.people[who]
    enrolment = factories.make_enrolment(plan, person, rule=plan.audiences.get())
    world.add(who, enrolment)
    record = world.add(who, enrolment.records.get())
    world.add(who, factories.make_request(record))
    session = initiative.sessions.get()
    there = {"session": session, "person": person, "attended": True, "recorded_at": NOW}
    world.add(who, Attendance.objects.create(**there))
    for row in add_mail(who, person, record):
        world.add(who, row)


def _hand_in(world: World, initiative: Initiative, *names: str) -> None:
    """Files that wait to be looked at, in a plan of their own."""
    activity = factories.make_activity(initiative, completion_rule="evidence")
    plan = factories.make_plan(initiative, items=[activity])
    for who in names:
        record = factories.make_enrolment(plan, world.people[who]).records.get()
        world.add(who, factories.make_submission(record))
        world.add(who, factories.make_learning(world.people[who]))


def _voice(world: World, initiative: Any, *names: str) -> None:
    """What people said, and what the team wrote back."""
    lead = initiative.members.get(role="lead").person
    for who in names:
        item = world.add(who, factories.make_feedback(initiative, world.people[who]))
        world.add(who, factories.make_message(item, lead))
        scope = item.audit_scope
        world.add(who, audit.record(obj=item, verb="created", actor=None, now=NOW, scope=scope))


def add_mail(name: str, person: Person, record: Any, slot: int = 0) -> list[models.Model]:
    """A digest with one reminder that left at the first attempt."""
    digest = Digest.objects.create(
        recipient=person,
        local_on=TODAY,
        slot=slot,
        state="sent",
        sent_at=NOW,
        available_at=NOW,
        message_id=f"<{name}@example.org>",
    )
    reminder = Reminder.objects.create(
        recipient=person,
        kind="training_due",
        step="7",
        due_revision=1,
        send_on=TODAY,
        record=record,
        dedupe_key=f"due:{name}",
        digest=digest,
        state="sent",
        planned_at=NOW,
    )
    attempt = Attempt.objects.create(digest=digest, n=1, started_at=NOW, outcome="sent")
    return [digest, reminder, attempt]


def add_job(owner: User) -> JobRun:
    """Long work that broke off."""
    job: JobRun = JobRun.objects.create(
        kind="x",
        title="Import of roster.csv",
        owner=owner,
        state="failed",
        failure="interrupted",
        problems=[{"row": 2, "field": "name", "reason": "It is empty.", "is_error": True}],
        queued_at=NOW,
        finished_at=NOW,
    )
    return job


def add_upload(owner: User) -> PeopleUpload:
    """A roster that was sent, and not looked at yet."""
    upload: PeopleUpload = PeopleUpload.objects.create(
        owner=owner,
        name="roster.csv",
        content=b"external_id,name\nK1,Ana\n",
        headings=["external_id", "name"],
        mapping={"external_id": "external_id", "name": "name"},
        source="0" * 64,
        uploaded_at=NOW,
    )
    return upload


def add_spreadsheet(owner: User, initiative: Any) -> RegisterUpload:
    """A spreadsheet of the lead that was sent, and not looked at yet."""
    upload: RegisterUpload = RegisterUpload.objects.create(
        owner=owner,
        initiative=initiative,
        name="goals.csv",
        content=b"What we want to reach\nFewer calls back\n",
        headings=[["", ["What we want to reach"]]],
        mapping={"": {"kind": "objectives", "columns": {"title": "What we want to reach"}}},
        source="0" * 64,
        uploaded_at=NOW,
    )
    return upload


def _history(world: World) -> None:
    for kind in ("main", "draft", "foreign"):
        initiative = world.rows["Initiative"][kind]
        scope = f"initiative:{initiative.pk}"
        world.add(
            kind, audit.record(obj=initiative, verb="created", actor=None, now=NOW, scope=scope)
        )
    world.add("site", audit.record(object_type="x", object_id=1, verb="x", actor=None, now=NOW))
    sync = PeopleSync.objects.create(
        source="roster.csv", state="applied", ran_at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    world.add("sync", sync)
    for name in ("lead", "hr"):
        world.add(name, add_job(world.users[name]))
    world.add("upload", add_upload(world.users["hr"]))
    main = world.rows["Initiative"]["main"]
    world.add("sheet", add_spreadsheet(world.users["lead"], main))
    world.add("day", Holiday.objects.create(day=date(2026, 12, 25), name="Christmas"))


def _deleted(world: World) -> None:
    """The key of a row that was there once: above every key that is, as ids are not used again."""
    for name, rows in world.rows.items():
        world.deleted[name] = max(int(row.pk) for row in rows.values()) + 1000
