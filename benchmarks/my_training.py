"""What one person has to learn, among so many others."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Q
from rest_framework.test import APIRequestFactory, force_authenticate

from benchmarks.crowd import ITEMS, NOW, TODAY, enrol, make_crowd
from benchmarks.harness import Work
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource, SourceCategory, SourceType
from change_tracker.training.api.mine import MyTrainingViewSet
from change_tracker.training.given import MOST_ANSWERS
from change_tracker.training.models import (
    EnrolmentReason,
    ExtensionRequest,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.queries import MyWork, my_work

#: What is read of each record: the field there, and the name here.
FIELDS = {
    "record_id": F("pk"),
    "title": F("activity__title"),
    "body": F("activity__body"),
    "url": F("activity__url"),
    "minutes": F("activity__minutes"),
    "plan_title": F("plan__title"),
    "initiative_id": F("plan__initiative"),
    "initiative": F("plan__initiative__title"),
    "initiative_slug": F("plan__initiative__slug"),
    "purpose": F("plan__initiative__purpose"),
    "go_live_on": F("plan__initiative__go_live_on"),
    "completion_rule": F("activity__completion_rule"),
    "is_required": F("item__is_required"),
    "own_rule": F("item__due_rule"),
    "left_by_name": F("left_by__display_name"),
}
COLUMNS = (
    "activity_id",
    "plan_id",
    "enrolment_id",
    "due_on",
    "due_rule",
    "due_days",
    "due_unit",
    "due_moved",
    "is_extended",
    "opens_on",
    "state",
    "attempt",
    "progress",
    "progress_label",
    "left_on",
    "left_reason",
    "completed_on",
    "completed_at",
    "completed_by_id",
    "expires_on",
)
TOLD = (
    "record_id",
    "title",
    "body",
    "minutes",
    "initiative",
    "is_required",
    "due_on",
    "state",
    "completed_on",
)
REASONS = (
    "enrolment",
    "ended_on",
    "plan_audience__audience__name",
    "plan_audience__due_rule",
    "plan_audience__due_days",
    "plan_audience__due_unit",
)
ANSWERS = ("resistancesource", "resistancesource__type__for_people")
ASKED = ("pk", "record_id", "state", "wanted_on", "due_on", "answer", "decided_by__display_name")
SHOWN = ("not_started", "in_progress", "submitted", "completed", "waived")


class MyTraining(Work):
    """The data of the page, for somebody with ten pieces of training of `size`."""

    name = "my-training"
    against = ".values() and json"
    target = 1.5
    times = 20
    user: AbstractBaseUser

    def load(self, size: int) -> None:
        crowd = make_crowd(size // ITEMS)
        enrol(
            crowd.rules[0],
            assigned_on=TODAY - timedelta(days=30),
            due_on=f"DATE '{TODAY}' - 10 + item.position * 5",
            due_rule="'fixed'",
            state="CASE WHEN item.position < 4 THEN 'completed' ELSE 'not_started' END",
            completed_on=f"CASE WHEN item.position < 4 THEN DATE '{TODAY}' END",
            completed_at=f"CASE WHEN item.position < 4 THEN TIMESTAMPTZ '{NOW}' END",
        )
        _answered(crowd.plans[0])
        # The lead's login is as good as any: it becomes that of somebody in the group.
        login = crowd.lead.user
        assert login is not None
        self.user = login
        Person.objects.filter(user=login).update(user=None)
        Person.objects.filter(external_id="p1").update(user=login)

    def ours(self) -> Any:
        return my_work(self.user, TODAY)

    def bare(self) -> str:
        own = TrainingRecord.objects.filter(person__user_id=self.user.pk, state__in=SHOWN)
        rows = list(
            own.order_by(
                F("due_on").asc(nulls_last=True), "plan_id", "item__position", "pk"
            ).values(*COLUMNS, **FIELDS)
        )
        reasons = EnrolmentReason.objects.filter(
            enrolment__in={row["enrolment_id"] for row in rows}
        ).order_by("pk")
        behind: dict[int, list[tuple[Any, ...]]] = {}
        for enrolment, *reason in reasons.values_list(*REASONS):
            behind.setdefault(enrolment, []).append(tuple(reason))
        answers: dict[int, list[str]] = {}
        for plan, _source, words in _answers({row["plan_id"] for row in rows}):
            answers.setdefault(plan, []).append(words)
        asked = ExtensionRequest.objects.filter(record__in=[row["record_id"] for row in rows])
        more = {each["record_id"]: each for each in asked.order_by("pk").values(*ASKED)}
        return json.dumps(
            [
                row
                | {
                    "reasons": behind[row["enrolment_id"]],
                    "answers": answers.get(row["plan_id"], [])[:MOST_ANSWERS],
                    "more": more.get(row["record_id"]),
                }
                for row in rows
            ],
            default=str,
        )

    def plain(self, answer: Any) -> object:
        if isinstance(answer, str):
            return sorted(
                _told(row, [group for _ended, group, *_rule in row["reasons"]], row)
                for row in json.loads(answer)
            )
        work = asdict(answer) if isinstance(answer, MyWork) else json.loads(answer)
        return sorted(
            _told(item, item["why"]["groups"], item["why"])
            for item in (*work["items"], *work["done"])
        )


class MyTrainingApi(MyTraining):
    """The same as the endpoint answers it."""

    name = "my-training-api"

    def ours(self) -> Any:
        request = APIRequestFactory().get("/")
        force_authenticate(request, self.user)
        response: Any = MyTrainingViewSet.as_view({"get": "list"})(request)
        return response.render().content


def _told(row: dict[str, Any], groups: Sequence[str], why: dict[str, Any]) -> tuple[Any, ...]:
    """What a person is told of one piece of training, whichever way it was read."""
    told = (str(row[name]) for name in TOLD)
    return (*told, why["purpose"], *why["answers"], *groups)


def _answered(plan: TrainingPlan) -> None:
    """The plan answers one kind of resistance, in words for people."""
    kind = SourceType.objects.create(
        slug="loss",
        label="Loss",
        for_people="It shows what stays.",
        category=SourceCategory.objects.create(slug="fear", label="Fear"),
        readiness_stage="willingness",
    )
    plan.sources.add(
        ResistanceSource.objects.create(
            initiative=plan.initiative, type=kind, statement="Nothing stays.", stage="willingness"
        )
    )


def _answers(plans: Collection[int]) -> list[tuple[int, int, str]]:
    """What the plans are meant to help with, as people are told it, also through an action."""
    answered = ~Q(resistancesource__state="dismissed") & ~Q(resistancesource__type__for_people="")
    asked = [
        links.filter(answered, **{f"{plan}__in": plans}).values_list(plan, *ANSWERS)
        for links, plan in (
            (TrainingPlan.sources.through.objects, "trainingplan"),
            (MitigationAction.sources.through.objects, "mitigationaction__plans"),
        )
    ]
    return sorted({*asked[0].union(asked[1])})
