"""Audiences with their rule as one list, and their members."""

from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField, WholeLineMixin
from change_tracker.core.api.filters import ContainsFilter, FilterSet
from change_tracker.core.api.jobs import JobSerializer, accepted
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import ResourceViewSet
from change_tracker.core.jobs.models import JobRun
from change_tracker.people import rulejobs
from change_tracker.people.api.brief import BriefMixin
from change_tracker.people.models import (
    Audience,
    AudienceClause,
    AudienceMember,
    OrgUnit,
    Person,
)
from change_tracker.people.models.clauses import VALUES
from change_tracker.people.queries import people_in
from change_tracker.people.services.audiences import (
    Clause,
    create_audience,
    describe_rule,
    preview_clauses,
    why_nobody,
)


class ClauseSerializer(WholeLineMixin, serializers.ModelSerializer[AudienceClause]):
    unit = VisibleField(OrgUnit, allow_null=True, required=False)
    person = VisibleField(Person, allow_null=True, required=False)
    other = VisibleField(Audience, allow_null=True, required=False)

    class Meta:
        model = AudienceClause
        fields = ["effect", "kind", *VALUES[:1], "with_subtree", *VALUES[1:]]


class AudienceSerializer(BriefMixin, serializers.ModelSerializer[Audience]):
    """`clauses` is written as a whole; without it the rule stays.

    With the `digest` of `preview` that is done, or nothing.

    Callers who are only in the audience, or whose team is, get `id` and `name`.
    """

    brief = ("id", "name")

    clauses = ClauseSerializer(many=True, required=False)
    rule = serializers.SerializerMethodField()
    people = serializers.IntegerField(read_only=True, help_text="How many are in it now.")
    nobody_because = serializers.SerializerMethodField()
    digest = serializers.CharField(write_only=True, required=False)

    class Meta:
        model = Audience
        fields = ["id", "name", "clauses", "rule", "people", "nobody_because", "version", "digest"]
        read_only_fields = ["version"]

    def get_rule(self, audience: Audience) -> str:
        """The rule as a sentence."""
        return describe_rule(audience)

    def get_nobody_because(self, audience: Audience) -> str:
        """What makes the rule find nobody; empty where it finds somebody."""
        return self._reasons.get(audience.pk, "")

    @cached_property
    def _reasons(self) -> dict[int, str]:
        """Of all rows that are answered, asked together; of those that the caller knows."""
        root: Any = self.root
        rows: list[Any] = [root.instance] if root is self else root.instance
        nobody = [each for each in rows if each.is_known_in_full and not each.people]
        return why_nobody(nobody, timezone.localdate())


class RuleSerializer(serializers.Serializer[Any]):
    clauses = ClauseSerializer(many=True)


class AudienceChangeSerializer(serializers.Serializer[Any]):
    audience = serializers.IntegerField(source="audience_id")
    joined = serializers.IntegerField()
    left = serializers.IntegerField()
    follows = serializers.ListField(child=serializers.CharField())


class RulePreviewSerializer(serializers.Serializer[Any]):
    """Numbers of people; `changes` also of audiences whose rules speak of this one."""

    changes = AudienceChangeSerializer(many=True)
    digest = serializers.CharField()


class AudienceMemberSerializer(serializers.ModelSerializer[AudienceMember]):
    person_name = serializers.CharField(source="person.display_name", read_only=True)

    class Meta:
        model = AudienceMember
        fields = ["id", "person", "person_name", "joined_on", "left_on"]


class AudienceFilter(FilterSet):
    name = ContainsFilter()

    class Meta:
        model = Audience
        fields: list[str] = []


class AudienceMemberFilter(FilterSet):
    # Without a model: the schema compares it with the audience that the view is about.
    on = filters.DateFilter(method="filter_day")
    form: Any

    def filter_day(self, rows: Any, name: str, day: Any) -> Any:
        """Who was a member on that day."""
        return rows.on(day)

    def filter_queryset(self, queryset: Any) -> Any:
        """Who is a member now, where no day is asked for."""
        if not self.form.cleaned_data["on"]:
            return queryset.open()
        return super().filter_queryset(queryset)  # type: ignore[misc]  # django-filter has no types


class AudienceViewSet(ExportMixin, ResourceViewSet):
    """Named sets of people. HR and leads make them and change those they work with."""

    model = Audience
    serializer_class = AudienceSerializer
    filterset_class = AudienceFilter
    not_in_files = ("nobody_because",)

    def joined(self, rows: Any) -> Any:
        """With the rule, how many it has found, and whether the caller may read that."""
        clauses = AudienceClause.objects.select_related("unit", "person", "other").order_by("pk")
        known = rows.with_discretion(self.user).annotate(people=people_in("pk"))
        return known.prefetch_related(Prefetch("clauses", clauses))

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Create an audience with its members."""
        if "digest" in values:
            raise serializers.ValidationError({"digest": _("Only a change has a preview.")})
        return create_audience(
            today=timezone.localdate(), **self.actor_and_time(), **_with_clauses(values)
        )

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """The audience, or the job that changes it."""
        return accepted(row) if isinstance(row, JobRun) else super().answer(row, code)

    @documented(responses={200: AudienceSerializer, 202: JobSerializer})
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the name or the rule; members follow. 412 when If-Match is stale.

        Where many people join or leave by the rule a worker does it: 202, with the job.
        """
        return super().update(request, *args, **kwargs)

    @documented(responses={200: AudienceSerializer, 202: JobSerializer})
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The same for some of the fields."""
        return super().partial_update(request, *args, **kwargs)

    def perform_change(self, row: Any, values: dict[str, Any]) -> Any:
        """The audience as it is then, or the job that changes it."""
        values = {**values, "expected": values.get("digest")}
        if values.pop("digest", None) is not None and "clauses" not in values:
            words = _("Send the rule that was previewed along.")
            raise serializers.ValidationError({"digest": words})
        return rulejobs.change_group(
            audience=row,
            today=timezone.localdate(),
            expected_version=self.expected_version(),
            **self.actor_and_time(),
            **_with_clauses(values),
        )

    @documented(request=RuleSerializer, responses={200: RulePreviewSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """What this rule would do: who joins, who leaves, and what follows; changes nothing.

        Where many join or leave a worker finds out: 202, with the job; its `found` is the answer.
        """
        audience, today = self.get_object(), timezone.localdate()
        self.require(audience)
        rule = {"audience": audience, "expected_version": self.expected_version()}
        rule |= _with_clauses(body_of(RuleSerializer, request))
        if rulejobs.takes_long(audience, rule["clauses"], today):
            return accepted(rulejobs.check_later(**rule, **self.actor_and_time()))
        shown = preview_clauses(**rule, today=today, now=timezone.now())
        return Response(RulePreviewSerializer(shown).data)

    @documented(responses=AudienceMemberSerializer(many=True))
    @action(
        detail=True,
        methods=["get"],
        serializer_class=AudienceMemberSerializer,
        filterset_class=AudienceMemberFilter,
    )
    def members(self, request: Request, pk: str | None = None) -> Response:
        """Who is in it now, as far as the caller may see the people; `?on=` for another day."""
        audience = get_object_or_404(self.get_queryset(), pk=pk)
        rows = AudienceMember.objects.visible_to(self.user).filter(audience=audience)
        page = self.paginate_queryset(self.filter_queryset(rows.select_related("person")))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _with_clauses(values: dict[str, Any]) -> dict[str, Any]:
    if "clauses" not in values:
        return values
    return {**values, "clauses": [Clause(**clause) for clause in values["clauses"]]}
