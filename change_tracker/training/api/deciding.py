"""Deciding about many people of a plan, as its check page does."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import BaseViewSet
from change_tracker.training import jobs, services
from change_tracker.training.models import Enrolment, TrainingPlan
from change_tracker.training.services import Decision, Verdict, Verdicts

#: Enrolments that one call names.
MOST_NAMED = 10_000


class DecideSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=Decision.choices)
    enrolments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        allow_empty=False,
        max_length=MOST_NAMED,
    )
    until = serializers.DateField(required=False, help_text="Until when, of more time.")
    reason = serializers.CharField(required=False, allow_blank=True, default="")
    dry_run = serializers.BooleanField(default=False)
    digest = serializers.CharField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """More time has a day, and nothing else has; what is done was looked at before."""
        if (attrs["decision"] == Decision.EXTEND) != ("until" in attrs):
            words = _("“until” belongs to more time, and more time needs it.")
            raise serializers.ValidationError({"until": [words]})
        if not attrs["dry_run"] and "digest" not in attrs:
            words = _("Ask with “dry_run” first, and send the “digest” of the answer.")
            raise serializers.ValidationError({"digest": [words]})
        return attrs


class DecisionSerializer(serializers.Serializer[Any]):
    reached = serializers.ListField(child=serializers.IntegerField())
    left_out = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    digest = serializers.CharField()
    job = serializers.IntegerField(allow_null=True)


class DecideMixin(BaseViewSet):
    """The verb `decide` of a plan."""

    @documented(
        request=DecideSerializer, responses={200: DecisionSerializer, 202: DecisionSerializer}
    )
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str | None = None) -> Response:
        """Give people of a plan more time until a day, exempt or withdraw them, with a reason.

        `dry_run` only says whom it would reach, and whom it leaves out and why; with its `digest`
        the same is done, or nothing. Of more than 200 people a worker decides: the job in the
        answer.
        """
        plan = self.get_object()
        self.require(plan, "assignable_by")
        body = body_of(DecideSerializer, request)
        decision = Decision(body["decision"])
        more = {"until": body["until"]} if "until" in body else {}
        chosen = self._chosen(plan, body["enrolments"])
        verdicts = services.preview_decision(decision, chosen, actor=self.user, **more)
        if body["dry_run"]:
            return _answer(verdicts)
        decided = {"reason": body["reason"], "expected": body["digest"], **more}
        if len(verdicts.reached) > jobs.MOST_AT_ONCE:
            return self._later(plan, decision, verdicts, decided)
        today = timezone.localdate()
        return _answer(jobs.DO[decision](chosen, **decided, today=today, **self.actor_and_time()))

    def _later(
        self, plan: TrainingPlan, decision: Decision, verdicts: Verdicts, decided: dict[str, Any]
    ) -> Response:
        address = reverse("change_tracker:plan", args=[plan.initiative.slug, plan.pk])
        job = jobs.decide_later(
            decision,
            verdicts,
            plan=plan,
            result_url=f"{address}#ct-people",
            **decided,
            **self.actor_and_time(),
        )
        return _answer(verdicts, job.pk, status.HTTP_202_ACCEPTED)

    def _chosen(self, plan: TrainingPlan, keys: list[int]) -> Any:
        """The enrolments of the plan that are named; 400 where one is none the caller changes."""
        mine = Enrolment.objects.changeable_by(self.user).filter(plan=plan, pk__in=keys)
        unknown = {*keys} - {*mine.values_list("pk", flat=True)}
        if unknown:
            some = ", ".join(map(str, sorted(unknown)[:10]))
            words = _("Not in this plan, or not yours to change: %(keys)s.") % {"keys": some}
            raise serializers.ValidationError({"enrolments": [words]})
        return mine


def _answer(verdicts: Verdicts, job: int | None = None, code: int = status.HTTP_200_OK) -> Response:
    left_out = {
        verdict.value: list(ids)
        for verdict, ids in verdicts.of.items()
        if verdict != Verdict.REACHED
    }
    said = {"reached": list(verdicts.reached), "left_out": left_out, "digest": verdicts.digest}
    return Response(said | {"job": job}, status=code)
