"""The admin of this slice: the outbox to read, and "send again" for what was given up."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.access import roles_of
from change_tracker.core.admin import ReadOnlyAdmin, TabularInline
from change_tracker.reminders.models import Attempt, Digest, Heartbeat, Reminder
from change_tracker.reminders.services import NotDeadError, retry_digest


class AttemptInline(TabularInline):
    model = Attempt
    readonly_fields = ["n", "started_at", "finished_at", "outcome", "smtp_code", "detail"]
    fields = tuple(readonly_fields)
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only sending writes attempts."""
        return False


class ReminderInline(TabularInline):
    model = Reminder
    readonly_fields = ["kind", "step", "dedupe_key", "state", "closed_reason", "send_on"]
    fields = tuple(readonly_fields)
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only planning writes reminders."""
        return False


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ["local_on", "recipient", "state", "available_at", "attempts", "sent_at"]
    list_filter = ["state", "local_on"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__display_name", "recipient__external_id", "message_id"]
    inlines = [AttemptInline, ReminderInline]
    actions = ["send_again"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """HR reads the outbox; site admins act on it."""
        return roles_of(request.user).site_admin

    @admin.action(description=_("Send again what was given up"), permissions=["retry"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Digest]) -> None:
        """Retry each digest that is dead; the others are left as they are."""
        done = 0
        for digest in queryset.filter(state=Digest.State.DEAD):
            try:
                retry_digest(digest, **self.actor_and_time(request))
            except NotDeadError:
                continue  # somebody else was quicker
            done += 1
        self.message_user(
            request,
            ngettext(
                "%(count)s mail will be sent again.", "%(count)s mails will be sent again.", done
            )
            % {"count": done},
            messages.SUCCESS if done else messages.WARNING,
        )


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["send_on", "recipient", "kind", "step", "state", "closed_reason", "digest_id"]
    list_filter = ["state", "kind", "closed_reason", "send_on"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__display_name", "recipient__external_id", "dedupe_key"]
    # Their names would be read one by one; the key names them.
    fields = [
        "recipient",
        "kind",
        "step",
        "dedupe_key",
        "state",
        "closed_reason",
        "send_on",
        "expires_at",
        "planned_at",
    ]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "at"]
