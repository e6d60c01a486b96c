"""Long work that the caller began: how far it is, and what came of it."""

from typing import ClassVar

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.filters import FilterSet
from change_tracker.core.api.routes import Route
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import ReadViewSet
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_again


class JobProblemSerializer(serializers.Serializer[object]):
    row = serializers.IntegerField(allow_null=True)
    field = serializers.CharField()
    reason = serializers.CharField()
    is_error = serializers.BooleanField()


class JobSerializer(serializers.ModelSerializer[JobRun]):
    problems = JobProblemSerializer(many=True)
    can_run_again = serializers.BooleanField()
    found = serializers.JSONField(
        read_only=True, help_text="What a job found out that only looks; null for all others."
    )

    class Meta:
        model = JobRun
        fields: ClassVar[list[str]] = [
            "id",
            "kind",
            "title",
            "state",
            "done",
            "total",
            "summary",
            "failure",
            "problems",
            "result_url",
            "queued_at",
            "started_at",
            "finished_at",
            "attempts",
            "can_run_again",
            "found",
        ]
        read_only_fields = fields


def accepted(job: JobRun) -> Response:
    """The answer of a verb that a worker carries out: 202, with the job."""
    return Response(JobSerializer(job).data, status.HTTP_202_ACCEPTED)


class JobFilter(FilterSet):
    class Meta:
        model = JobRun
        fields = ["kind", "state"]


class JobViewSet(ReadViewSet):
    """Jobs of the caller; site admins read those of everybody."""

    model = JobRun
    serializer_class = JobSerializer
    filterset_class = JobFilter

    @documented(request=None, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, pk: str | None = None) -> Response:
        """Run a job again that broke off; 409 where it did not."""
        job = self.get_object()
        self.require(job)
        return self.answer(run_again(job, **self.actor_and_time()))


ROUTES: list[Route] = [("jobs", JobViewSet, "job")]
