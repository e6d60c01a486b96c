"""The OpenAPI document, for everyone who is signed in."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.views import SpectacularAPIView

from change_tracker.core.api.views import PinnedView

Endpoint = tuple[str, str, str, Callable[..., Any]]


def only_ours(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out what the host serves beside us."""
    return [each for each in endpoints if _module_of(each[3]).startswith("change_tracker.")]


def _module_of(callback: Callable[..., Any]) -> str:
    return str(getattr(callback, "cls", callback).__module__)


class SchemaView(PinnedView, SpectacularAPIView):
    """GET: OpenAPI 3 of our own endpoints, also where the host documents other things."""

    renderer_classes = SpectacularAPIView.renderer_classes
    urlconf: Any = None
    custom_settings: dict[str, Any] = {
        "TITLE": "Change Tracker",
        "DESCRIPTION": "From concern to proof that it worked.",
        "VERSION": "1",
        "SCHEMA_PATH_PREFIX": r".*/api/v1",
        "PREPROCESSING_HOOKS": ["change_tracker.core.api.schema.only_ours"],
    }
