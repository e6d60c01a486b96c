"""The admin of this slice: the outbox to read, and "send again" for what was given up."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import ReadOnlyAdmin, ServiceAdmin, ServiceInline, TabularInline
from change_tracker.reminders.channels import choices
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.example import example_of
from change_tracker.reminders.health import health
from change_tracker.reminders.inforce import steps_of
from change_tracker.reminders.mailwords import FIELDS, change_words, create_words
from change_tracker.reminders.models import (
    Attempt,
    ChannelPause,
    Digest,
    Heartbeat,
    MailWords,
    Reminder,
    ReminderPolicy,
    ReminderStep,
)
from change_tracker.reminders.ownwords import languages
from change_tracker.reminders.policies import change_policy, create_policy
from change_tracker.reminders.policywords import sentences_of
from change_tracker.reminders.retryadmin import RetryAction


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

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those that the reader may know of."""
        return Reminder.objects.visible_to(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only planning writes reminders."""
        return False


@admin.register(Digest)
class DigestAdmin(RetryAction, ReadOnlyAdmin):
    exclude = ["subject"]  # it can say who spoke up
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
            self.retry_one(request, rows)
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

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A way that there is: of another name nothing would be paused."""
        if db_field.name == "channel":
            return _one_of(db_field, choices)
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Which way it is stays."""
        return [*super().get_readonly_fields(request, obj), *(["channel"] if obj else [])]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "at"]


@admin.register(MailWords)
class MailWordsAdmin(ServiceAdmin):
    list_display = ["__str__", "initiative", "language"]
    list_select_related = ["initiative"]
    list_filter = ["language"]
    search_fields = ["initiative__title"]
    autocomplete_fields = ["initiative"]
    fields = ["initiative", "language", *FIELDS]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A language in which mails go out."""
        if db_field.name == "language":
            return _one_of(db_field, languages)
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whose they are stays."""
        return [
            *super().get_readonly_fields(request, obj),
            *(["initiative", "language"] if obj else []),
        ]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """In a language in which there are none."""
        return create_words(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Other words."""
        return change_words(row, **changes, **by)


COLUMNS = ("about", "days", "unit", "moment", "to", "on_doubt")


class StepInline(ServiceInline):
    model = ReminderStep
    fields = COLUMNS


@admin.register(ReminderPolicy)
class ReminderPolicyAdmin(ServiceAdmin):
    """A new one is saved without steps: it begins as a copy of what counts there until now."""

    list_display = ["__str__", "initiative", "plan"]
    list_select_related = ["initiative", "plan"]
    search_fields = ["initiative__title", "plan__title"]
    autocomplete_fields = ["initiative", "plan"]
    fields = ["initiative", "plan", "in_words", "for_example"]
    readonly_fields = ["in_words", "for_example"]
    inlines = [StepInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What it is for stays."""
        return [
            *super().get_readonly_fields(request, obj),
            *(["initiative", "plan"] if obj else []),
        ]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The policy, which remembers who reads its example."""
        policy = super().get_object(request, *args, **kwargs)
        if policy is not None:
            policy.reader = request.user
        return policy

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Steps, once it has some."""
        return [StepInline] if obj else []

    @admin.display(description=_("in words"))
    def in_words(self, policy: ReminderPolicy) -> SafeString | str:
        """Each step as a sentence."""
        if policy.pk is None:
            return gettext("It begins as a copy of what counts there until now. Save it to see.")
        return _lines(sentences_of(steps_of(policy.steps.all())))

    @admin.display(description=_("for example"))
    def for_example(self, policy: Any) -> SafeString | str:
        """The mails about one training of a real person."""
        now = timezone.now()
        example = example_of(policy, user=policy.reader, now=now) if policy.pk else None
        if example is None:
            return gettext("Nobody has open training with a date there.")
        return _lines(example.sentences(timezone.localdate(now)))

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """A copy of what counts there."""
        return create_policy(initiative=values["initiative"], plan=values["plan"], **by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """The steps are written as a whole."""
        formset.save(commit=False)
        change_policy(form.instance, steps=_rows(formset), **self.actor_and_time(request))


def _rows(formset: Any) -> list[dict[str, Any]]:
    kept = [
        each.cleaned_data
        for each in formset.forms
        if each.cleaned_data and each not in formset.deleted_forms and "about" in each.cleaned_data
    ]
    return [{name: row[name] for name in COLUMNS} for row in kept]


def _one_of(column: Any, known: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=capfirst(column.verbose_name), choices=known)


def _lines(lines: list[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((each,) for each in lines))
