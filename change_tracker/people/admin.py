"""The admin of this slice: saving goes through the services, so that all rules hold here too."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import ReadOnlyAdmin, ServiceAdmin, ServiceInline
from change_tracker.core.checkadmin import CheckFirst, was_shown
from change_tracker.people.models import (
    Absence,
    Audience,
    AudienceClause,
    AudienceMember,
    Holiday,
    OrgUnit,
    PeopleSync,
    Person,
)
from change_tracker.people.models.clauses import VALUE_OF, VALUES
from change_tracker.people.queries import people_in
from change_tracker.people.services.absences import change_absence, create_absence
from change_tracker.people.services.audiences import (
    NAMED_WITH,
    Clause,
    change_audience,
    create_audience,
    describe_rule,
    preview_clauses,
    set_clauses,
    why_nobody,
)
from change_tracker.people.services.persons import change_person, create_person
from change_tracker.people.services.previews import audience_lines
from change_tracker.people.services.units import change_unit, create_unit

if TYPE_CHECKING:
    ClauseForm = forms.ModelForm[AudienceClause]
else:
    # Django's class takes no type arguments at run time.
    ClauseForm = forms.ModelForm


class LastingAdmin(ServiceAdmin):
    """Rows that are part of what happened: they end or stay empty, they are not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes these."""
        return False


@admin.register(Holiday)
class HolidayAdmin(ServiceAdmin):
    list_display = ["day", "name"]
    search_fields = ["name"]
    date_hierarchy = "day"
    fields = ["day", "name"]


@admin.register(OrgUnit)
class OrgUnitAdmin(LastingAdmin):
    list_display = ["name", "parent", "external_id"]
    list_select_related = ["parent"]
    search_fields = ["name", "external_id"]
    autocomplete_fields = ["parent"]
    fields = ["name", "external_id", "parent"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add a unit at its place in the tree."""
        return create_unit(**by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Rename or move a unit."""
        return change_unit(row, today=timezone.localdate(), **by, **changes)


class AddressFilter(admin.SimpleListFilter):
    """Whom mail does not reach by their own address."""

    title = _("e-mail")
    parameter_name = "address"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Without one, and with one that others have."""
        return [("none", _("no address")), ("shared", _("an address that others have as well"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Of people who work here."""
        today = timezone.localdate()
        if self.value() == "none":
            return queryset.active(today).filter(email="")
        return queryset.sharing_an_address(today) if self.value() == "shared" else queryset


@admin.register(Person)
class PersonAdmin(LastingAdmin):
    list_display = ["display_name", "job_title", "unit", "manager", "starts_on", "ends_on"]
    list_select_related = ["unit", "manager"]
    list_filter = [AddressFilter, "starts_on", "ends_on", "language"]
    search_fields = ["display_name", "external_id", "email", "job_title"]
    autocomplete_fields = ["unit", "manager"]
    raw_id_fields = ["user"]
    fields = [
        "display_name",
        "external_id",
        "email",
        "job_title",
        "location",
        "unit",
        "manager",
        "user",
        "timezone",
        "language",
        "starts_on",
        "ends_on",
    ]

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """Logins as well, where the host's admin can search them."""
        users = self.admin_site._registry.get(get_user_model())
        searchable = users is not None and bool(users.search_fields)
        return [*self.autocomplete_fields, *(["user"] if searchable else [])]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add somebody."""
        return create_person(today=timezone.localdate(), **by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change somebody."""
        return change_person(row, today=timezone.localdate(), **by, **changes)


@admin.register(Absence)
class AbsenceAdmin(ServiceAdmin):
    list_display = ["person", "from_on", "to_on", "source"]
    list_select_related = ["person"]
    list_filter = ["source", "from_on", "to_on"]
    search_fields = ["person__display_name", "person__external_id"]
    autocomplete_fields = ["person"]
    fields = ["person", "from_on", "to_on"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Note days away."""
        return create_absence(**by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change days away."""
        return change_absence(row, **by, **changes)


class AudienceClauseForm(ClauseForm):
    class Meta:
        model = AudienceClause
        fields = ["effect", "kind", *VALUES[:1], "with_subtree", *VALUES[1:]]

    def clean(self) -> dict[str, Any]:
        """One thing for each line, in plain words before the database says it in its own."""
        values: dict[str, Any] = self.cleaned_data
        wanted = VALUE_OF.get(values.get("kind", ""), "")
        if [name for name in VALUES if values.get(name)] != ([wanted] if wanted else []):
            raise ValidationError(_("Say one thing in each line, the one that “by” names."))
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
        clauses = [clause for formset in formsets for clause in _clauses(formset)]
        audience = self.get_queryset(request).get(pk=form.instance.pk)
        by = {"today": timezone.localdate(), **self.actor_and_time(request)}
        expected = self._seen(request, audience, clauses, by) if change else None
        set_clauses(audience=audience, clauses=clauses, expected=expected, **by)

    def _seen(
        self, request: HttpRequest, audience: Audience, clauses: list[Clause], by: dict[str, Any]
    ) -> str:
        """The digest of what another rule does; where anybody would notice, it was shown before."""
        times = {name: by[name] for name in ("today", "now")}
        preview = preview_clauses(audience=audience, clauses=clauses, **times)
        if preview.changes and not was_shown(request, preview.digest):
            title = _("Another rule for “%(name)s”") % {"name": audience.name}
            raise CheckFirst(title, audience_lines(preview.changes), preview.digest)
        return preview.digest

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a rule that changes for anybody says so before it is saved."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except CheckFirst as check:
            return check.as_page(self, request)


def _clauses(formset: Any) -> list[Clause]:
    """The lines that stay and the new ones; fills the lists that the admin's own log reads."""
    formset.save(commit=False)
    names = AudienceClauseForm.Meta.fields
    kept = [each.instance for each in formset.initial_forms if each not in formset.deleted_forms]
    rows = [{name: getattr(row, name) for name in names} for row in kept]
    new = [each.cleaned_data for each in formset.extra_forms if each.has_changed()]
    return [Clause(**{name: row[name] for name in names}) for row in (*rows, *new)]


@admin.register(AudienceMember)
class AudienceMemberAdmin(ReadOnlyAdmin):
    list_display = ["person", "audience", "joined_on", "left_on"]
    list_select_related = ["person", "audience"]
    list_filter = ["is_open", "joined_on"]
    search_fields = ["person__display_name", "audience__name"]


@admin.register(PeopleSync)
class PeopleSyncAdmin(ReadOnlyAdmin):
    list_display = ["ran_at", "source", "state", "actor_user", "counts"]
    list_select_related = ["actor_user"]
    list_filter = ["state", "ran_at"]
    search_fields = ["source"]
