"""The base of our admin classes."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext

from change_tracker.core.access import VisibleQuerySet
from change_tracker.core.again import again, again_with
from change_tracker.core.dooradmin import as_opened, asks_for_names, in_full, may_change
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError
from change_tracker.core.formsets import ServiceFormSet
from change_tracker.core.sentonce import taken_once
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.core.states import Transitions
from change_tracker.core.uploads import rewind

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Django's classes take no type arguments at run time.
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class DoorwayAdmin(ModelAdmin):
    """Lists what the user may read in full, for the admin has no brief forms; Django's permissions
    still decide who comes in.
    """

    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Start from the doorway, like every edge; reference fields show no more than names."""
        rows = super().get_queryset(request)
        if asks_for_names(request) and isinstance(rows, VisibleQuerySet):
            return rows.visible_to(request.user)
        return in_full(rows, request)

    def get_search_fields(self, request: HttpRequest) -> Any:
        """All; the first, which is the name, where what is found may be known by its name only."""
        fields = super().get_search_fields(request)
        rows = self.get_queryset(request) if asks_for_names(request) else None
        if not isinstance(rows, VisibleQuerySet) or rows.all_known_in_full_to(request.user):
            return fields
        return fields[:1]

    def actor_and_time(self, request: HttpRequest) -> dict[str, Any]:
        """The arguments that every service takes."""
        return {"actor": request.user, "now": timezone.now()}


class DoorwayChoices:
    """Offers, in forms, only rows that the user may choose."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """One row among the visible ones."""
        self._narrow(db_field, request, options)
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]  # a mixin

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Several rows among the visible ones."""
        self._narrow(db_field, request, options)
        return super().formfield_for_manytomany(db_field, request, **options)  # type: ignore[misc]  # a mixin

    def _narrow(self, db_field: Any, request: HttpRequest, options: dict[str, Any]) -> None:
        rows: Any = db_field.remote_field.model._default_manager.all()
        if isinstance(rows, VisibleQuerySet):
            options["queryset"] = rows.choosable_by(request.user)


class ServiceInline(DoorwayChoices, TabularInline):
    """Rows of a parent that services write; whoever may change the parent may change them."""

    extra = 0
    formset = ServiceFormSet

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Rows that the user may read in full."""
        return in_full(super().get_queryset(request), request)

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Hook: call the service that adds a row."""
        raise NotImplementedError

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Hook: call the service that changes a row."""
        raise NotImplementedError

    def delete_with(self, row: Any, **by: Any) -> None:
        """Hook: call the service that removes a row."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission, and the doorway of the parent."""
        return super().has_add_permission(request, obj) and may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission, and the doorway of the parent."""
        return super().has_change_permission(request, obj) and may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission, and the doorway of the parent."""
        return super().has_delete_permission(request, obj) and may_change(request, obj)


class ServiceAdmin(DoorwayChoices, DoorwayAdmin):
    """Saves through services; what they refuse is said on the page, and nothing is saved."""

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Hook: call the service that creates a row."""
        return create_row(self.model, **by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Hook: call the service that changes a row."""
        return change_row(row, **by, **changes)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Hook: call the service that deletes a row."""
        delete_row(row, **by)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission, and the doorway."""
        return super().has_change_permission(request, obj) and may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission, and the doorway."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and may_change(request, obj, "deletable_by")

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        """Without deleting many rows at once, which would pass the services by."""
        # Django 6.1 says where the actions are to appear; Django before it does not ask.
        where = {} if action_location is None else {"action_location": action_location}
        actions: dict[str, Any] = super().get_actions(request, **where)
        actions.pop("delete_selected", None)
        return actions

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change one row."""
        with_refusal = partial(super().changeform_view, request, *args, **kwargs)
        return self._or_say_why_not(request, with_refusal)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete one row."""
        return self._or_say_why_not(request, partial(super().delete_view, request, *args, **kwargs))

    def _or_say_why_not(
        self, request: HttpRequest, view: Callable[[], HttpResponse]
    ) -> HttpResponse:
        def begin() -> HttpResponse:
            rewind(request.FILES)
            return view()

        try:
            return again(lambda: taken_once(request, begin, now=timezone.now()))
        except ChangeTrackerError as error:
            self.message_user(request, str(error), messages.ERROR)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """Hand the values of the form to the service."""
        by = self.actor_and_time(request)
        rows: Any = self.model._default_manager.all()
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            row = as_opened(request, rows.visible_to(request.user).get(pk=obj.pk))
            saved = self.change_with(row, changes, **by)
        elif rows.may_create(request.user, form.cleaned_data):
            saved = self.create_with(dict(form.cleaned_data), **by)
        else:
            raise ForbiddenError
        obj.pk, obj._state.adding = saved.pk, False
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """Save the inlines; the service has written sets of rows already."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """Hand each row of an inline to its services."""
        # Fills the lists that the admin's own log reads; writes nothing.
        formset.save(commit=False)
        by = self.actor_and_time(request)
        inline: Any = next(
            each for each in self.get_inline_instances(request) if each.model is formset.model
        )
        for row in formset.deleted_objects:
            inline.delete_with(row, **by)
        for each in formset.forms:
            if not each.has_changed() or each in formset.deleted_forms:
                continue
            values = {name: each.cleaned_data[name] for name in each.changed_data}
            if each.instance.pk is None:
                inline.create_with(form.instance, values, **by)
            else:
                rows: Any = formset.model._default_manager.all().visible_to(request.user)
                row = as_opened(request, rows.get(pk=each.instance.pk), each.prefix)
                inline.change_with(row, values, **by)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Hand the row to the service."""
        self.delete_with(obj, **self.actor_and_time(request))


class LastingAdmin(ServiceAdmin):
    """Rows that are part of what happened: they end or stay empty, they are not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes these."""
        return False


class MoveAdmin(ServiceAdmin):
    """Moves selected rows to each state that needs no reason; the column itself is read-only."""

    transitions: Transitions[Any]

    def move_with(self, row: Any, to: str, **by: Any) -> Any:
        """Hook: call the service that moves a row."""
        return self.transitions.move(row, to=to, **by)

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        targets = dict.fromkeys(
            move.target for move in self.transitions.moves if not move.needs_reason
        )
        self.actions = [*(self.actions or ()), *map(self._mover, targets)]

    def _mover(self, target: str) -> Callable[[Any, HttpRequest, Any], None]:
        """The action that moves the selected rows to `target`."""
        states: dict[str, Any] = dict(self.model._meta.get_field("state").choices)

        def move(admin_class: Any, request: HttpRequest, rows: Any) -> None:
            _move_rows(admin_class, request, rows, to=target)

        move.__name__ = f"move_to_{target}"
        label = format_lazy(gettext_lazy("Move to “{state}”"), state=states[target])
        return admin.action(move, permissions=["change"], description=label)


def _move_rows(admin_class: MoveAdmin, request: HttpRequest, rows: Any, *, to: str) -> None:
    """Move each row that may be moved, and say of each other why not."""
    by = admin_class.actor_and_time(request)
    changeable = set(rows.changeable_by(request.user).values_list("pk", flat=True))
    moved = 0
    for row in rows:
        try:
            if row.pk not in changeable:
                raise ForbiddenError
            again_with(row, partial(admin_class.move_with, to=to, **by))
        except ChangeTrackerError as error:
            admin_class.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            moved += 1
    if moved:
        text = ngettext("%(count)d was moved.", "%(count)d were moved.", moved)
        admin_class.message_user(request, text % {"count": moved}, messages.SUCCESS)


class ReadOnlyAdmin(DoorwayAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds these by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes these by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes these by hand."""
        return False
