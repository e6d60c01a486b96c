"""How slices name their endpoints and the index joins them."""

from collections.abc import Iterable
from typing import Any

from rest_framework.routers import SimpleRouter

#: prefix, viewset, name: ("people", PersonViewSet, "person") gives person-list and person-detail.
Route = tuple[str, type[Any], str]


def router_of(*slices: Iterable[Route]) -> SimpleRouter:
    """A router over the routes of all slices."""
    router = SimpleRouter()
    for routes in slices:
        for prefix, viewset, name in routes:
            router.register(prefix, viewset, basename=name)
    return router
