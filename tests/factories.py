"""Rows for tests, one typed function each: give what the test is about, the rest is sensible."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile

from change_tracker.initiatives.models import (
    AffectedGroup,
    FreezePeriod,
    Initiative,
    InitiativeMember,
    Measurement,
    Milestone,
    Objective,
)
from change_tracker.initiatives.models import Role as InitiativeRole
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import (
    Audience,
    AudienceClause,
    AudienceMember,
    OrgUnit,
    Person,
    ReportingLine,
)
from change_tracker.playbooks.models import Playbook, PlaybookUse
from change_tracker.reminders.models import Forecast, MailWords, ReminderPolicy
from change_tracker.resistance.models import (
    Lesson,
    ResistanceReview,
    ResistanceSource,
    SourceCategory,
    SourceType,
    StrategyType,
)
from change_tracker.training.models import (
    ActivityFile,
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    ExtensionRequest,
    ExternalLearning,
    LearningActivity,
    PlanAudience,
    PlanItem,
    Session,
    Submission,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.voice.models import FeedbackItem, FeedbackMessage, PublishedAnswer

TODAY = date(2026, 11, 18)  # a Wednesday
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
_number = count(1)


def make_user(username: str = "", *permissions: str, **values: Any) -> User:
    """A login of the host; `permissions` are codenames of ours."""
    username = username or f"user{next(_number)}"
    user = User.objects.create_user(username, f"{username}@example.org", "secret", **values)
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="change_tracker", codename__in=permissions
        )
    )
    return user


def make_unit(name: str = "", parent: OrgUnit | None = None, **values: Any) -> OrgUnit:
    """A unit with a correct path."""
    n = next(_number)
    name = name or f"Unit {n}"
    unit = OrgUnit.objects.create(
        **{"external_id": f"unit-{n}", "name": name, "parent": parent} | values
    )
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def make_person(
    name: str = "",
    *,
    manager: Person | None = None,
    login: User | bool | None = None,
    **values: Any,
) -> Person:
    """Somebody who works here; `login=True` makes a user with the same name."""
    n = next(_number)
    name = name or f"Person {n}"
    if login is True:
        login = make_user(f"{name.lower().replace(' ', '.')}{n}")
    defaults = {
        "external_id": f"p-{n}",
        "display_name": name,
        "email": f"p{n}@example.org",
        "user": login or None,
        "manager": manager,
    }
    person = Person.objects.create(**defaults | values)
    depth, above = 1, manager
    while above is not None:
        ReportingLine.objects.create(manager=above, person=person, depth=depth)
        depth, above = depth + 1, above.manager
    return person


def make_audience(
    *people: Person, unit: OrgUnit | None = None, joined_on: date = date(2026, 1, 1), **values: Any
) -> Audience:
    """An audience of listed people, or of a unit; `people` are its members."""
    audience = Audience.objects.create(**{"name": f"Audience {next(_number)}"} | values)
    if unit is not None:
        AudienceClause.objects.create(audience=audience, kind="unit", unit=unit)
    for person in people:
        if unit is None:
            AudienceClause.objects.create(audience=audience, kind="person", person=person)
        AudienceMember.objects.create(audience=audience, person=person, joined_on=joined_on)
    return audience


def make_initiative(
    *,
    lead: Person | None = None,
    sponsor: Person | None = None,
    group: Audience | None = None,
    state: str = "active",
    **values: Any,
) -> Initiative:
    """An initiative with its roles, a measured objective, and a group where one is given."""
    n = next(_number)
    defaults = {
        "title": f"Initiative {n}",
        "slug": f"initiative-{n}",
        "state": state,
        "purpose": "So that callers are helped at once.",
        "go_live_on": date(2026, 12, 7),
    }
    initiative = Initiative.objects.create(**defaults | values)
    make_measurement(make_objective(initiative), 57, measured_on=date(2026, 11, 2))
    for person, role in ((lead, InitiativeRole.LEAD), (sponsor, InitiativeRole.SPONSOR)):
        if person is not None:
            make_role(initiative, person, role)
    if group is not None:
        make_group(initiative, group)
    return initiative


def make_role(initiative: Initiative, person: Person, role: str) -> InitiativeMember:
    return InitiativeMember.objects.create(initiative=initiative, person=person, role=role)


def make_objective(initiative: Initiative, **values: Any) -> Objective:
    return Objective.objects.create(
        **{"initiative": initiative, "title": "Calls solved at once", "unit": "%"} | values
    )


def make_measurement(objective: Objective, value: int, **values: Any) -> Measurement:
    """A reading of today unless said otherwise."""
    return Measurement.objects.create(
        **{"objective": objective, "value": value, "measured_on": TODAY} | values
    )


def make_milestone(initiative: Initiative, **values: Any) -> Milestone:
    """By 27 Nov 2026 unless said otherwise."""
    defaults = {"title": "The first hundred calls", "due_on": date(2026, 11, 27)}
    return Milestone.objects.create(initiative=initiative, **defaults | values)


def make_lesson(initiative: Initiative, **values: Any) -> Lesson:
    """What eased it, unless said otherwise."""
    defaults = {"eased": True, "words": "They asked for it once they had seen it."}
    return Lesson.objects.create(initiative=initiative, **defaults | values)


def make_freeze(unit: OrgUnit, **values: Any) -> FreezePeriod:
    """The year end, from 14 Dec 2026, unless said otherwise."""
    defaults = {"from_on": date(2026, 12, 14), "to_on": date(2026, 12, 31), "reason": "Year end"}
    return FreezePeriod.objects.create(unit=unit, **defaults | values)


def make_group(initiative: Initiative, audience: Audience, **values: Any) -> AffectedGroup:
    return AffectedGroup.objects.create(initiative=initiative, audience=audience, **values)


def make_source_type(**values: Any) -> SourceType:
    n = next(_number)
    category = values.pop("category", None) or SourceCategory.objects.create(
        slug=f"category-{n}", label=f"Category {n}"
    )
    defaults = {
        "slug": f"type-{n}",
        "label": f"Fear {n}",
        "category": category,
        "readiness_stage": "willingness",
    }
    return SourceType.objects.create(**defaults | values)


def make_strategy(**values: Any) -> StrategyType:
    n = next(_number)
    defaults = {"slug": f"strategy-{n}", "label": f"Strategy {n}", "action_kind": "communication"}
    return StrategyType.objects.create(**defaults | values)


def make_source(
    initiative: Initiative, *, audiences: Iterable[Audience] = (), **values: Any
) -> ResistanceSource:
    values.setdefault("type", None)
    values["type"] = values["type"] or make_source_type()
    source = ResistanceSource.objects.create(
        **{"initiative": initiative, "statement": "Our jobs go next."} | values
    )
    source.audiences.set(audiences)
    return source


def make_review(source: ResistanceSource, level: int, **values: Any) -> ResistanceReview:
    return ResistanceReview.objects.create(
        **{"source": source, "level": level, "reviewed_on": TODAY} | values
    )


def make_action(
    initiative: Initiative,
    *,
    sources: Iterable[ResistanceSource] = (),
    audiences: Iterable[Audience] = (),
    **values: Any,
) -> MitigationAction:
    action = MitigationAction.objects.create(
        **{"initiative": initiative, "title": "Town hall", "kind": "communication"} | values
    )
    action.sources.set(sources)
    action.audiences.set(audiences)
    return action


def make_activity(initiative: Initiative | None = None, **values: Any) -> LearningActivity:
    n = next(_number)
    return LearningActivity.objects.create(
        **{"initiative": initiative, "title": f"Activity {n}", "minutes": 15} | values
    )


def make_playbook(answers: SourceType, **values: Any) -> Playbook:
    """With an action ten days before go-live, and an activity."""
    number = next(_number)
    defaults = {"slug": f"playbook-{number}", "label": f"Playbook {number}", "plan_title": "Ready"}
    playbook = Playbook.objects.create(**defaults | values)
    make_playbook_lines(playbook, answers)
    return playbook


def make_playbook_lines(playbook: Playbook, answers: SourceType) -> None:
    """One more action and one more activity."""
    number = next(_number)
    line = {"slug": f"line-{number}", "label": f"Line {number}"}
    action = playbook.actions.create(**line, action_kind="leadership", days=-10)
    action.answers.add(answers)
    playbook.items.create(**line)


def make_playbook_use(
    initiative: Initiative, playbook: Playbook, action: MitigationAction | None = None
) -> PlaybookUse:
    """An initiative that has its first version, of which `action` came."""
    use = PlaybookUse.objects.create(
        initiative=initiative, playbook=playbook, taken_version=1, taken_on=TODAY
    )
    first: Any = playbook.actions.first()
    use.steps.create(kind="action", slug=first.slug, action=action)
    return use


def make_plan(
    initiative: Initiative,
    *,
    items: int | Iterable[LearningActivity] = 1,
    state: str = "published",
    **values: Any,
) -> TrainingPlan:
    """A plan with so many new activities, or with the given ones."""
    plan = TrainingPlan.objects.create(
        **{"initiative": initiative, "title": f"Plan {next(_number)}", "state": state} | values
    )
    activities = (
        [make_activity(initiative) for _ in range(items)] if isinstance(items, int) else items
    )
    for position, activity in enumerate(activities, start=1):
        PlanItem.objects.create(plan=plan, activity=activity, position=position)
    return plan


def make_rule(plan: TrainingPlan, audience: Audience, **values: Any) -> PlanAudience:
    """The group gets the plan; due on 30 Nov 2026 unless said otherwise."""
    defaults: dict[str, Any] = {"due_rule": "fixed", "due_on": date(2026, 11, 30)}
    if "due_rule" in values or "due_days" in values:
        defaults = {}
    return PlanAudience.objects.create(plan=plan, audience=audience, **defaults | values)


def make_enrolment(
    plan: TrainingPlan,
    person: Person,
    *,
    assigned_on: date = date(2026, 11, 2),
    due_on: date | None = date(2026, 11, 30),
    rule: PlanAudience | None = None,
    **values: Any,
) -> Enrolment:
    """One person enrolled in one plan, with its open period and a record for each item."""
    enrolment = Enrolment.objects.create(
        plan=plan, person=person, assigned_on=assigned_on, **values
    )
    EnrolmentPeriod.objects.create(enrolment=enrolment, unit=person.unit, from_on=assigned_on)
    if rule is not None:
        EnrolmentReason.objects.create(enrolment=enrolment, plan_audience=rule)
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            enrolment=enrolment,
            item=item,
            person=person,
            plan=plan,
            activity_id=item.activity_id,
            unit=person.unit,
            opens_on=assigned_on,
            due_on=due_on,
            due_rule="fixed" if due_on else "",
        )
        for item in plan.items.all()
    )
    return enrolment


def make_request(record: TrainingRecord, **values: Any) -> ExtensionRequest:
    """More time asked for today, until 11 Dec 2026 unless said otherwise; it waits."""
    defaults = {"asked_on": TODAY, "wanted_on": date(2026, 12, 11), "reason": "We are short."}
    return ExtensionRequest.objects.create(record=record, **defaults | values)


def make_file(
    name: str = "proof.pdf", content: bytes = b"%PDF-1.7 what I did"
) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def make_activity_file(
    activity: LearningActivity, name: str = "handout.pdf", **values: Any
) -> ActivityFile:
    """A file that belongs to an activity."""
    file = make_file(name, **values)
    return ActivityFile.objects.create(
        activity=activity, file=file, file_name=name, size=file.size or 0
    )


def make_submission(record: TrainingRecord, **values: Any) -> Submission:
    """A file that was handed in today and waits; a link or nothing, where that is given."""
    file = (
        {} if values.keys() & {"link", "note"} else {"file": make_file(), "file_name": "proof.pdf"}
    )
    TrainingRecord.objects.filter(pk=record.pk).update(state="submitted")
    record.refresh_from_db()
    return Submission.objects.create(record=record, handed_in_on=TODAY, **file | values)


def make_session(initiative: Initiative, activity: LearningActivity, **values: Any) -> Session:
    """Today from 8 to 10 in UTC unless said otherwise: it has begun, and is not over."""
    defaults = {
        "starts_at": datetime(2026, 11, 18, 8, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 18, 10, 0, tzinfo=UTC),
        "timezone": "UTC",
        "place": "Training room 2",
    }
    return Session.objects.create(initiative=initiative, activity=activity, **defaults | values)


def make_learning(person: Person, **values: Any) -> ExternalLearning:
    """A conference on 1 Nov 2026 that somebody reported today, with a file; it waits."""
    defaults = {
        "title": "Service days",
        "kind": "conference",
        "learnt_on": date(2026, 11, 1),
        "reported_on": TODAY,
        "file": make_file(),
        "file_name": "proof.pdf",
    }
    return ExternalLearning.objects.create(person=person, **defaults | values)


def make_feedback(initiative: Initiative, person: Person, **values: Any) -> FeedbackItem:
    """A concern said today, with an answer promised by Mon 23 Nov 2026; nobody has read it."""
    defaults = {
        "kind": "concern",
        "text": "The tablet is too slow.",
        "raised_on": TODAY,
        "promised_on": date(2026, 11, 23),
    }
    return FeedbackItem.objects.create(initiative=initiative, raised_by=person, **defaults | values)


def make_message(item: FeedbackItem, author: Person, **values: Any) -> FeedbackMessage:
    """Written today, by the change team unless said otherwise."""
    defaults = {"at": NOW, "from_team": True, "text": "Which tablet is it?"}
    return FeedbackMessage.objects.create(item=item, author=author, **defaults | values)


def make_answer(initiative: Initiative, **values: Any) -> PublishedAnswer:
    """What people told the team and what it did, for everybody to read."""
    defaults = {"told": "The tablets are slow.", "did": "31 new ones.", "published_on": TODAY}
    return PublishedAnswer.objects.create(initiative=initiative, **defaults | values)


def make_words(initiative: Initiative, language: str = "en", **words: str) -> MailWords:
    """What an initiative says in its own words in mails."""
    said = {"for_soon": "{name}, we count on you."} | words
    return MailWords.objects.create(initiative=initiative, language=language, **said)


def make_forecast(told: Person, **of: Any) -> Forecast:
    """Of an initiative or a person: `told` is reminded in a week."""
    line = {
        "on": (TODAY + timedelta(days=7)).isoformat(),
        "kind": "training_due",
        "step": "due_7",
        "to": "self",
        "title": "Safe lifting",
        "people": 4,
        "named": [told.pk],
    }
    return Forecast.objects.create(asked_at=NOW, made_at=NOW, lines=[line], **of)


def make_policy(initiative: Initiative | None = None, **step: Any) -> ReminderPolicy:
    """A policy of one step, 3 days before the due date to the person, for a part of the site."""
    part = f"i{initiative.pk}" if initiative else "site"
    policy: ReminderPolicy = ReminderPolicy.objects.create(initiative=initiative, part=part)
    policy.steps.create(**{"about": "training", "days": 3} | step)
    return policy
