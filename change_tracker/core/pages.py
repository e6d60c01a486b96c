"""The base of every HTML page: signed-in people only, inside the host's own template.

A page's template extends `change_tracker/page.html` (tabs, toast), which extends
`change_tracker/base.html`, the one file that a host overrides, which extends `ct_base`.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import connection
from django.db.models import Exists
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.functional import Promise, cached_property
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView

from change_tracker.core.access import User, key_of
from change_tracker.core.again import BusyError, again
from change_tracker.core.hostframe import frame
from change_tracker.core.notsent import say_signed_out, texts_in
from change_tracker.core.points import Point
from change_tracker.core.sentonce import (
    CSRF,
    forget_the_second,
    said_of_the_first,
    taken_once,
)
from change_tracker.core.toasts import take_toast
from change_tracker.core.uploads import rewind


class Tab:
    """One entry of our navigation; a subclass says for whom it is."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    url_name: ClassVar[str]

    @property
    def url(self) -> str:
        """Where it leads."""
        return reverse(self.url_name)

    def is_for(self, user: User) -> bool:
        """Whether the roles of `user` let them in at all; no query of its own."""
        return True

    def shown_where(self, user: User) -> Exists | None:
        """Whether `user` finds anything there, as an expression; None for everybody."""
        return None


#: A slice with a page of its own adds its tab.
TABS: Point[Tab] = Point("pages.tabs", "the entries of our navigation, in their order")


def navigation_of(
    user: User, current: str, also: Mapping[str, Combinable]
) -> tuple[list[Tab], dict[str, Any]]:
    """The tabs of `user` with the current one, and what `also` asks about them, by its names.

    One query, however many tabs have a condition; none where nothing is asked.
    """
    tabs = [tab for tab in TABS if tab.name == current or tab.is_for(user)]
    conditions = {
        f"tab_{place}": condition
        for place, tab in enumerate(tabs)
        if tab.name != current and (condition := tab.shown_where(user)) is not None
    }
    asked: dict[str, Any] = {**conditions, **also}
    row: dict[str, Any] = {}
    if asked:
        me: Any = get_user_model()._base_manager.filter(pk=key_of(user))
        row = next(iter(me.values(**asked)), dict.fromkeys(asked))
    shown = [tab for place, tab in enumerate(tabs) if row.get(f"tab_{place}", True)]
    return shown, {name: row[name] for name in also}


def the_one_or_404(rows: Sequence[Any]) -> Any:
    """The first of `rows`, as a question about one row answers; 404 where there is none."""
    if not rows:
        raise Http404
    return rows[0]


class BeginsAgain(TemplateView):
    """A POST that the database ended for another one's sake is begun anew, as if nothing had been
    looked at before; and a form that is sent twice is taken once.
    """

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Where others write the same each time, that is said."""
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)

        def begin() -> HttpResponseBase:
            rewind(request.FILES)
            # What a view has read, and what a service has set in it, is of the first time.
            return super(BeginsAgain, copy(self)).dispatch(request, *args, **kwargs)

        try:
            return again(lambda: taken_once(request, begin, now=timezone.now()))
        except BusyError as busy:
            if connection.in_atomic_block:
                # The host's transaction: nothing can be read in it any more.
                return HttpResponse(str(busy), status=503, content_type="text/plain; charset=utf-8")
            return self.say_busy(str(busy))

    def say_busy(self, words: str) -> HttpResponseBase:
        """A page with `words`, and a button that sends the same once more."""
        sent = [(name, values) for name, values in self.request.POST.lists() if name != CSRF]
        context = self.shell() | {"refusal": words, "sent": sent}
        return TemplateResponse(self.request, "change_tracker/busy.html", context, status=503)

    def shell(self) -> dict[str, Any]:
        """Hook: what `change_tracker/page.html` needs."""
        return frame() | {"request": self.request}


class PageMixin(LoginRequiredMixin, BeginsAgain):
    """A page: who asks, when, in which base template and under which tab."""

    #: Name of the tab that is marked as the current one.
    tab = ""

    @property
    def user(self) -> User:
        """The caller."""
        return self.request.user

    @cached_property
    def today(self) -> date:
        """The day of this request."""
        return timezone.localdate()

    # Our forms are protected also where the host left the middleware out.
    @method_decorator(csrf_protect)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What a page shows is personal and soon old: nobody keeps a copy, on no shared tablet."""
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        forget_the_second(request, response)
        return response

    def handle_no_permission(self) -> HttpResponse:  # type: ignore[override]  # or a page
        """To where one signs in; whoever wrote something in the meantime sees it before."""
        sign_in = super().handle_no_permission()
        written = texts_in(self.request.POST)
        return say_signed_out(self.request, sign_in.url) if written else sign_in

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`today`, and what `change_tracker/page.html` needs.

        `page` is known as `ct_list` outside of our own blocks: a host's base may take a `page` for
        one of its content system. It may also count on `request`, whatever its context processors.
        """
        context = self.shell() | {"ct_list": kwargs.pop("page", None)}
        return super().get_context_data(**context | kwargs)

    def shell(self) -> dict[str, Any]:
        """The tabs and the toast."""
        tabs, said = navigation_of(self.user, self.tab, self.about_the_caller())
        return super().shell() | {
            **said,
            "ct_tabs": tabs,
            "ct_tab": self.tab,
            "ct_toast": take_toast(self.request) or said_of_the_first(self.request),
            "today": self.today,
        }

    def about_the_caller(self) -> dict[str, Combinable]:
        """What else the page shows about whoever looks at it: expressions, which are read with the
        tabs, by their names in the context.
        """
        return {}

    def actor_and_time(self) -> dict[str, Any]:
        """The arguments that every service takes."""
        return {"actor": self.user, "today": self.today, "now": timezone.now()}


class PublicPage(BeginsAgain):
    """A page for whoever holds its address, signed in or not: no tabs, no toast, no session.

    The address is what permits it, so a form on it needs no cookie, and the address goes nowhere.
    """

    @cached_property
    def today(self) -> date:
        """The day of this request."""
        return timezone.localdate()

    @method_decorator([login_not_required, csrf_exempt])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nobody keeps a copy, lists it, or is told the address by a link on it."""
        response = self.respond(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Hook: what is looked at before the method is chosen."""
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What `change_tracker/page.html` needs."""
        return super().get_context_data(**self.shell() | kwargs)

    def shell(self) -> dict[str, Any]:
        """And the day."""
        return super().shell() | {"today": self.today}
