"""More rows of everything, all of them hanging on the world's main rows."""

from datetime import timedelta
from typing import Any

from change_tracker.core import audit
from change_tracker.people.models import Absence, AudienceMember, Holiday, PeopleSync
from change_tracker.reminders.models import ChannelPause, MailPreference
from change_tracker.resistance.models import CataloguePack, Technique
from change_tracker.training.models import ActivityKind, Attendance, PlanItem
from tests import factories
from tests.contracts.world import World, add_job, add_mail, add_spreadsheet, add_upload
from tests.factories import NOW, TODAY


def grow(world: World, rows: int) -> None:
    """So many more of every model, visible to the lead, HR and site admins."""
    for _ in range(rows):
        person = factories.make_person(
            manager=world.people["manager"], unit=world.rows["OrgUnit"]["repairs"], login=True
        )
        group = _people(world, person)
        type_ = _catalogue(world)
        _initiative(world, person, group, type_)
        _training(world, person, group)


def _people(world: World, person: Any) -> Any:
    main: Any = world.rows["Audience"]["main"]
    repairs: Any = world.rows["OrgUnit"]["repairs"]
    AudienceMember.objects.create(audience=main, person=person, joined_on=TODAY)
    unit = factories.make_unit(parent=repairs)
    main.clauses.create(kind="unit", unit=unit)
    for who in (person, world.people["employee"]):
        Absence.objects.create(person=who, from_on=TODAY, to_on=TODAY)
    add_job(world.users["lead"])
    add_upload(world.users["hr"])
    MailPreference.objects.create(person=person)
    ChannelPause.objects.create(channel=f"way-{person.pk}")
    add_spreadsheet(world.users["lead"], world.rows["Initiative"]["main"])
    Holiday.objects.create(day=TODAY + timedelta(days=1000 + person.pk), name="A day off")
    PeopleSync.objects.create(source="roster.csv", state="applied", ran_at=NOW)
    return factories.make_audience(person, unit=unit, created_by=world.users["lead"])


def _catalogue(world: World) -> Any:
    main: Any = world.rows["SourceType"]["entry"]
    strategy = factories.make_strategy()
    technique = Technique.objects.create(
        slug=f"t-{strategy.slug}", label=f"Technique {strategy.pk}", kind="behaviour"
    )
    ActivityKind.objects.create(slug=f"k-{strategy.slug}", label=f"Kind {strategy.pk}")
    CataloguePack.objects.create(slug=f"p-{strategy.slug}", pack_version=1, loaded_at=NOW)
    type_ = factories.make_source_type()
    for each in (main, type_):
        each.recommendations.create(strategy=strategy, basis="proposed")
        each.technique_suggestions.create(technique=technique, basis="proposed")
    return type_


def _initiative(world: World, person: Any, group: Any, type_: Any) -> None:
    main: Any = world.rows["Initiative"]["main"]
    factories.make_initiative(lead=world.people["lead"], sponsor=person, group=group)
    factories.make_role(main, person, "viewer")
    factories.make_policy(factories.make_initiative(lead=world.people["lead"]))
    more = factories.make_initiative(lead=world.people["lead"])
    factories.make_forecast(person, initiative=more)
    factories.make_words(more)
    main.reminder_policies.get().steps.create(days=person.pk % 300 + 10)
    factories.make_objective(main)
    factories.make_milestone(main, reached_on=TODAY)
    factories.make_milestone(main)
    factories.make_lesson(main)
    if person.unit is not None:
        factories.make_freeze(person.unit)
    goal: Any = world.rows["Objective"]["main"]
    # Far from the readings that the world has: one goal has one a day.
    factories.make_measurement(goal, 60, measured_on=TODAY - timedelta(days=1_000 + person.pk))
    factories.make_group(main, group)
    source = factories.make_source(main, audiences=[group], type=type_, owner=person)
    heard: Any = world.rows["ResistanceSource"]["main"]
    for each in (source, heard):
        factories.make_review(each, 2, reviewer=world.people["lead"])
    factories.make_action(main, sources=[source, heard], audiences=[group], owner=person)
    _voice(world, main)
    _playbooks(world, main, type_)
    audit.record(obj=main, verb="x", actor=None, now=NOW, scope=main.audit_scope)


def _playbooks(world: World, main: Any, type_: Any) -> None:
    """One more that is applied, and more lines and uses of the one that there is."""
    applied: Any = world.rows["Playbook"]["entry"]
    factories.make_playbook_lines(applied, type_)
    factories.make_playbook_use(main, factories.make_playbook(type_, saved_from=main))
    initiative = factories.make_initiative(lead=world.people["lead"])
    factories.make_playbook_use(initiative, applied)


def _voice(world: World, main: Any) -> None:
    item: Any = world.rows["FeedbackItem"]["employee"]
    factories.make_message(item, world.people["lead"])
    factories.make_feedback(main, world.people["employee"], promised_on=TODAY - timedelta(days=1))
    factories.make_answer(main)


def _training(world: World, person: Any, group: Any) -> None:
    main: Any = world.rows["Initiative"]["main"]
    plan: Any = world.rows["TrainingPlan"]["main"]
    activity = factories.make_activity(main)
    activity.topics.set(Technique.objects.visible_to(world.users["site_admin"]).order_by("-pk")[:2])
    PlanItem.objects.create(plan=plan, activity=activity, position=5)
    session: Any = world.rows["Session"]["main"]
    factories.make_session(main, session.activity)
    Attendance.objects.create(session=session, person=person, attended=True, recorded_at=NOW)
    rule = factories.make_rule(plan, group)
    enrolment = factories.make_enrolment(plan, person, rule=rule)
    own = factories.make_plan(main, items=[activity])
    heard: Any = world.rows["ResistanceSource"]["main"]
    own.sources.add(heard)
    mine = factories.make_enrolment(
        own, world.people["employee"], rule=factories.make_rule(own, group)
    )
    for who, each in ((person, enrolment), (world.people["employee"], mine)):
        add_mail(f"grown-{each.pk}", who, each.records.latest("pk"), slot=each.pk % 30_000)
