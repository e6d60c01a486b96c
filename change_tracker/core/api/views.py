"""The base of every resource of the API: the doorway, compare-and-set, history."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from change_tracker.core.access import User, VisibleQuerySet
from change_tracker.core.api.bodies import body_of, taken
from change_tracker.core.api.filters import StrictFilterBackend
from change_tracker.core.api.pagination import KeysetPagination
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.errors import ForbiddenError, StaleRowError
from change_tracker.core.keys import key_in
from change_tracker.core.models import Versioned
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.core.states import Transitions

#: The actions that answer with a file.
FILES = frozenset({"csv", "xlsx", "file", "content"})


class BaseViewSet(PinnedView, GenericViewSet[Any]):
    """Rows of `model`, found through the doorway."""

    model: ClassVar[type[models.Model]]
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]
    pagination_class = KeysetPagination
    filter_backends = [StrictFilterBackend]
    # Eighteen digits: a longer number fits no key, and some databases fail on it.
    lookup_value_regex = "[0-9]{1,18}"

    @property
    def user(self) -> User:
        """The caller."""
        return self.request.user

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002  as upstream
        """Whoever accepts nothing but a PDF or a spreadsheet gets one; errors stay JSON."""
        wants_file = getattr(self, "action", "") in FILES
        return super().perform_content_negotiation(request, force=force or wants_file)

    def get_queryset(self) -> VisibleQuerySet[Any]:
        """What the caller may read, with what `joined` adds."""
        rows = cast("VisibleQuerySet[Any]", self.model._default_manager.all())
        visible: VisibleQuerySet[Any] = self.joined(rows.visible_to(self.user))
        return visible

    def joined(self, rows: Any) -> Any:
        """Hook: select_related, prefetch_related and annotations of this resource."""
        return rows

    def require(self, row: models.Model, verb: str = "changeable_by") -> None:
        """Refuse with 403 when the row is not in the queryset method `verb` for the caller."""
        rows = getattr(type(row)._default_manager.all(), verb)(self.user)
        if not rows.filter(pk=row.pk).exists():
            raise ForbiddenError

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """One row as the detail shows it, with its ETag."""
        fresh = self.get_queryset().filter(pk=row.pk).first() or row
        serializer = self.get_serializer(fresh)
        return Response(serializer.data, status=code, headers=etag(fresh))

    def values_in(self, serializer: BaseSerializer[Any]) -> dict[str, Any]:
        """The validated values of a row that is made or changed; 400 for whatever is none."""
        return taken(serializer)

    def expected_version(self) -> int | None:
        """The version in If-Match; None without the header or for any version ("*")."""
        given = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if given in {"", "*"}:
            return None
        return key_in(given) or 0

    def require_version(self, row: models.Model) -> None:
        """Refuse with 412 when If-Match names another version; holds the row until the commit."""
        expected = self.expected_version()
        if expected is None or not isinstance(row, Versioned):
            return
        rows = type(row)._default_manager.select_for_update()
        if rows.filter(pk=row.pk, version=expected).values_list("pk", flat=True).first() is None:
            raise StaleRowError

    def actor_and_time(self) -> dict[str, Any]:
        """The arguments that every service takes."""
        return {"actor": self.user, "now": timezone.now()}


def etag(row: models.Model) -> dict[str, str]:
    """The ETag header of a row that carries a version."""
    return {"ETag": f'"{row.version}"'} if isinstance(row, Versioned) else {}


class ReadMixin(mixins.ListModelMixin):
    """GET of lists and details."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row with its ETag."""
        row = self.get_object()
        return Response(self.get_serializer(row).data, headers=etag(row))


class CreateMixin:
    """POST to a list."""

    def create(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Validate, ask `may_create`, create; 201 with the row."""
        values = self.values_in(self.get_serializer(data=request.data))
        if not self.model._default_manager.all().may_create(self.user, values):
            raise ForbiddenError
        return cast(Response, self.answer(self.perform_create(values), status.HTTP_201_CREATED))

    def perform_create(self: Any, values: dict[str, Any]) -> models.Model:
        """Hook: call the service of this resource."""
        row: models.Model = create_row(self.model, **self.actor_and_time(), **values)
        return row


class ChangeMixin:
    """PUT and PATCH, compare-and-set by If-Match."""

    def update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a row that the caller may change; 412 when If-Match is stale."""
        row = self.get_object()
        self.require(row)
        sent = self.get_serializer(row, data=request.data, partial=kwargs.get("partial"))
        changed = self.perform_change(row, self.values_in(sent))
        return cast(Response, self.answer(changed))

    def partial_update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The same for some of the fields."""
        return cast(Response, self.update(request, *args, partial=True, **kwargs))

    def perform_change(self: Any, row: Any, values: dict[str, Any]) -> models.Model:
        """Hook: call the service of this resource."""
        version = self.expected_version()
        done = change_row(row, expected_version=version, **self.actor_and_time(), **values)
        return cast(models.Model, done)


class DeleteMixin:
    """DELETE, for what was never published."""

    def destroy(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a row that the caller may delete; 409 when it is in use or was published.

        412 when If-Match is stale.
        """
        row = self.get_object()
        self.require(row, "deletable_by")
        with transaction.atomic():
            self.require_version(row)
            self.perform_delete(row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def perform_delete(self: Any, row: models.Model) -> None:
        """Hook: call the service of this resource."""
        delete_row(row, **self.actor_and_time())


class ReadViewSet(ReadMixin, BaseViewSet):
    """Lists and details only."""


class ResourceViewSet(ReadMixin, CreateMixin, ChangeMixin, BaseViewSet):
    """Lists, details, creating and changing."""


class DeletableResourceViewSet(DeleteMixin, ResourceViewSet):
    """The same, and deleting."""


class MoveSerializer(serializers.Serializer[Any]):
    """The body of a move; resources add what their guards look at."""

    to = serializers.CharField()
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class MoveMixin:
    """POST {id}/move/ of resources with a transition table; there is no other way to a state."""

    transitions: ClassVar[Transitions[Any]]
    move_serializer: ClassVar[type[serializers.Serializer[Any]]] = MoveSerializer

    def values_in(self: Any, serializer: Any) -> dict[str, Any]:
        """400 for another state than it has, or than it begins with."""
        row, sent = serializer.instance or self.model(), serializer.initial_data
        if isinstance(sent, Mapping) and sent.get("state", row.state) != row.state:
            raise ValidationError({"state": [_("Another state is asked for with move/.")]})
        return cast("dict[str, Any]", super().values_in(serializer))  # type: ignore[misc]  # a mixin

    @action(detail=True, methods=["post"])
    def move(self: Any, request: Request, pk: str | None = None) -> Response:
        """Move the row to another state; 409 says which guard or reason stands in the way."""
        row = self.get_object()
        self.require(row)
        values = body_of(self.move_serializer, request)
        return cast(Response, self.answer(self.perform_move(row, values)))

    def perform_move(self: Any, row: Any, values: dict[str, Any]) -> models.Model:
        """Hook: call the service of this resource."""
        moved: models.Model = self.transitions.move(row, **self.actor_and_time(), **values)
        return moved


class MovesField(serializers.ListField):
    """Read-only: the states that the table lets the row go to next."""

    child = serializers.CharField()

    def __init__(self, transitions: Transitions[Any], **options: Any) -> None:
        self.transitions = transitions
        super().__init__(source="state", read_only=True, **options)

    def to_representation(self, state: Any) -> list[str]:
        """The targets, without asking the guards."""
        return self.transitions.targets(state)
