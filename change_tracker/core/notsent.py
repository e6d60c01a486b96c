"""What could not be sent is shown to whoever wrote it, to take along; it is kept nowhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_failure

from change_tracker.core.hostframe import frame
from change_tracker.core.sentonce import CSRF


def texts_in(sent: QueryDict) -> list[str]:
    """What somebody wrote, of what a form sent: whatever has several words."""
    values = (value for name, values in sent.lists() if name != CSRF for value in values)
    return [value for value in values if len(value.split()) > 1]


def say_signed_out(request: HttpRequest, sign_in: str) -> HttpResponse:
    """The page for whoever was signed out while they wrote; `sign_in` leads to where they sign in
    and back to the form.
    """
    return _page(
        request,
        heading=_("You are signed out"),
        words=_(
            "Nothing was sent. Here is what you wrote: copy it, sign in, and put it into the form "
            "once more."
        ),
        url=sign_in,
        link=_("Sign in, in a new window"),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For the setting CSRF_FAILURE_VIEW of a host: whoever has signed in since a page of ours was
    opened, in another window, learns that, and what to do. Everything else is left to Django.

    Only what came from a page of the same site is shown: what another site made up is not.
    """
    match = request.resolver_match
    if match is None or "change_tracker" not in match.app_names or not _is_from_here(request):
        return plain_failure(request, reason)
    if not request.user.is_authenticated:
        return say_signed_out(request, request.get_full_path())
    words = _("Nothing was sent. Open it once more, and press the button there.")
    if texts_in(request.POST):
        words = _(
            "Nothing was sent. Here is what you wrote: copy it, open the page once more, and put "
            "it into the form there."
        )
    return _page(
        request,
        heading=_("This page was opened before you signed in"),
        words=words,
        url=request.get_full_path(),
        link=_("Open it, in a new window"),
    )


def _is_from_here(request: HttpRequest) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _page(request: HttpRequest, **said: str) -> HttpResponse:
    context: dict[str, Any] = {
        **frame(),
        "request": request,
        "written": texts_in(request.POST),
        **said,
    }
    page = TemplateResponse(request, "change_tracker/not_sent.html", context, status=403)
    add_never_cache_headers(page)
    return page
