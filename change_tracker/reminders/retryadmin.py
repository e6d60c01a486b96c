"""“Send again what was given up”, of the outbox in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.access import roles_of
from change_tracker.core.again import again_with
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.reminders.models import Digest
from change_tracker.reminders.services import retry_digest


class RetryAction:
    """The action for those that are selected, and the button beside one."""

    def retry_one(self: Any, request: HttpRequest, rows: QuerySet[Digest]) -> None:
        """The one that was pressed; somebody else may have been quicker."""
        if not self.has_retry_permission(request):
            raise PermissionDenied
        sent = request.POST.get("digest", "")
        digest = get_object_or_404(rows, pk=sent if sent.isdecimal() else 0)
        if self._retried(request, digest):
            self.message_user(request, _("It will be sent again."), messages.SUCCESS)

    def has_retry_permission(self: Any, request: HttpRequest) -> bool:
        """HR reads the outbox; site admins act on it."""
        return roles_of(request.user).site_admin

    @admin.action(description=_("Send again what was given up"), permissions=["retry"])
    def send_again(self: Any, request: HttpRequest, queryset: QuerySet[Digest]) -> None:
        """Retry each digest that is dead; the others are left as they are."""
        dead = queryset.filter(state=Digest.State.DEAD)
        done = sum(self._retried(request, digest) for digest in dead)
        self.message_user(
            request,
            ngettext(
                "%(count)s mail will be sent again.", "%(count)s mails will be sent again.", done
            )
            % {"count": done},
            messages.SUCCESS if done else messages.WARNING,
        )

    def _retried(self: Any, request: HttpRequest, digest: Digest) -> bool:
        """Whether it will be sent again; says of which one it is not, and why."""
        by = self.actor_and_time(request)
        try:
            again_with(digest, lambda row: retry_digest(row, **by))
        except ChangeTrackerError as refused:
            self.message_user(request, f"{digest}: {refused}", messages.WARNING)
            return False
        return True
