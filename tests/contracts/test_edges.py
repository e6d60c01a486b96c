"""What every view of the API and every admin class of ours has in common."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.urls import URLResolver, get_resolver
from django_filters import ModelChoiceFilter, ModelMultipleChoiceFilter
from rest_framework.permissions import IsAuthenticated
from rest_framework.test import APIRequestFactory

from change_tracker.core.access import VisibleQuerySet
from change_tracker.core.admin import DoorwayAdmin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.views import ChangeMixin, CreateMixin
from tests.contracts.routes import admin_models


def views() -> Iterator[Any]:
    """Every view class of the API."""
    return iter({id(view): view for view in _walk(get_resolver("change_tracker.urls"))}.values())


def test_every_view_of_the_api_pins_its_settings() -> None:
    loose = [view.__name__ for view in views() if not issubclass(view, PinnedView)]
    open_ = [view.__name__ for view in views() if IsAuthenticated not in view.permission_classes]

    assert (loose, open_) == ([], [])


def test_no_view_takes_back_what_the_base_pins() -> None:
    pinned = ("renderer_classes", "parser_classes", "throttle_classes", "versioning_class")
    takes_files = {"parser_classes"}
    allowed = {
        "SchemaView": {"renderer_classes"},
        "ActivityFileViewSet": takes_files,
        "ExternalLearningViewSet": takes_files,
        "SubmissionViewSet": takes_files,
        "RegisterUploadViewSet": takes_files,
    }
    other = [
        f"{view.__name__}.{name}"
        for view in views()
        for name in pinned
        if getattr(view, name) != getattr(PinnedView, name)
        and name not in allowed.get(view.__name__, set())
        and not view.__module__.startswith("change_tracker.people.api")  # takes files as well
    ]

    assert other == []


@pytest.mark.django_db
def test_no_filter_tells_which_rows_exist() -> None:
    """A choice among rows answers 400 for what is absent and 200 for what is only hidden."""
    telling = [
        f"{view.__name__}?{name}="
        for view in views()
        for name, each in _filters(view).items()
        if isinstance(each, ModelChoiceFilter | ModelMultipleChoiceFilter)
    ]

    assert telling == []


@pytest.mark.django_db
def test_every_reference_that_is_written_goes_through_the_doorway() -> None:
    """A reference to any other queryset would tell which rows exist, and let them be used."""
    other = [
        f"{serializer.__class__.__name__}.{name}"
        for serializer in _serializers()
        for name, each in serializer.fields.items()
        for related in [getattr(each, "child_relation", each)]
        if hasattr(related, "get_queryset") and not related.read_only
        if not isinstance(related, VisibleField)
    ]

    assert other == []


def test_every_admin_class_starts_from_the_doorway() -> None:
    other = [
        name
        for name, site_admin in admin_models().items()
        if not isinstance(site_admin, DoorwayAdmin)
        and isinstance(site_admin.model._default_manager.all(), VisibleQuerySet)
    ]

    assert other == []


def test_every_admin_list_can_be_searched_and_every_reference_be_found() -> None:
    """A list of thousands of people in a select box would end the page."""
    heavy = [
        f"{name}.{field.name}"
        for name, site_admin in admin_models().items()
        for field in site_admin.model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        if field.editable and field.name not in _light(site_admin)
    ]
    silent = [
        name
        for name, site_admin in admin_models().items()
        if not site_admin.search_fields and name != "Heartbeat"  # one row for each kind of clock
    ]

    assert (heavy, silent) == ([], [])


def _light(site_admin: Any) -> set[str]:
    request = APIRequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    if not site_admin.has_change_permission(request):
        return {field.name for field in site_admin.model._meta.get_fields()}
    shown = {
        name
        for _title, options in site_admin.get_fieldsets(request)
        for entry in options["fields"]
        for name in ([entry] if isinstance(entry, str) else entry)
    }
    hidden = {field.name for field in site_admin.model._meta.get_fields()} - shown
    return {
        *hidden,
        *site_admin.autocomplete_fields,
        *site_admin.raw_id_fields,
        *site_admin.get_readonly_fields(request),
        *site_admin.filter_horizontal,
    }


def _filters(view: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for backend in getattr(view, "filter_backends", []):
        if hasattr(backend, "get_filterset_class"):
            rows = view.model._default_manager.none()
            chosen = backend().get_filterset_class(view(), rows)
            found |= chosen.base_filters if chosen else {}
    return found


def _serializers() -> Iterator[Any]:
    request = APIRequestFactory().get("/")
    for view in views():
        writes = issubclass(view, CreateMixin | ChangeMixin)
        names = [name for name in dir(view) if name.endswith("_serializer")]
        names += ["serializer_class"] if writes else []
        for name in names:
            chosen = getattr(view, name)
            if isinstance(chosen, type):
                yield chosen(context={"request": request})


def _walk(resolver: URLResolver) -> Iterator[Any]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _walk(each)
        elif hasattr(each.callback, "cls"):
            yield each.callback.cls
