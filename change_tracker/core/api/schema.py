"""The OpenAPI document, for everyone who is signed in."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.urls import get_urlconf
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.describing import VerbSchema
from change_tracker.core.api.pinned import PinnedView

F = TypeVar("F", bound=Callable[..., Any])
Endpoint = tuple[str, str, str, Callable[..., Any]]

SETTINGS = {
    "TITLE": "Change Tracker",
    "DESCRIPTION": "From concern to proof that it worked.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r".*/api/v1",
    "PREPROCESSING_HOOKS": ["change_tracker.core.api.schema.only_ours"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "change_tracker.core.api.describing.problems_described",
    ],
    # What is asked for is not what is promised: some rows are told in part.
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices that several columns share have one name in the document.
    "ENUM_NAME_OVERRIDES": {
        "DueUnitEnum": "change_tracker.training.models.dues.DueUnit",
        "ActionKindEnum": "change_tracker.resistance.models.catalogue.ActionKind",
        "LevelEnum": "change_tracker.resistance.models.register.Level",
        "ReadinessStageEnum": "change_tracker.resistance.models.catalogue.ReadinessStage",
    },
}


def documented(**options: Any) -> Callable[[F], F]:
    """Describe a verb for the schema: `extend_schema` that works under any host's settings.
    With `request=None` a body with anything in it is refused.

    Left to itself, that decorator builds on the host's DEFAULT_SCHEMA_CLASS, and breaks where
    the host has none of this kind.
    """

    def decorate(view: F) -> F:
        view.schema = VerbSchema  # type: ignore[attr-defined]  # where the decorator looks first
        described: F = extend_schema(**options)(view)
        takes_nothing = options.get("request", ...) is None
        described.takes_nothing = takes_nothing  # type: ignore[attr-defined]  # PinnedView asks
        return described

    return decorate


def only_ours(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out what the host serves beside us."""
    return [each for each in endpoints if _module_of(each[3]).startswith("change_tracker.")]


def _module_of(callback: Callable[..., Any]) -> str:
    return str(getattr(callback, "cls", callback).__module__)


def generate(urlconf: str | None = None) -> dict[str, Any]:
    """The document as data; its addresses have the prefix that the host chose in `urlconf`."""
    generator: Any = SchemaGenerator  # untyped upstream
    with patched_settings(SETTINGS):
        document: dict[str, Any] = generator(urlconf=urlconf).get_schema(public=True)
    return document


@lru_cache(maxsize=32)
def _generated(urlconf: str | None, language: str | None) -> dict[str, Any]:
    return generate(urlconf)


class SchemaView(PinnedView):
    """GET: OpenAPI 3 of our own endpoints, also where the host documents other things."""

    parameters = frozenset({"format"})
    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]

    @documented(responses={200: dict})
    def get(self, request: Request) -> Response:
        """The OpenAPI document, as JSON or YAML."""
        # It takes a second, and changes only with the code, the addresses and the language.
        return Response(_generated(get_urlconf(), get_language()))
