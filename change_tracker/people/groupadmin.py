"""Groups of people in the admin: another rule says first what it does to whom."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import LastingAdmin, ServiceInline
from change_tracker.core.checkadmin import CheckFirst, job_line, was_shown
from change_tracker.core.errors import StaleRowError
from change_tracker.people import rulejobs
from change_tracker.people.models import Audience, AudienceClause
from change_tracker.people.models.clauses import VALUE_OF, VALUES
from change_tracker.people.queries import people_in
from change_tracker.people.services.audiences import (
    NAMED_WITH,
    Clause,
    change_audience,
    count_changes,
    create_audience,
    describe_rule,
    plain,
    preview_clauses,
    set_clauses,
    why_nobody,
)
from change_tracker.people.services.previews import audience_lines

if TYPE_CHECKING:
    ClauseForm = forms.ModelForm[AudienceClause]
else:
    # Django's class takes no type arguments at run time.
    ClauseForm = forms.ModelForm


class AudienceClauseForm(ClauseForm):
    class Meta:
        model = AudienceClause
        fields = ["effect", "kind", *VALUES[:1], "with_subtree", *VALUES[1:]]

    def clean(self) -> dict[str, Any]:
        """One thing for each line, in plain words before the database says it in its own."""
        values: dict[str, Any] = self.cleaned_data
        wanted = VALUE_OF.get(values.get("kind", ""), "")
        told = [name for name in VALUES if values.get(name)]
        if "kind" in values and told != ([wanted] if wanted else []):
            # Of the field: else the constraint of the table would be named as well.
            self.add_error("kind", _("Say one thing in each line, the one that “by” names."))
        return super().clean() or values


class AudienceClauseInline(ServiceInline):
    """Lines of the rule are added and removed; existing ones cost no query for their choices."""

    model = AudienceClause
    form = AudienceClauseForm
    fk_name = "audience"
    autocomplete_fields = ["unit", "person", "other"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        return super().get_queryset(request).select_related("unit", "person", "other")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Existing lines are shown."""
        return False


@admin.register(Audience)
class AudienceAdmin(LastingAdmin):
    list_display = ["name", "members_now", "created_by"]
    list_select_related = ["created_by"]
    # Said here, too: Django forgets a model's order where it counts.
    ordering = ["name", "id"]
    search_fields = ["name"]
    inlines = [AudienceClauseInline]
    fields = ["name", "rule", "members_now", "nobody_because"]
    readonly_fields = ["rule", "members_now", "nobody_because"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With how many are in it now."""
        counted = super().get_queryset(request).annotate(people=people_in("pk"))
        rows: models.QuerySet[Any] = counted
        return rows

    @admin.display(description=_("members now"), ordering="people")
    def members_now(self, audience: Any) -> str:
        """How many are in it now."""
        return str(audience.people if audience.pk else self.get_empty_value_display())

    @admin.display(description=_("in words"))
    def rule(self, audience: Audience) -> str:
        """The rule as a sentence."""
        if not audience.pk:
            return str(self.get_empty_value_display())
        models.prefetch_related_objects([audience], *NAMED_WITH)
        return describe_rule(audience)

    @admin.display(description=_("why nobody"))
    def nobody_because(self, audience: Any) -> str:
        """What makes the rule find nobody; nothing where it finds somebody."""
        nobody = [audience] if audience.pk and not audience.people else []
        reasons = why_nobody(nobody, timezone.localdate())
        return reasons.get(audience.pk) or str(self.get_empty_value_display())

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Create it; the rule follows in `save_related`."""
        return create_audience(name=values["name"], today=timezone.localdate(), **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change the name."""
        return change_audience(audience=row, today=timezone.localdate(), **by, **changes)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Replace the rule as a whole; members follow."""
        audience = self.get_queryset(request).get(pk=form.instance.pk)
        for formset in formsets:
            _require_same(formset, audience)
        clauses = [clause for formset in formsets for clause in _clauses(formset)]
        by = {"today": timezone.localdate(), **self.actor_and_time(request)}
        rule: dict[str, Any] = {"audience": audience, "clauses": clauses}
        if not change:
            set_clauses(**rule, **by)
        elif rulejobs.takes_long(audience, clauses, by["today"]):
            self._change_later(request, rule, by)
        else:
            set_clauses(**rule, **by, expected=self._seen(request, rule, by))

    def _seen(self, request: HttpRequest, rule: dict[str, Any], by: dict[str, Any]) -> str:
        """The digest of what another rule does; where anybody would notice, it was shown before."""
        preview = preview_clauses(**rule, today=by["today"], now=by["now"])
        if preview.changes:
            self._show(request, rule["audience"], audience_lines(preview.changes), preview.digest)
        return preview.digest

    def _change_later(self, request: HttpRequest, rule: dict[str, Any], by: dict[str, Any]) -> None:
        """Have a worker do it; how many join and leave was shown before."""
        audience = rule["audience"]
        counted = count_changes(**rule, today=by.pop("today"))
        clauses = [plain(each) for each in rule["clauses"]]
        digest = sha256(repr((audience.version, clauses, counted)).encode()).hexdigest()
        words = gettext("%(audience)s: %(joined)s join, %(left)s leave.")
        numbers = {"audience": audience, "joined": counted[0], "left": counted[1]}
        lines = [words % numbers, gettext("What follows from it is worked out in the background.")]
        self._show(request, audience, lines, digest)
        url = request.get_full_path()
        job = rulejobs.change_later(**rule, **by, counted=counted, result_url=url)
        words = gettext("The rule is being changed in the background.")
        self.message_user(request, job_line(job, words))

    def _show(
        self, request: HttpRequest, audience: Audience, lines: Sequence[str], digest: str
    ) -> None:
        """Raises CheckFirst where the page has not shown just that."""
        if not was_shown(request, digest):
            title = gettext("Another rule for “%(name)s”") % {"name": audience.name}
            raise CheckFirst(title, lines, digest)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a rule that changes for anybody says so before it is saved."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except CheckFirst as check:
            return check.as_page(self, request)


def _require_same(formset: Any, audience: Audience) -> None:
    """Raise StaleRowError where the rule is another one than the form has read.

    The version was read later, and would not tell.
    """
    read = {each.instance.pk for each in formset.initial_forms}
    if read != set(audience.clauses.values_list("pk", flat=True)):
        raise StaleRowError


def _clauses(formset: Any) -> list[Clause]:
    """The lines that stay and the new ones; fills the lists that the admin's own log reads."""
    formset.save(commit=False)
    names = AudienceClauseForm.Meta.fields
    kept = [each.instance for each in formset.initial_forms if each not in formset.deleted_forms]
    rows = [{name: getattr(row, name) for name in names} for row in kept]
    new = [each.cleaned_data for each in formset.extra_forms if each.has_changed()]
    return [Clause(**{name: row[name] for name in names}) for row in (*rows, *new)]
