"""The API of this slice: what people say, for them and the change team; what the team publishes."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, YesOrNo, day_from, day_to
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.api.routes import Route
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet, ResourceViewSet
from change_tracker.initiatives.api.fields import PartSerializer
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import LearningActivity
from change_tracker.voice import services
from change_tracker.voice.models import FeedbackItem, FeedbackMessage, PublishedAnswer
from change_tracker.voice.queries import feedback_for


class FeedbackSerializer(serializers.ModelSerializer[FeedbackItem]):
    """Whoever said it is not told the resistance, and the action only where it concerns them."""

    kept_from_some = ("source",)

    initiative = VisibleField(Initiative)
    raised_by_name = serializers.CharField(source="raised_by.display_name", read_only=True)
    activity = VisibleField(LearningActivity, required=False, allow_null=True)

    class Meta:
        model = FeedbackItem
        fields = [
            "id",
            "initiative",
            "kind",
            "text",
            "activity",
            "raised_by",
            "raised_by_name",
            "raised_on",
            "promised_on",
            "acknowledged_on",
            "answered_on",
            "disposition",
            "action",
            "source",
            "state",
            "version",
        ]
        read_only_fields = [
            "raised_by",
            "raised_on",
            "promised_on",
            "acknowledged_on",
            "answered_on",
            "disposition",
            "action",
            "source",
            "state",
        ]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row in the form that the caller may read."""
        shown: dict[str, Any] = super().to_representation(instance)
        if not instance.is_team:
            shown.pop("source")
        if not instance.shows_action:
            shown["action"] = None
        return shown


class MessageSerializer(serializers.ModelSerializer[FeedbackMessage]):
    author_name = serializers.CharField(source="author.display_name", read_only=True)

    class Meta:
        model = FeedbackMessage
        fields = ["id", "at", "from_team", "author", "author_name", "text", "disposition"]
        read_only_fields = ["at", "from_team", "author", "disposition"]


class AnswerSerializer(serializers.Serializer[Any]):
    """What becomes of it; whoever promises to act names the action or the resistance.

    A link that is left out stays as it is; null takes it away.
    """

    disposition = serializers.ChoiceField(FeedbackItem.Disposition.choices)
    text = serializers.CharField()
    action = VisibleField(MitigationAction, required=False, allow_null=True)
    source = VisibleField(ResistanceSource, required=False, allow_null=True)  # type: ignore[assignment]  # a field of that name


class LinkSerializer(serializers.Serializer[Any]):
    """The resistance that it speaks of; null takes the link away."""

    source = VisibleField(ResistanceSource, allow_null=True)  # type: ignore[assignment]  # a field of that name


