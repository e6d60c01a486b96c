"""The page on which one makes the address of one's calendar feed, and the feed itself."""

from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.views.generic import View

from change_tracker.core.pages import PageMixin
from change_tracker.core.toasts import leave_toast
from change_tracker.people.models import Person
from change_tracker.reminders.feed import address_of, dates_of, make_feed, render, revoke_feed
from change_tracker.reminders.models import CalendarFeed


class CalendarPage(PageMixin):
    """Whether there is an address; the button makes one and shows it this once."""

    template_name = "change_tracker/mailing/calendar.html"
    tab = "my-training"

    @cached_property
    def person(self) -> Person | None:
        """The caller on the staff list."""
        people: Any = Person.objects.visible_to(self.user)
        found: Person | None = people.filter(pk__in=Person.objects.of_user(self.user)).first()
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `feed` there is, and whether the caller `is_known`."""
        feed = CalendarFeed.objects.visible_to(self.user).first()
        return super().get_context_data(feed=feed, is_known=self.person is not None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Make one; the address is on this page and nowhere else."""
        if self.person is None:
            raise Http404
        secret = make_feed(person=self.person, actor=self.user, now=timezone.now())
        # Where SITE_URL is not set it is that of this request: of a path no program can fetch.
        address = request.build_absolute_uri(address_of(secret))
        return self.render_to_response(self.get_context_data(address=address))


class CalendarRevoke(PageMixin):
    """End it."""

    http_method_names = ["post", "head", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What has ended stays so: a second press says the same."""
        feed = CalendarFeed.objects.visible_to(self.user).first()
        if feed is not None:
            revoke_feed(feed=feed, actor=self.user, now=timezone.now())
        leave_toast(request, gettext("The address leads nowhere any more."))
        return redirect("change_tracker:calendar")


@method_decorator(login_not_required, name="dispatch")
class CalendarFeedView(View):
    """What a calendar program fetches; 304 where nothing is new."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponseBase:
        """404 for an address that was never given out, was revoked, or is of who has left."""
        dates = dates_of(secret, timezone.now())
        if dates is None:
            raise Http404
        content = render(dates)
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        etag = f'"{sha256(content).hexdigest()[:32]}"'
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        response["X-Robots-Tag"] = "noindex"
        return get_conditional_response(request, etag=etag, response=response) or response
