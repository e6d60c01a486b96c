"""What this host does to every answer, and to errors of its own API."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.response import Response


class StrictPolicyMiddleware:
    """Nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = "default-src 'self'"
        return response


def own_errors(error: Exception, context: dict[str, Any]) -> Response:
    """Errors in the host's own shape."""
    return Response({"ok": False}, status=200)
