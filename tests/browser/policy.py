"""The policy that the pages must work under, as a strict host sends it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

STRICT = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"


class StrictPolicy:
    """Middleware: every answer carries the policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = STRICT
        return response
