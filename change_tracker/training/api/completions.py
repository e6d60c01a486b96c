"""What other systems report."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from change_tracker.core.access import roles_of
from change_tracker.core.api.bodies import Faults, faults_of, taken
from change_tracker.core.api.fields import IdField
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.schema import documented
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.idempotency import digest_of, once
from change_tracker.training.errors import ReportRefusedError
from change_tracker.training.services import MOST_REPORTS, Outcome, Report, report_completions


class ReportSerializer(serializers.Serializer[Any]):
    """One report: of whom, of what, and at least one thing that they did."""

    person = serializers.CharField(max_length=200)
    activity = IdField(required=False, allow_null=True)
    record = IdField(required=False, allow_null=True)
    completed_on = serializers.DateField(required=False, allow_null=True)
    score = serializers.DecimalField(
        max_digits=7, decimal_places=2, required=False, allow_null=True
    )
    progress = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)
    progress_label = serializers.CharField(max_length=60, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One activity or one record, and something to write."""
        if (attrs.get("activity") is None) == (attrs.get("record") is None):
            raise ValidationError({"activity": _("Name either an activity or a record.")})
        said = ("completed_on", "score", "progress", "progress_label")
        if all(attrs.get(name) is None for name in said):
            raise ValidationError(
                {"completed_on": _("Say at least one of: completed_on, score, progress.")}
            )
        return attrs


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of one row; `code`, `field` and `message` where it was refused."""

    status = serializers.ChoiceField(choices=["completed", "updated", "unchanged", "refused"])
    records = serializers.ListField(child=serializers.IntegerField())
    code = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class CompletionsViewSet(PinnedView, ViewSet):
    """For a learning system or a quiz tool that says who has done what."""

    @documented(request=ReportSerializer(many=True), responses={200: OutcomeSerializer(many=True)})
    def create(self, request: Request) -> Response:
        """Report one completion (an object) or up to 1,000 (a list), with an answer for each row.

        A list is answered with 200 and what became of each row; rows that are refused keep no
        others from being written. A single object that is refused is answered with 400 or 409.
        With the header `Idempotency-Key`, the same request within 48 hours is answered as before
        and does nothing; the same key with another body is a 422.
        """
        roles = roles_of(request.user)
        if not (roles.reports_completions or roles.manages_people):
            raise ForbiddenError
        body: Any = request.data
        answer = once(
            user=request.user,
            key=request.headers.get("Idempotency-Key", "").strip(),
            digest=digest_of("completions", body),
            now=timezone.now(),
            run=lambda: self._many(body) if isinstance(body, list) else self._one(body),
        )
        return Response(answer)

    def _one(self, body: Any) -> dict[str, Any]:
        row = taken(ReportSerializer(data=body))
        (outcome,) = self._report([Report(**row)])
        if outcome.status == "refused":
            raise ReportRefusedError(outcome.code, outcome.field, outcome.message)
        return _plain(outcome)

    def _many(self, body: list[Any]) -> list[dict[str, Any]]:
        if not 1 <= len(body) <= MOST_REPORTS:
            raise ValidationError(_("Send between 1 and 1,000 rows."))
        rows = [ReportSerializer(data=each) for each in body]
        faults = [faults_of(row) for row in rows]
        valid = [row for row, wrong in zip(rows, faults, strict=True) if not wrong]
        outcomes = iter(self._report([Report(**row.validated_data) for row in valid]))
        return [_plain(_invalid(wrong) if wrong else next(outcomes)) for wrong in faults]

    def _report(self, reports: list[Report]) -> list[Outcome]:
        now = timezone.now()
        return report_completions(
            reports, actor=self.request.user, today=timezone.localdate(now), now=now
        )


def _invalid(faults: Faults) -> Outcome:
    """The first thing that is wrong with a row."""
    field, messages = next(iter(faults.items()))
    name = "" if field == "non_field_errors" else str(field)
    return Outcome(status="refused", code="invalid", field=name, message=str(messages[0]))


def _plain(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome) | {"records": list(outcome.records), "message": str(outcome.message)}
