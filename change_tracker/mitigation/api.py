"""The API of this slice: actions, in full for those who work on them, in brief for the touched."""

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import IdField, VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.routes import Route
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import (
    DeletableResourceViewSet,
    MoveMixin,
    MovesField,
)
from change_tracker.core.errors import ForbiddenError
from change_tracker.initiatives.api.fields import ColleagueField, PartSerializer
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation import services
from change_tracker.mitigation.callingoff import Reach, call_off, reach_of
from change_tracker.mitigation.kinds import EMPTY
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.states import ACTION
from change_tracker.people.models import Audience, OrgUnit
from change_tracker.resistance.models import ResistanceSource, StrategyType

#: Actions that one call names.
MOST_NAMED = 10_000
#: What those read who see an action because it touches their group.
BRIEF = ("id", "initiative", "title", "description", "kind", "due_on", "minutes", "done_on")


class ActionSerializer(PartSerializer):
    """In full for those who work in the initiative; only its own kind fills the last fields.

    Others, whose group is touched, get what concerns them: not which resistance it answers, who
    does it, or whether it worked.
    """

    # Required when an action is created; left out of what the touched read.
    sources = VisibleField(ResistanceSource, many=True, required=False, allow_empty=False)
    strategy = VisibleField(StrategyType, required=False, allow_null=True)
    audiences = VisibleField(Audience, many=True, required=False)
    units = VisibleField(OrgUnit, many=True, required=False)
    owner = ColleagueField(required=False, allow_null=True)
    owner_name = serializers.CharField(
        source="owner.display_name", read_only=True, allow_null=True, default=None
    )
    moves = MovesField(ACTION)

    class Meta:
        model = MitigationAction
        fields = [
            *BRIEF,
            "state",
            "moves",
            "version",
            "sources",
            "strategy",
            "audiences",
            "owner",
            "owner_name",
            "position",
            "outcome",
            "carried_from",
            *EMPTY,
        ]
        read_only_fields = ["done_on", "state", "version", "carried_from"]
        extra_kwargs = {"title": {"required": False}, "kind": {"required": False}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new action names what it answers, and what it is: by a strategy or in words."""
        if self.instance is not None:
            return attrs
        needed = ["sources"] if attrs.get("strategy") else ["sources", "title", "kind"]
        missing = {name: _("This field is required.") for name in needed if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs

    @property
    def kept_from_some(self) -> AbstractSet[str]:
        """What the OpenAPI document promises to nobody."""
        return self.fields.keys() - {*BRIEF, "version", "state", "moves"}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row in the form that the caller may read."""
        shown: dict[str, Any] = super().to_representation(instance)
        if not instance.reads_register:
            shown.pop("sources")
        if instance.is_within:
            return shown
        brief = {name: shown[name] for name in (*BRIEF, "version")}
        return brief | {"state": instance.shown_state, "moves": []}


class CarryOverSerializer(serializers.Serializer[Any]):
    """Resistance in another initiative that the action shall answer there."""

    sources = VisibleField(ResistanceSource, many=True, allow_empty=False)


class DoneOnSerializer(serializers.Serializer[Any]):
    """The day on which the work was done."""

    done_on = serializers.DateField()


class BlockAnswerSerializer(serializers.Serializer[Any]):
    """What a sponsor says to what blocks the action."""

    text = serializers.CharField()


class ActionFilter(FilterSet):
    """Filters on what the brief form leaves out find nothing for those who get it."""

    initiative = IdFilter()
    state = filters.MultipleChoiceFilter(
        field_name="shown_state", choices=MitigationAction.State.choices, distinct=False
    )
    owner = IdFilter(method="from_within")
    strategy = IdFilter(method="from_within")
    source = IdFilter(method="of_source")
    due_from = day_from("due_on")
    due_to = day_to("due_on")
    evaluate_again_to = filters.DateFilter(method="to_evaluate")

    class Meta:
        model = MitigationAction
        fields = ["kind"]

    def from_within(self, rows: Any, name: str, value: int) -> Any:
        """Rows that the caller reads in full."""
        return rows.filter(is_within=True, **{name: value})

    def to_evaluate(self, rows: Any, name: str, value: date) -> Any:
        """Tools that are to be evaluated again on this day or earlier."""
        return rows.filter(is_within=True, evaluate_again_on__lte=value)

    def of_source(self, rows: Any, name: str, value: int) -> Any:
        """Rows of which the caller may know the resistance."""
        return rows.filter(reads_register=True, sources=value)


class ActionViewSet(IncludeMixin, MoveMixin, DeletableResourceViewSet):
    """Dated work meant to lower resistance."""

    model = MitigationAction
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    transitions = ACTION

    def joined(self, rows: Any) -> Any:
        """With what decides the form, names, groups and sources."""
        shown = rows.shown_to(self.user).select_related("owner")
        return shown.prefetch_related("sources", "audiences", "units")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Plan work."""
        return services.plan_action(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change what is planned."""
        version = self.expected_version()
        return services.change_action(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_move(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Move it on."""
        return services.move_action(row, **self.actor_and_time(), **values)

    def perform_delete(self, row: Any) -> None:
        """Delete work that has not begun."""
        services.delete_action(row, **self.actor_and_time())

    @documented(request=DoneOnSerializer, responses={200: ActionSerializer})
    @action(detail=True, methods=["post"])
    def done_on(self, request: Request, pk: str | None = None) -> Response:
        """Say on which day work was done that was reported later, before it is judged."""
        row = self.get_object()
        self.require(row)
        day = body_of(DoneOnSerializer, request)["done_on"]
        version = self.expected_version()
        changed = services.correct_done_on(
            row, done_on=day, expected_version=version, **self.actor_and_time()
        )
        return self.answer(changed)

    @documented(request=BlockAnswerSerializer, responses={200: ActionSerializer})
    @action(detail=True, methods=["post"])
    def answer_block(self, request: Request, pk: str | None = None) -> Response:
        """Answer what blocks it, as a sponsor: those who work in the initiative read it."""
        row = self.get_object()
        answerable = MitigationAction.objects.answerable_by(self.user)
        if not answerable.filter(pk=row.pk).exists():
            raise ForbiddenError
        text = body_of(BlockAnswerSerializer, request)["text"]
        services.answer_block(row, text=text, **self.actor_and_time())
        return self.answer(row)

    @documented(request=CarryOverSerializer, responses={201: ActionSerializer})
    @action(detail=True, methods=["post"])
    def carry_over(self, request: Request, pk: str | None = None) -> Response:
        """Go on in another initiative, against resistance there; here the action is cancelled."""
        row = self.get_object()
        self.require(row)
        sources = body_of(CarryOverSerializer, request)["sources"]
        target = {"initiative": sources[0].initiative}
        if not MitigationAction.objects.all().may_create(self.user, target):
            raise ForbiddenError
        carried = services.carry_over(row, sources=sources, **self.actor_and_time())
        return self.answer(carried, status.HTTP_201_CREATED)


class CallOffSerializer(serializers.Serializer[Any]):
    """Which actions of the initiative end, and why."""

    actions = serializers.ListField(
        child=IdField(),
        allow_empty=False,
        max_length=MOST_NAMED,
    )
    reason = serializers.CharField()
    dry_run = serializers.BooleanField(default=False)


class ReachSerializer(serializers.Serializer[Any]):
    reached = serializers.ListField(child=serializers.IntegerField())
    left_out = serializers.ListField(child=serializers.IntegerField())


class CallOffViewSet(PinnedView, ViewSet):
    """For leads: calling off, together, what is still open."""

    @documented(request=CallOffSerializer, responses={200: ReachSerializer})
    def create(self, request: Request, initiative: str) -> Response:
        """Cancel open actions of an initiative; those that are not open are left out.

        `dry_run` only says which it would reach.
        """
        user: Any = request.user
        row = Initiative.objects.with_figures_for(user).filter(pk=initiative).first()
        if row is None:
            raise Http404
        if not MitigationAction.objects.all().may_create(user, {"initiative": row}):
            raise ForbiddenError
        body = body_of(CallOffSerializer, request)
        reach = reach_of(row, body["actions"])
        if not body["dry_run"]:
            ended = call_off(
                row, reach.reached, reason=body["reason"], actor=user, now=timezone.now()
            )
            reach = Reach(ended, sorted(set(body["actions"]) - set(ended)))
        return Response(ReachSerializer(reach).data)


ROUTES: list[Route] = [
    ("actions", ActionViewSet, "action"),
    (r"initiatives/(?P<initiative>[0-9]{1,18})/call-off", CallOffViewSet, "initiative-call-off"),
]
