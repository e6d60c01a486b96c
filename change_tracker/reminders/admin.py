"""The admin of this slice: the outbox to read, and "send again" for what was given up."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.access import roles_of
from change_tracker.core.admin import ReadOnlyAdmin, ServiceAdmin, TabularInline
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.health import health
from change_tracker.reminders.models import Attempt, ChannelPause, Digest, Heartbeat, Reminder
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
    change_list_template = "admin/change_tracker/digest/change_list.html"
    inlines = [AttemptInline, ReminderInline]
    actions = ["send_again"]

    def get_urls(self) -> list[URLPattern]:
        """With the page that says how it stands."""
        page = self.admin_site.admin_view(self.health_view)
        name = "change_tracker_digest_health"
        return [path("health/", page, name=name), *super().get_urls()]

    def health_view(self, request: HttpRequest) -> HttpResponse:
        """How it stands, and what was given up, each with a button; POST sends that one again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(state=Digest.State.DEAD)
        if request.method == "POST":
            self._retry_one(request, rows)
            return HttpResponseRedirect(request.get_full_path())
        found = health(now=database_now())
        last = Attempt.objects.visible_to(request.user).order_by("-n")
        told = Prefetch("attempt_rows", queryset=last, to_attr="log")
        context = self.admin_site.each_context(request) | {
            "title": _("How reminders stand"),
            "opts": self.opts,
            "health": found,
            "problems": found.problems(),
            "dead": rows.select_related("recipient").prefetch_related(told)[: self.list_per_page],
            "may_retry": self.has_retry_permission(request),
        }
        return TemplateResponse(request, "admin/change_tracker/digest/health.html", context)

    def _retry_one(self, request: HttpRequest, rows: QuerySet[Digest]) -> None:
        """The one that was pressed; somebody else may have been quicker."""
        if not self.has_retry_permission(request):
            raise PermissionDenied
        digest = get_object_or_404(rows, pk=request.POST.get("digest", "0"))
        try:
            retry_digest(digest, **self.actor_and_time(request))
        except NotDeadError as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            self.message_user(request, _("It will be sent again."), messages.SUCCESS)

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


@admin.register(ChannelPause)
class ChannelPauseAdmin(ServiceAdmin):
    list_display = ["channel", "until", "reason"]
    search_fields = ["channel", "reason"]
    fields = ["channel", "until", "reason"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "at"]
