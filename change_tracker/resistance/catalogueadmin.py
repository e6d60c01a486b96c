"""Packs in the admin: what is loaded, loading another one, and the catalogue as a file."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import ServiceAdmin
from change_tracker.core.errors import ForbiddenError
from change_tracker.resistance.models import CataloguePack
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.checking import check_pack
from change_tracker.resistance.services.exporting import ALL, as_text, export_pack
from change_tracker.resistance.services.packs import (
    MAX_BYTES,
    PackError,
    parse_pack,
    too_large,
)


class LoadPackForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in stubs only
    """A file with a pack; what is wrong with it is said by entry and field."""

    file = forms.FileField(
        label=_("Pack, as a JSON file"),
        help_text=_(
            "All of it is loaded or nothing. What was edited here is left alone, and named."
        ),
    )

    class Meta:
        model = CataloguePack
        fields: tuple[str, ...] = ()

    def clean_file(self) -> Any:
        """The content of the file."""
        file = self.cleaned_data["file"]
        try:
            if file.size > MAX_BYTES:
                raise PackError(too_large(file.name))
            content = parse_pack(file.read(), file.name)
            check_pack(content)
        except PackError as error:
            raise ValidationError([str(each) for each in error.problems]) from error
        return content


@admin.register(CataloguePack)
class CataloguePackAdmin(ServiceAdmin):
    """Adding one is loading one; a pack that is loaded changes by loading it again."""

    form = LoadPackForm
    list_display = ["slug", "pack_version", "loaded_at"]
    search_fields = ["slug"]
    actions = ["export_chosen", "export_all"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A file for what is to be loaded, the facts of what is."""
        return ["slug", "pack_version", "loaded_at"] if obj else ["file"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What loading writes."""
        return ["slug", "pack_version", "loaded_at"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes by hand what is loaded."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is loaded stays: its entries are in use."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """Load the pack, and say what that did."""
        if not CataloguePack.objects.all().may_create(request.user, {}):
            raise ForbiddenError
        report = load_catalogue(form.cleaned_data["file"], **self.actor_and_time(request))
        obj.pk = CataloguePack.objects.visible_to(request.user).get(slug=report.pack).pk
        obj._state.adding = False
        obj.refresh_from_db()
        for sentence in report.sentences():
            self.message_user(request, sentence, messages.INFO)

    @admin.action(description=_("Download the chosen pack as a file"))
    def export_chosen(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        """One pack as it reads here today."""
        chosen = list(rows[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose one pack only."), messages.ERROR)
            return None
        return self._download(request, chosen[0].slug)

    @admin.action(description=_("Download all of the catalogue as one pack"))
    def export_all(self, request: HttpRequest, rows: Any) -> HttpResponse:
        """Every entry, also those that were made here."""
        return self._download(request, ALL)

    def _download(self, request: HttpRequest, name: str) -> HttpResponse:
        text = as_text(export_pack(name, user=request.user))
        response = HttpResponse(text, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response
