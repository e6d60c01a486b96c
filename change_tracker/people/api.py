"""The API of this slice."""

from change_tracker.core.api.routes import Route

ROUTES: list[Route] = []