class FeedbackFilter(FilterSet):
    initiative = IdFilter()
    raised_by = IdFilter()
    activity = IdFilter()
    source = IdFilter(method="of_source")
    raised_from = day_from("raised_on")
    raised_to = day_to("raised_on")
    late = YesOrNo(method="is_late")

    class Meta:
        model = FeedbackItem
        fields = ["kind", "state", "disposition"]

    def of_source(self, rows: Any, name: str, value: int) -> Any:
        """Rows of which the caller may know the resistance."""
        return rows.filter(is_team=True, source=value)

    def is_late(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001  a filter's value
        """Those whose answer was promised for a day that is over, or all others."""
        late = rows.late(timezone.localdate())
        return late if value else rows.exclude(pk__in=late.ids())


class FeedbackViewSet(IncludeMixin, CreateMixin, ReadViewSet):
    """Concerns, questions and ideas with a name; their writers and the change team read them."""

    model = FeedbackItem
    serializer_class = FeedbackSerializer
    filterset_class = FeedbackFilter

    def get_queryset(self) -> Any:
        """What the caller said, and what the teams hear that they are in."""
        return feedback_for(self.user)

    def perform_create(self, values: dict[str, Any]) -> FeedbackItem:
        """Say something with one's name."""
        return services.raise_feedback(**values, **self._context())

    @documented(request=None, responses={200: FeedbackSerializer})
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str | None = None) -> Response:
        """Say that the change team has read it."""
        row = self.get_object()
        self.require(row)
        return self.answer(services.acknowledge_feedback(item=row, **self._context()))

    @documented(request=AnswerSerializer, responses={200: FeedbackSerializer})
    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def give_answer(self, request: Request, pk: str | None = None) -> Response:
        """Answer it: we act (and where), we explain, or we cannot (and why)."""
        row = self.get_object()
        self.require(row)
        values = body_of(AnswerSerializer, request)
        return self.answer(services.answer_feedback(item=row, **values, **self._context()))

    @documented(request=LinkSerializer, responses={200: FeedbackSerializer})
    @action(detail=True, methods=["post"])
    def link(self, request: Request, pk: str | None = None) -> Response:
        """Link it to the resistance that it speaks of; 412 when If-Match is stale."""
        row = self.get_object()
        self.require(row)
        values = body_of(LinkSerializer, request)
        version = self.expected_version()
        linked = services.link_feedback(
            item=row, expected_version=version, **values, **self.actor_and_time()
        )
        return self.answer(linked)

    @documented(request=None, responses={200: FeedbackSerializer})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str | None = None) -> Response:
        """Settle what is answered; whoever said it may, and the change team."""
        row = self.get_object()
        return self.answer(services.close_feedback(item=row, **self.actor_and_time()))

    @documented(request=None, responses={200: FeedbackSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Take back what one said oneself, before it is answered."""
        row = self.get_object()
        self.require(row, "own")
        return self.answer(services.withdraw_feedback(item=row, **self.actor_and_time()))

    @documented(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True)
    def messages(self, request: Request, pk: str | None = None) -> Response:
        """The thread below it, the latest message first."""
        item = self.get_object()
        rows: Any = FeedbackMessage.objects.visible_to(self.user)
        page = self.paginate_queryset(rows.filter(item=item).select_related("author"))
        return self.get_paginated_response(MessageSerializer(page, many=True).data)

    @documented(request=MessageSerializer, responses={201: MessageSerializer})
    @messages.mapping.post
    def message(self, request: Request, pk: str | None = None) -> Response:
        """Add to the thread. After the answer, whoever said it asks again by it."""
        item = self.get_object()
        values = body_of(MessageSerializer, request)
        message = services.write_message(item=item, **values, **self._context())
        return Response(MessageSerializer(message).data, status=status.HTTP_201_CREATED)

    def _context(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), **self.actor_and_time()}


class PublishedAnswerSerializer(PartSerializer):
    class Meta:
        model = PublishedAnswer
        fields = ["id", "initiative", "told", "did", "published_on", "is_shown", "version"]
        read_only_fields = ["published_on", "version"]


class PublishedAnswerFilter(FilterSet):
    initiative = IdFilter()

    class Meta:
        model = PublishedAnswer
        fields = ["is_shown"]


class PublishedAnswerViewSet(ResourceViewSet):
    """What people told us and what we did, in the words of the change team."""

    model = PublishedAnswer
    serializer_class = PublishedAnswerSerializer
    filterset_class = PublishedAnswerFilter

    def perform_create(self, values: dict[str, Any]) -> PublishedAnswer:
        """Publish it; `is_shown` is for taking it down later."""
        values.pop("is_shown", None)
        today = timezone.localdate()
        return services.publish_answer(today=today, **self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> PublishedAnswer:
        """Change its words, or take it down."""
        version = self.expected_version()
        return services.change_answer(
            row, expected_version=version, **self.actor_and_time(), **values
        )


ROUTES: list[Route] = [
    ("feedback", FeedbackViewSet, "feedback"),
    ("published-answers", PublishedAnswerViewSet, "published-answer"),
]
