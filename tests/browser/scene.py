"""Who looks at the pages, and rows that give every page something to show."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from change_tracker.core import audit
from change_tracker.core.jobs.models import JobRun
from change_tracker.initiatives.models import (
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Measurement,
    Milestone,
    Objective,
)
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import move_action
from change_tracker.people.models import Audience, PeopleUpload, Person
from change_tracker.people.services.uploads import check_upload, take_file
from change_tracker.playbooks.models import Playbook, PlaybookUse
from change_tracker.reminders.models import Digest
from change_tracker.resistance.models import Lesson, ResistanceSource
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.spreadsheets.services import uploads as spreadsheets
from change_tracker.training.models import (
    Attendance,
    ExtensionRequest,
    ExternalLearning,
    Session,
    Submission,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import Wanted, revise_plan
from change_tracker.voice.models import FeedbackItem, PublishedAnswer
from tests import factories
from tests.contracts.world import add_mail
from tests.factories import NOW, TODAY


@dataclass(slots=True)
class Scene:
    """`cookies` by who is signed in; the rows that addresses name."""

    initiative: Initiative
    draft: Initiative
    lead_role: InitiativeMember
    plan: TrainingPlan
    draft_plan: TrainingPlan
    #: it has begun, and somebody was there
    session: Session
    coming_session: Session
    records: dict[str, TrainingRecord]
    #: the employee's, for what is due soon
    request: ExtensionRequest
    #: what the employee handed in, by how it stands; a sign-off that waits is one of them
    hand_ins: dict[str, Submission]
    #: what the employee learnt elsewhere
    learning: ExternalLearning
    empty: Initiative
    goal: Objective
    #: a goal of the initiative, with readings
    measured: Objective
    reading: Measurement
    milestone: Milestone
    lesson: Lesson
    #: fresh, and applied: of that there is a version that the initiative has not taken
    playbooks: dict[str, Playbook]
    group: AffectedGroup
    #: by state
    actions: dict[str, MitigationAction]
    entry: ResistanceSource
    #: nobody has worked on it
    untouched: ResistanceSource
    #: what the employee said, by its state
    concerns: dict[str, FeedbackItem]
    told: PublishedAnswer
    #: Nothing in it yet.
    empty_plan: TrainingPlan
    #: changed twice since people have it
    revised_plan: TrainingPlan
    #: plan and key of items and groups, by name
    parts: dict[str, tuple[int, int]]
    #: the lead's, by state
    jobs: dict[str, JobRun] = field(default_factory=dict)
    #: rosters of HR: good, wrong, unusual
    uploads: dict[str, PeopleUpload] = field(default_factory=dict)
    spreadsheets: dict[str, RegisterUpload] = field(default_factory=dict)
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
    _newcomer()
    group = factories.make_audience(*people.values(), name="Call takers", unit=unit)
    initiative = factories.make_initiative(
        title="One Front Door", slug="one-front-door", lead=lead, sponsor=sponsor, group=group
    )
    draft = factories.make_initiative(
        title="Draft to come", slug="draft-to-come", lead=lead, state="draft"
    )
    touched = factories.make_group(
        draft, group, message="You answer every call, whatever it is about."
    )
    empty = factories.make_initiative(slug="empty", lead=lead, state="draft", go_live_on=None)
    factories.make_audience(name="Nobody at all", created_by=lead.user)
    actions = _resistance(initiative, group, lead)
    factories.make_action(
        initiative, title="A day with the vans", owner=sponsor, due_on=TODAY - timedelta(days=2)
    )
    plan = _plan(initiative)
    rule = factories.make_rule(plan, group, first_assigned_on=TODAY, carried_out_version=1)
    for person in (*people.values(), lead):
        factories.make_enrolment(plan, person, rule=rule, due_on=TODAY + timedelta(days=12))
    records = _states(people["employee"])
    records["Mailed"] = TrainingRecord.objects.filter(person=people["reader"]).earliest("pk")
    records["Unsaid"] = _unsaid(plan, manager, unit)
    hand_ins = _hand_ins(initiative, people["employee"], manager)
    for of in ({"initiative": initiative}, {"person": records["Late"].person}):
        factories.make_forecast(records["Late"].person, **of)
    factories.make_words(initiative, for_late="{name}, we miss you in {initiative}.")
    mail, *_rest = add_mail("seen", records["Late"].person, records["Late"])
    Digest.objects.filter(pk=mail.pk).update(subject="1 late, 2 on Tuesday: your training")
    records["Unproved"] = _unproved(hand_ins)
    draft_plan = _plan(initiative, state="draft")
    for item in plan.items.all():
        factories.make_activity_file(item.activity, "What to say when you do not know.pdf")
    parts: dict[str, tuple[int, int]] = {
        "item": (plan.pk, plan.items.earliest("pk").pk),
        "draft item": (draft_plan.pk, draft_plan.items.earliest("pk").pk),
        "group": (plan.pk, plan.audiences.earliest("pk").pk),
        "draft group": (draft_plan.pk, factories.make_rule(draft_plan, group).pk),
    }
    session, coming_session = _sessions(plan, records["Late"])
    lead_role = initiative.members.get(role="lead")
    scene = Scene(
        initiative=initiative,
        draft=draft,
        lead_role=lead_role,
        plan=plan,
        draft_plan=draft_plan,
        session=session,
        coming_session=coming_session,
        parts=parts,
        records=records,
        request=factories.make_request(records["Soon"]),
        hand_ins=hand_ins,
        learning=factories.make_learning(people["employee"], note="How others listen."),
        empty=empty,
        goal=draft.objectives.get(),
        measured=(measured := _measured(initiative)),
        lesson=initiative.lessons.earliest("pk"),
        milestone=initiative.milestones.earliest("pk"),
        reading=measured.measurements.latest("measured_on"),
        playbooks=_playbooks(initiative, actions["planned"]),
        group=touched,
        actions=actions,
        entry=actions["planned"].sources.get(),
        untouched=factories.make_source(initiative, statement="Heard a second time."),
        concerns=_concerns(initiative, people["employee"], lead, actions["planned"]),
        told=factories.make_answer(initiative),
        empty_plan=factories.make_plan(initiative, items=[], title="To be filled", state="draft"),
        revised_plan=_revised(initiative, sponsor, lead),
    )
    scene.jobs = _jobs(lead)
    scene.spreadsheets = _spreadsheets(initiative, lead.user)
    scene.uploads = _uploads(factories.make_user("hr", "manage_people"))
    readers = ("employee", "reader", "idle", "stranger", "lead", "newcomer")
    for name in (*readers, "sponsor", "manager", "hr"):
        scene.cookies[name] = _sign_in(name)
    return scene


def _newcomer() -> None:
    """Somebody who may begin an initiative and has none, with their own group and sponsor."""
    login = factories.make_user("newcomer", "add_initiative")
    factories.make_person("Nia Okafor", login=login)
    gil = factories.make_person("Gil Sand")
    factories.make_audience(gil, name="Night shift", created_by=login)


def _measured(initiative: Initiative) -> Objective:
    """A goal that comes nearer, and one that nobody has measured."""
    factories.make_objective(initiative, title="Days until a repair is done", unit="days")
    goal = initiative.objectives.earliest("pk")
    factories.make_lesson(initiative)
    factories.make_lesson(initiative, eased=False, words="Posters were read, and asked about.")
    factories.make_milestone(initiative, title="Half of the teams have seen it")
    factories.make_milestone(initiative, reached_on=TODAY, words="Thanks to all who answered.")
    Objective.objects.filter(pk=goal.pk).update(
        baseline=54, target=75, due_on=TODAY + timedelta(days=60)
    )
    for weeks, value in ((5, 53), (1, 62)):
        day = TODAY - timedelta(weeks=weeks)
        factories.make_measurement(goal, value, measured_on=day, note="Telephone system")
    return goal


def _unsaid(plan: TrainingPlan, manager: Person, unit: Any) -> TrainingRecord:
    """The first piece of work of one of two who cannot sign in."""
    for name in ("Carl Moss", "Ida Brandt"):
        person = factories.make_person(name, manager=manager, unit=unit)
        enrolment = factories.make_enrolment(plan, person, due_on=TODAY + timedelta(days=12))
    return enrolment.records.earliest("pk")


def _unproved(hand_ins: dict[str, Submission]) -> TrainingRecord:
    """Something to hand in, of somebody who cannot sign in."""
    evidence = TrainingRecord.objects.filter(activity__completion_rule="evidence")
    asked = evidence.filter(submissions__in=list(hand_ins.values())).earliest("pk")
    ida = Person.objects.get(display_name="Ida Brandt")
    return evidence.get(enrolment=factories.make_enrolment(asked.plan, ida), item=asked.item)


def _sessions(plan: TrainingPlan, record: TrainingRecord) -> list[Session]:
    """Of what the employee is late with: today, and in two weeks."""
    later = timedelta(days=14)
    when: tuple[dict[str, Any], ...] = (
        {},
        {"starts_at": NOW + later, "ends_at": NOW + later + timedelta(hours=1)},
    )
    sessions = [
        factories.make_session(
            plan.initiative,
            record.activity,
            led_by="Tess Moor of the Academy for Customer Service",
            url="https://meet.example/repairs",
            **each,
        )
        for each in when
    ]
    there = Person.objects.get(display_name="Carl Moss")
    Attendance.objects.create(session=sessions[0], person=there, attended=True, recorded_at=NOW)
    return sessions


def _plan(initiative: Initiative, state: str = "published") -> TrainingPlan:
    body = "Read it *once*, then [look](https://learn.example/) at\n\n- one\n- two"
    activities = [
        factories.make_activity(initiative, title=title, minutes=20, body=body)
        for _, title, _ in TITLES
    ]
    title = "First week at the front door"
    return factories.make_plan(initiative, items=activities, title=title, state=state)


def _revised(initiative: Initiative, person: Person, lead: Person) -> TrainingPlan:
    """A plan of two activities of which one has gone, and two came, since somebody has it."""
    titles = (
        "Write so that it is understood",
        "Ask back",
        "Repeat what was said",
        "Close the call",
    )
    kept, gone, *new = (factories.make_activity(initiative, title=title) for title in titles)
    plan = factories.make_plan(initiative, items=[kept, gone], title="How to write and to call")
    rule = factories.make_rule(plan, factories.make_audience(person, name="Who answers letters"))
    factories.make_enrolment(plan, person, rule=rule)
    for activities in ([kept, new[0]], [new[1], kept, new[0]]):
        items = [Wanted(activity=activity) for activity in activities]
        revise_plan(plan=plan, items=items, actor=lead.user, today=TODAY, now=NOW)
    return plan


def _states(person: Person) -> dict[str, TrainingRecord]:
    records = TrainingRecord.objects.filter(person=person).order_by("item__position")
    found = {}
    for record, (name, _, days) in zip(records, TITLES, strict=True):
        # Another system said so: no rule of a group moves it.
        record.due_on, record.due_rule = TODAY + timedelta(days=days), ""
        if name == "Done":
            record.state, record.completed_on = "completed", TODAY
            record.completed_by = person
        if name == "Exempt":
            record.state, record.left_on = "waived", TODAY
        record.save()
        found[name] = record
    return found


def _hand_ins(initiative: Initiative, person: Person, manager: Person) -> dict[str, Submission]:
    """A plan in which people hand things in: one was given back, two wait."""
    rules = {"returned": "evidence", "waiting": "evidence", "ready": "sign_off"}
    activities = [
        factories.make_activity(initiative, title=f"Show it: {name}", completion_rule=rule)
        for name, rule in rules.items()
    ]
    plan = factories.make_plan(initiative, items=activities, title="Show what you can do")
    records = factories.make_enrolment(plan, person).records.order_by("item__position")
    found = {}
    for record, name in zip(records, rules, strict=True):
        values: dict[str, Any] = {"note": "I practised with Joe."} if name == "ready" else {}
        found[name] = factories.make_submission(record, **values)
    TrainingRecord.objects.filter(pk=found["returned"].record_id).update(state="in_progress")
    Submission.objects.filter(pk=found["returned"].pk).update(
        state="returned",
        is_open=None,
        decided_by=manager,
        decided_on=TODAY,
        answer="The second page is missing.",
    )
    return found


def _resistance(
    initiative: Initiative, group: Audience, lead: Person
) -> dict[str, MitigationAction]:
    actions = {}
    done: dict[str, Any] = {"state": "done", "done_on": TODAY - timedelta(days=5)}
    states: tuple[dict[str, Any], ...] = ({"state": "planned"}, done)
    for level, values in zip((4, 2), states, strict=True):
        source = factories.make_source(initiative, audiences=[group])
        for months, then in ((3, 5), (2, 3), (1, level)):
            day = TODAY - timedelta(days=30 * months)
            factories.make_review(source, then, reviewer=lead, reviewed_on=day)
        action = factories.make_action(
            initiative,
            sources=[source],
            audiences=[group],
            owner=lead,
            description="One morning each.",
            minutes=90,
            due_on=TODAY - timedelta(days=2),
            position=30,
            **values,
        )
        audit.record(
            obj=action, verb="created", actor=lead.user, now=NOW, scope=initiative.audit_scope
        )
        actions[action.state] = action
    tools = factories.make_action(
        initiative, title="New tablets", owner=lead, sources=[source], state="in_progress"
    )
    actions["blocked"] = move_action(
        tools, to="blocked", reason="The second batch has no date.", actor=lead.user, now=NOW
    )
    return actions | _kinds(initiative, group, lead)


def _kinds(initiative: Initiative, group: Audience, lead: Person) -> dict[str, MitigationAction]:
    """An action of each kind that has a list of its own, with what only that kind says."""
    shared: dict[str, Any] = {"owner": lead, "audiences": [group]}
    shared["sources"] = [factories.make_source(initiative, audiences=[group], statement="Again?")]
    card: dict[str, Any] = {
        "tried": "Two weeks without the old form",
        "expected": "Half as many questions",
    }
    told: dict[str, Any] = {
        "happened": "Twice as many",
        "learnt": "Begin with those who asked for it",
    }
    for title, state in (("A quiet hour", "effective"), ("A week without mail", "ineffective")):
        factories.make_action(
            initiative,
            kind="experiment",
            title=title,
            state=state,
            done_on=TODAY,
            **card,
            **told,
            **shared,
        )
    return {
        "experiment": factories.make_action(
            initiative, kind="experiment", title="No old form", **card, **shared
        ),
        "message": factories.make_action(
            initiative,
            title="Why we change the desk",
            sender="Tom Hill",
            channel="team",
            message="You answer more calls yourself, and nobody is sent from desk to desk.",
            due_on=TODAY + timedelta(days=4),
            **shared,
        ),
        "tool": factories.make_action(
            initiative,
            kind="tools",
            title="The ticket system",
            evaluated_on=TODAY - timedelta(days=200),
            evaluate_again_on=TODAY - timedelta(days=3),
            **shared,
        ),
        "together": factories.make_action(
            initiative, kind="collaboration", title="Repairs sits in on sales", **shared
        ),
    }


def _concerns(
    initiative: Initiative, person: Person, lead: Person, action: MitigationAction
) -> dict[str, FeedbackItem]:
    """One that waits too long, one that the team has asked about, one that is answered."""
    states: dict[str, dict[str, Any]] = {
        "raised": {"promised_on": TODAY - timedelta(days=2)},
        "acknowledged": {"acknowledged_on": TODAY},
        "answered": {"disposition": "will_act", "answered_on": TODAY, "action": action},
    }
    found = {}
    for state, values in states.items():
        text = "The tablet in my van is too slow for the new screens.\n\nSince Monday it hangs."
        item = factories.make_feedback(initiative, person, state=state, text=text, **values)
        if state != "raised":
            disposition = values.get("disposition", "")
            factories.make_message(item, lead, disposition=disposition)
        found[state] = item
    return found


def _jobs(owner: Person) -> dict[str, JobRun]:
    """Long work in each state."""
    reasons = ("“K17” is there more than once: rows 2, 3.", "The last day is before the first.")
    problems = [
        {"row": number, "field": "ends_on", "reason": reason, "is_error": True}
        for number, reason in enumerate(reasons, start=2)
    ]
    lease = {"lease_token": "0" * 32, "lease_until": NOW, "attempts": 2}
    ended = {"finished_at": NOW, "summary": "180 people have time until Fri 11 Dec."}
    broken = ended | {"failure": "broken", "summary": "An error stopped it."}
    states: dict[str, dict[str, Any]] = {
        "queued": {},
        "running": lease | {"done": 130, "total": 200},
        "done": ended | {"result_url": "/change/"},
        "failed": broken | {"problems": problems},
    }
    title = "More time for 200 people in “First week at the front door”"
    return {
        state: JobRun.objects.create(
            kind="x", title=title, owner=owner.user, state=state, queued_at=NOW, **values
        )
        for state, values in states.items()
    }


def _uploads(owner: Any) -> dict[str, PeopleUpload]:
    """What a roster would do: some of it, nothing before it is mended, and too much."""
    head = "Staff number,Full name,Department,Last day,Desk\n"
    rows = {
        "good": "K1,Ana Silva,People and organisation,,12\nK2,Bo Lund,Repairs,,13\n",
        "wrong": "K1,Ana Silva,Repairs,2026-13-40,12\n,Bo Lund,Repairs,,13\n",
        "unusual": "K1,Ana Silva,Repairs,,12\n",
    }
    found = {}
    for name, text in rows.items():
        upload = take_file(
            name="roster-november.csv", content=f"{head}{text}".encode(), actor=owner, now=NOW
        )
        check_upload(upload, actor=owner, now=NOW)
        found[name] = upload
    many = found["unusual"].preview or {}
    PeopleUpload.objects.filter(pk=found["unusual"].pk).update(preview=many | {"affected": 31})
    return found


def _spreadsheets(initiative: Initiative, owner: Any) -> dict[str, RegisterUpload]:
    """What the list of a lead would do: some of it, nothing before it is mended, and nothing."""
    texts = {
        "good": "Goal,Baseline,Target,Remarks\nFewer calls back,31,12,x\nHours on hold,9,2,x\n",
        "wrong": "Goal,Baseline,Target\nFewer calls back,many,12\n,9,2\n",
        "same": "Goal\nDays until a repair is done\n",
    }
    found = {}
    for name, text in texts.items():
        upload = spreadsheets.take_file(
            initiative, name="goals-of-spring.csv", content=text.encode(), actor=owner, now=NOW
        )
        spreadsheets.check_upload(upload, actor=owner, now=NOW)
        found[name] = upload
    return found


def _sign_in(name: str) -> str:
    from django.contrib.auth.models import User

    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies["sessionid"].value


#: The moment at which the pages are looked at.
MOMENT = NOW


def _playbooks(initiative: Initiative, action: MitigationAction) -> dict[str, Playbook]:
    """Those that ship; of one, the first line was edited here, the second deleted."""
    load_catalogue(read_pack(), actor=None, now=NOW)
    playbooks = {each.slug: each for each in Playbook.objects.all()}
    applied = playbooks["leadership-that-backs-it"]
    use = PlaybookUse.objects.create(
        initiative=initiative, playbook=applied, taken_version=1, taken_on=TODAY
    )
    first, second = applied.actions.all()[:2]
    use.steps.create(kind="action", slug=first.slug, action=action)
    use.steps.create(kind="action", slug=second.slug)
    Playbook.objects.filter(pk=applied.pk).update(version=2)
    return {"fresh": playbooks["front-line-before-go-live"], "applied": applied}
