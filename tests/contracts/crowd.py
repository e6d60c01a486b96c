"""Many rows of what pages list, written in a few statements."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from django.db import models

from change_tracker.core.jobs.models import JobRun
from change_tracker.initiatives.models import AffectedGroup, Initiative, InitiativeMember
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import AudienceMember, Person, ReportingLine
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.training.models import (
    Attendance,
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    ExtensionRequest,
    ExternalLearning,
    LearningActivity,
    PlanItem,
    Submission,
    TrainingRecord,
)
from change_tracker.voice.models import FeedbackItem, FeedbackMessage, PublishedAnswer
from tests import factories
from tests.contracts.world import World
from tests.factories import NOW, TODAY

M = TypeVar("M", bound=models.Model)
_number = count(1)


def crowd(world: World, rows: int) -> None:
    """So many more people in the main group, entries in its register, initiatives of its lead, and
    things that its employee has to do.
    """
    numbers = [next(_number) for _ in range(rows)]
    _people(world, numbers)
    _register(world, numbers)
    _initiatives(world, numbers)
    _to_do(world, numbers)
    _jobs(world, numbers)
    _voice(world, numbers)


def _many(model: type[M], numbers: list[int], values: Callable[[int], dict[str, Any]]) -> list[M]:
    return list(model._default_manager.bulk_create([model(**values(n)) for n in numbers]))


def _each(model: type[M], rows: list[Any], values: Callable[[Any], dict[str, Any]]) -> list[M]:
    return list(model._default_manager.bulk_create([model(**values(row)) for row in rows]))


def _people(world: World, numbers: list[int]) -> None:
    """They report to the manager and are late with the main plan."""
    main: dict[str, Any] = {name: rows.get("main") for name, rows in world.rows.items()}
    plan, item = main["TrainingPlan"], main["PlanItem"]
    manager, unit = world.people["manager"], world.rows["OrgUnit"]["repairs"]
    people = _many(
        Person,
        numbers,
        lambda n: {
            "external_id": f"crowd-{n}",
            "display_name": f"Person {n:04}",
            "email": f"crowd-{n}@example.org",
            "manager": manager,
            "unit": unit,
        },
    )
    _each(ReportingLine, people, lambda it: {"manager": manager, "person": it, "depth": 1})
    group = {"audience": main["Audience"], "joined_on": TODAY}
    _each(AudienceMember, people, lambda it: group | {"person": it})
    enrolments = _each(
        Enrolment, people, lambda it: {"plan": plan, "person": it, "assigned_on": TODAY}
    )
    _each(EnrolmentPeriod, enrolments, lambda it: {"enrolment": it, "from_on": TODAY, "unit": unit})
    rule = main["PlanAudience"]
    _each(EnrolmentReason, enrolments, lambda it: {"enrolment": it, "plan_audience": rule})
    records = _each(TrainingRecord, enrolments, lambda it: _record(it, item))
    session: Any = main["Session"]
    there = {"session": session, "attended": True, "recorded_at": NOW}
    _each(Attendance, people, lambda it: there | {"person": it})
    for _each_one in people:
        factories.make_session(session.initiative, session.activity)
    asked = {"asked_on": TODAY, "wanted_on": TODAY + timedelta(days=14), "reason": "We are short."}
    _each(ExtensionRequest, records, lambda it: asked | {"record": it})
    heard = {"title": "A talk", "kind": "seminar", "learnt_on": TODAY, "reported_on": TODAY}
    _each(ExternalLearning, people, lambda it: heard | {"person": it})
    _each(Submission, records, lambda it: {"handed_in_on": TODAY, "record": it})


def _record(enrolment: Enrolment, item: PlanItem) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "item": item,
        "person": enrolment.person,
        "plan": enrolment.plan,
        "activity_id": item.activity_id,
        "unit": enrolment.person.unit,
        "due_on": factories.TODAY,
        "due_rule": "fixed",
    }


def _voice(world: World, numbers: list[int]) -> None:
    """What the employee said, what was written below the first of it, and what everybody reads."""
    main: Any = world.rows["Initiative"]["main"]
    item = world.rows["FeedbackItem"]["employee"]
    said = {"initiative": main, "raised_by": world.people["employee"], "kind": "idea"}
    days = {"raised_on": TODAY, "promised_on": TODAY - timedelta(days=1)}
    _many(FeedbackItem, numbers, lambda n: said | days | {"text": f"Idea {n}"})
    wrote = {"item": item, "author": world.people["lead"], "at": NOW, "from_team": True}
    _many(FeedbackMessage, numbers, lambda n: wrote | {"text": f"Question {n}"})
    _many(
        PublishedAnswer,
        numbers,
        lambda n: {"initiative": main, "told": f"Told {n}", "did": "Done", "published_on": TODAY},
    )


def _register(world: World, numbers: list[int]) -> None:
    """Entries with a review and an action each, all of one kind and about the same group."""
    main: Any = world.rows["Initiative"]["main"]
    type_, group = world.rows["SourceType"]["entry"], world.rows["Audience"]["main"]
    sources = _many(
        ResistanceSource,
        numbers,
        lambda n: {"initiative": main, "type": type_, "statement": f"Our jobs go next, {n}."},
    )
    actions = _many(
        MitigationAction,
        numbers,
        lambda n: {"initiative": main, "title": f"Town hall {n}", "kind": "communication"},
    )
    lead = world.people["lead"]
    _each(
        ResistanceReview,
        sources,
        lambda it: {"source": it, "level": 3, "reviewed_on": TODAY, "reviewer": lead},
    )
    _each(
        ResistanceSource.audiences.through,
        sources,
        lambda it: {"resistancesource": it, "audience": group},
    )
    _each(
        MitigationAction.sources.through,
        list(zip(actions, sources, strict=True)),
        lambda pair: {"mitigationaction": pair[0], "resistancesource": pair[1]},
    )


def _initiatives(world: World, numbers: list[int]) -> None:
    more = _many(
        Initiative,
        numbers,
        lambda n: {"title": f"Change {n}", "slug": f"crowd-{n}", "state": "active"},
    )
    lead, group = world.people["lead"], world.rows["Audience"]["main"]
    _each(InitiativeMember, more, lambda it: {"initiative": it, "person": lead, "role": "lead"})
    _each(AffectedGroup, more, lambda it: {"initiative": it, "audience": group})


def _to_do(world: World, numbers: list[int]) -> None:
    """A plan with as many items, which the employee has."""
    main: Any = world.rows["Initiative"]["main"]
    plan = factories.make_plan(main, items=[])
    group: Any = world.rows["Audience"]["main"]
    rule = factories.make_rule(plan, group)
    activities = _many(
        LearningActivity,
        numbers,
        lambda n: {"initiative": main, "title": f"Lesson {n}", "minutes": 15},
    )
    _each(
        PlanItem,
        list(enumerate(activities, start=1)),
        lambda it: {"plan": plan, "position": it[0], "activity": it[1]},
    )
    factories.make_enrolment(plan, world.people["employee"], rule=rule)


def _jobs(world: World, numbers: list[int]) -> None:
    """Long work that the lead began."""
    owner = world.users["lead"]
    _many(
        JobRun,
        numbers,
        lambda n: {"kind": "x", "title": f"Job {n}", "owner": owner, "queued_at": factories.NOW},
    )
