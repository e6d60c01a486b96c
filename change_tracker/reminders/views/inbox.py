"""The inbox."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from change_tracker.core.conf import get_conf
from change_tracker.core.pages import PageMixin
from change_tracker.reminders.inbox import inbox_of, lines_of, mark_read, unread_count


class InboxPage(PageMixin):
    """What one was sent; the button marks all of it as read."""

    template_name = "change_tracker/mailing/inbox.html"
    tab = "my-training"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page` of it as `digests` with their lines, and how much is `unread`."""
        paginator = Paginator(inbox_of(self.user), get_conf().page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            digests=[(each, lines_of(each)) for each in page],
            unread=unread_count(self.user),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Mark all of it."""
        mark_read(self.user, now=timezone.now())
        return redirect("change_tracker:inbox")
