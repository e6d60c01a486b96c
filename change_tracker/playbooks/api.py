"""Playbooks: read like the catalogue, applied to and saved from initiatives by who leads them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.routes import Route
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet, ReadViewSet
from change_tracker.core.errors import ForbiddenError
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, Person
from change_tracker.playbooks.models import (
    Playbook,
    PlaybookAction,
    PlaybookItem,
    PlaybookStep,
    PlaybookUse,
)
from change_tracker.playbooks.own import COLUMNS
from change_tracker.playbooks.services import (
    AsBefore,
    Outcome,
    Proposal,
    Taking,
    apply_playbook,
    propose,
    save_playbook,
)
from change_tracker.resistance.api.catalogue import ENTRY, FROM_PACKS, EntrySerializer
from change_tracker.training.models import TrainingPlan

LINE = ["slug", "label", "provenance"]
DUE = ["due_rule", "due_days", "due_unit"]


class PlaybookActionSerializer(serializers.ModelSerializer[Any]):
    """An action of a playbook; `days`, and `again_days` until a tool is evaluated again, count from
    go-live, below 0 before it.
    """

    class Meta:
        model = PlaybookAction
        fields = [
            *LINE,
            *("description", "strategy", "kind", "answers", "days", "minutes", *COLUMNS, "units"),
        ]
        extra_kwargs = {"answers": {"read_only": True}, "units": {"read_only": True}}


class PlaybookItemSerializer(serializers.ModelSerializer[Any]):
    """An activity of its training plan."""

    class Meta:
        model = PlaybookItem
        fields = [
            *LINE,
            *("kind", "topics", "body", "url", "minutes", "completion_rule", "is_required"),
            *DUE,
        ]
        extra_kwargs = {"topics": {"read_only": True}}


class PlaybookSerializer(EntrySerializer):
    """A playbook. Created from an initiative: its actions, and one of its training plans."""

    lines_of_actions = PlaybookActionSerializer(source="actions", many=True, read_only=True)
    lines_of_training = PlaybookItemSerializer(source="items", many=True, read_only=True)
    initiative = VisibleField(Initiative, write_only=True)
    actions = VisibleField(MitigationAction, many=True, write_only=True, allow_empty=False)
    plan = VisibleField(TrainingPlan, write_only=True, required=False, allow_null=True)

    class Meta:
        model = Playbook
        fields = [
            *ENTRY,
            *("summary", "plan_title", "plan_is_sequential", *DUE),
            *("lines_of_actions", "lines_of_training", "initiative", "actions", "plan"),
        ]
        read_only_fields = [*FROM_PACKS, "slug", "plan_title", "plan_is_sequential", *DUE]


class PlaybookTargetSerializer(serializers.Serializer[Any]):
    """To which initiative."""

    initiative = VisibleField(Initiative)


class ApplyPlaybookSerializer(PlaybookTargetSerializer):
    """What of it is taken: `keys` of the preview, or everything; for whom, and who does it."""

    keys = serializers.ListField(child=serializers.CharField(), required=False, allow_null=True)
    groups = VisibleField(Audience, many=True, required=False)
    owner = VisibleField(Person, required=False, allow_null=True)
    last_time = serializers.CharField(required=False, allow_blank=True)
    this_time = serializers.CharField(required=False, allow_blank=True)


class PlaybookOutcomeSerializer(serializers.Serializer[Any]):
    """What applying does with a line; `moved` says why the date is not `wanted_on`."""

    key = serializers.CharField()
    title = serializers.CharField()
    outcome = serializers.ChoiceField(Outcome.choices)
    is_offered = serializers.BooleanField()
    due_on = serializers.DateField(source="due.on", allow_null=True)
    wanted_on = serializers.DateField(source="due.wanted_on", allow_null=True)
    moved = serializers.CharField(source="due.moved", allow_null=True)


class PlaybookPreviewSerializer(serializers.Serializer[Any]):
    """What applying would do: `expects` are kinds of resistance that the register would get."""

    version = serializers.IntegerField(source="playbook.version")
    lines = PlaybookOutcomeSerializer(many=True)
    expects = serializers.SerializerMethodField()
    asks_last_time = serializers.BooleanField()

    def get_expects(self, proposal: Proposal) -> list[int]:
        """Their ids."""
        return [type_.pk for type_ in proposal.types]


class PlaybookAppliedSerializer(serializers.Serializer[Any]):
    """What was written, by id; nothing where it was there already."""

    use = serializers.IntegerField(source="use.pk", allow_null=True, default=None)
    planned = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()
    expected = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    left_alone = PlaybookOutcomeSerializer(many=True)

    def get_planned(self, applied: Any) -> list[int]:
        """Actions that are new."""
        return _ids(applied.planned)

    def get_changed(self, applied: Any) -> list[int]:
        """Actions that were brought up to date."""
        return _ids(applied.changed)

    def get_expected(self, applied: Any) -> list[int]:
        """Entries of the register that are new."""
        return _ids(applied.expected)

    def get_items(self, applied: Any) -> list[int]:
        """Items of the training plan that are new."""
        return _ids(applied.items)


def _ids(rows: list[Any]) -> list[int]:
    return [row.pk for row in rows]


class PlaybookViewSet(DeletableResourceViewSet):
    """Templates of actions and training; one that an initiative has applied is kept."""

    model = Playbook
    serializer_class = PlaybookSerializer
    filterset_fields = ["slug"]

    def joined(self, rows: Any) -> Any:
        """With the pack and the lines."""
        lines = (
            *("actions__strategy", "actions__answers", "actions__units"),
            "items__topics",
        )
        return rows.select_related("pack").prefetch_related(*lines)

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Save what an initiative does."""
        return save_playbook(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Call it otherwise, or save it again from the initiative: the next version.

        Without a `plan` it keeps its training; null takes it out.
        """
        words: dict[str, Any] = {
            name: values[name] for name in ("label", "summary") if name in values
        }
        if "actions" not in values:
            return super().perform_change(row, words)
        if row.saved_from is None:
            raise ValidationError({"actions": _("It was not saved from an initiative.")})
        whole = {
            "initiative": row.saved_from,
            "label": row.label,
            "summary": row.summary,
            "plan": AsBefore.KEPT,
        }
        with transaction.atomic():
            self.require_version(row)
            return save_playbook(replaces=row, **self.actor_and_time(), **whole | values)

    @documented(request=PlaybookTargetSerializer, responses={200: PlaybookPreviewSerializer})
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """What applying it to an initiative that the caller leads would do today."""
        playbook = self.get_object()
        initiative = self._led(body_of(PlaybookTargetSerializer, request)["initiative"])
        proposal = propose(playbook, initiative, timezone.localdate())
        return Response(PlaybookPreviewSerializer(proposal).data)

    @documented(request=ApplyPlaybookSerializer, responses={200: PlaybookAppliedSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str | None = None) -> Response:
        """Apply it, as far as it is not there yet; If-Match names the previewed version."""
        playbook = self.get_object()
        values = body_of(ApplyPlaybookSerializer, request)
        applied = apply_playbook(
            playbook,
            initiative=self._led(values.pop("initiative")),
            taking=Taking(**values),
            expected_version=self.expected_version(),
            **self.actor_and_time(),
        )
        return Response(PlaybookAppliedSerializer(applied).data)

    def _led(self, initiative: Initiative) -> Initiative:
        target = {"initiative": initiative}
        if not MitigationAction.objects.all().may_create(self.user, target):
            raise ForbiddenError
        return initiative


class PlaybookStepSerializer(serializers.ModelSerializer[Any]):
    """What a line has become; neither action nor item where that was deleted since."""

    class Meta:
        model = PlaybookStep
        fields = ["kind", "slug", "action", "item"]


class PlaybookUseSerializer(serializers.ModelSerializer[Any]):
    steps = PlaybookStepSerializer(many=True, read_only=True)
    newest_version = serializers.IntegerField(source="playbook.version", read_only=True)

    class Meta:
        model = PlaybookUse
        fields = [
            *("id", "initiative", "playbook", "taken_version", "newest_version", "taken_on"),
            *("plan", "steps"),
        ]


class PlaybookUseFilter(FilterSet):
    initiative = IdFilter()
    playbook = IdFilter()

    class Meta:
        model = PlaybookUse
        fields: list[str] = []


class PlaybookUseViewSet(ReadViewSet):
    """Which initiative applied which playbook; applying writes it."""

    model = PlaybookUse
    serializer_class = PlaybookUseSerializer
    filterset_class = PlaybookUseFilter

    def joined(self, rows: Any) -> Any:
        """With the steps and the newest version."""
        return rows.select_related("playbook").prefetch_related("steps")


ROUTES: list[Route] = [
    ("playbooks", PlaybookViewSet, "playbook"),
    ("playbook-uses", PlaybookUseViewSet, "playbook-use"),
]
