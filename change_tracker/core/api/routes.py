"""How slices name their endpoints and the index joins them."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from change_tracker.core.api.pinned import NowhereView
from change_tracker.core.api.schema import SchemaView

#: prefix, viewset, name: ("people", PersonViewSet, "person") gives person-list and person-detail.
Route = tuple[str, type[Any], str]


def router_of(*slices: Iterable[Route]) -> SimpleRouter:
    """A router over the routes of all slices."""
    router = SimpleRouter()
    for routes in slices:
        for prefix, viewset, name in routes:
            router.register(prefix, viewset, basename=name)
    return router


def paths_of(router: SimpleRouter) -> list[URLPattern | URLResolver]:
    """Everything below the address of the API: its document, its resources, and a 404 of its own.

    That answers only what ends in a slash: without one, the host's middleware adds it first.
    """
    return [
        path("schema/", SchemaView.as_view(), name="schema"),
        *_by_first_name(router),
        re_path(r"^(?:.*/)?$", NowhereView.as_view(), name="api-nowhere"),
    ]


def _by_first_name(router: SimpleRouter) -> list[URLResolver]:
    """What an address is about is asked before which of its verbs: Django tries all one by one."""
    routers: dict[str, SimpleRouter] = {}
    for prefix, viewset, basename in router.registry:
        name, _slash, rest = prefix.partition("/")
        routers.setdefault(name, SimpleRouter()).register(rest, viewset, basename=basename)
    return [path(f"{name}/", include(each.urls)) for name, each in routers.items()]
