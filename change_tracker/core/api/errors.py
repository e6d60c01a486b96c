"""Errors as problem details (RFC 9457): one mapping from what the domain refuses to HTTP."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

from change_tracker.core.again import BusyError
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError, StaleRowError
from change_tracker.core.idempotency import KeyReusedError

PROBLEM = "application/problem+json"
STATUS_OF = {
    StaleRowError: status.HTTP_412_PRECONDITION_FAILED,
    ForbiddenError: status.HTTP_403_FORBIDDEN,
    KeyReusedError: status.HTTP_422_UNPROCESSABLE_ENTITY,
    BusyError: status.HTTP_503_SERVICE_UNAVAILABLE,
}
#: What `problem` answers, for the OpenAPI document.
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Why it was not done (RFC 9457).",
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "The name of the kind of problem; there is no page behind it.",
        },
        "title": {"type": "string", "description": "What is wrong, for people."},
        "status": {"type": "integer", "description": "The code of the answer."},
        "code": {
            "type": "string",
            "description": "The kind of problem, for programs, such as `invalid` or `not_found`.",
        },
        "errors": {
            "type": "object",
            "description": "Of values that are not valid: what is wrong with which, by field.",
            "additionalProperties": {},
        },
    },
    "required": ["type", "title", "status", "code"],
}
#: What others write is written within a second.
SOON = {"Retry-After": "1"}


def problem(
    code: int, title: str, *, kind: str, errors: Any = None, headers: dict[str, str] | None = None
) -> Response:
    """A problem document; `kind` is for programs, `title` for people.

    The type is a name, not an address: there is no page behind it that could go away.
    """
    body: dict[str, Any] = {
        "type": f"urn:change-tracker:problem:{kind}",
        "title": title,
        "status": code,
        "code": kind,
    }
    if errors is not None:
        body["errors"] = errors
    return Response(body, status=code, headers=headers, content_type=PROBLEM)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook: the response for `error`, None for what is a fault of ours."""
    response = _response_to(error)
    if response is not None:
        set_rollback()
    return response


def _response_to(error: Exception) -> Response | None:
    if isinstance(error, ChangeTrackerError):
        code = STATUS_OF.get(type(error), status.HTTP_409_CONFLICT)
        headers = SOON if isinstance(error, BusyError) else None
        return problem(code, str(error), kind=error.code, headers=headers)
    if isinstance(error, ValidationError):
        return _invalid(as_serializer_error(error))
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error.detail)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    return _from_framework(error) if isinstance(error, exceptions.APIException) else None


def _invalid(detail: Any) -> Response:
    return problem(400, _("Some values are not valid."), kind="invalid", errors=detail)


def _from_framework(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        # Session authentication alone would make this a 403: it has no challenge of its own.
        error.status_code = status.HTTP_401_UNAUTHORIZED
        headers["WWW-Authenticate"] = getattr(error, "auth_header", "") or 'Session realm="api"'
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(error.wait)  # type: ignore[attr-defined]  # Throttled only
    kind = str(getattr(error.detail, "code", error.default_code))
    return problem(error.status_code, str(error.detail), kind=kind, headers=headers)
