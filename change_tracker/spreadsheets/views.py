"""The register as a spreadsheet: out, and in again in three steps."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.sentfiles import UploadGoneError
from change_tracker.core.tables.writing import book_answer
from change_tracker.core.toasts import leave_toast
from change_tracker.resistance.queries import register_of
from change_tracker.resistance.views.register import RegisterMixin
from change_tracker.spreadsheets.forms import LayoutForm, SpreadsheetForm
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.spreadsheets.services import uploads
from change_tracker.spreadsheets.services.exporting import book_of
from change_tracker.spreadsheets.services.importing import recognise
from change_tracker.spreadsheets.sheets import BY_KEY

SHOWN_PROBLEMS = 100


class BookPage(PageMixin):
    """The register as a workbook, for those who read it; `empty` is the template."""

    empty = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # streamed
        """The file."""
        initiative = the_one_or_404(register_of(self.user, slug=kwargs["slug"]))
        name = "template" if self.empty else f"{initiative.slug}-{self.today.isoformat()}"
        book = book_of(initiative, user=self.user, today=self.today, empty=self.empty)
        return book_answer(name, book)


class SpreadsheetPage(FormPage, RegisterMixin):
    """A step of bringing a spreadsheet in, for the lead."""

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, for those who may."""
        if not self.initiative.is_lead:
            raise PermissionDenied
        return super().get_form(data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `initiative`."""
        return super().get_context_data(initiative=self.initiative, **kwargs)


class SendPage(SpreadsheetPage):
    """Choose the file; what there is, and an empty one, to download."""

    template_name = "change_tracker/spreadsheet/send.html"
    form_class = SpreadsheetForm
    heading = _("Bring a spreadsheet in")
    button = _("Go on to the columns")

    def get_form(self, data: Any = None) -> forms.Form:
        """With the file that was sent."""
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def save(self, form: Any) -> str:
        """Keep the file for a day."""
        file = form.cleaned_data["file"]
        upload = uploads.take_file(
            self.initiative, name=file.name, content=file.read(), **self.by()
        )
        return reverse(
            "change_tracker:register-import-columns", args=[self.initiative.slug, upload.pk]
        )


class UploadPage(SpreadsheetPage):
    """A page about a file that the caller sent."""

    @cached_property
    def upload(self) -> RegisterUpload:
        """The file in the address: whoever sent it, and still leads the initiative."""
        rows = RegisterUpload.objects.visible_to(self.user).filter(initiative=self.initiative)
        upload: RegisterUpload = get_object_or_404(rows.select_related("job"), pk=self.kwargs["pk"])
        upload.initiative = self.initiative
        return upload

    def url(self, name: str) -> str:
        """A page about this file."""
        return reverse(f"change_tracker:{name}", args=[self.initiative.slug, self.upload.pk])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a wider type
        """The page, where there is something to show."""
        return self.elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What the form says, where there is still something to say it of."""
        return self.elsewhere() or super().post(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponseBase | None:
        """To the job that applies it; back to the start where the file is gone."""
        upload = self.upload
        if upload.job is not None and upload.job.is_open:
            return redirect("change_tracker:job", upload.job.pk)
        if upload.content is None:
            leave_toast(self.request, str(UploadGoneError()))
            return redirect("change_tracker:register-import", self.initiative.slug)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `upload`."""
        return super().get_context_data(upload=self.upload, **kwargs)


class ColumnsPage(UploadPage):
    """Which sheet and which column is which of ours; the known ones are chosen already."""

    template_name = "change_tracker/spreadsheet/columns.html"
    form_class = LayoutForm
    heading = _("Which column is which?")
    button = _("Look at what it does")

    @property
    def headings(self) -> dict[str, list[str]]:
        """The headings of each sheet, in their order."""
        return dict(self.upload.headings)

    def form_options(self) -> dict[str, Any]:
        """What is in the file, and what is known of it."""
        return {"headings": self.headings, "layout": self.upload.mapping}

    def save(self, form: Any) -> str:
        """Look at what the file would do; with other sheets than before first ask for columns."""
        if form.is_other:
            layout = form.layout | {
                title: said
                for title, said in recognise(self.headings, form.kinds).items()
                if said["kind"] != self.upload.mapping.get(title, {"kind": ""})["kind"]
            }
            uploads.name_sheets(self.upload, layout)
            return self.url("register-import-columns")
        upload = uploads.name_columns(self.upload, form.layout)
        job = uploads.look(upload, **self.by())
        if job is not None:
            return reverse("change_tracker:job", args=[job.pk])
        return self.url("register-import-check")


class CheckPage(UploadPage):
    """What the file would do, and the button that has it done."""

    template_name = "change_tracker/spreadsheet/check.html"
    form_class = forms.Form
    button = _("Apply it")

    def elsewhere(self) -> HttpResponseBase | None:
        """Before anybody has looked: the columns."""
        found = super().elsewhere()
        if found is None and self.upload.preview is None:
            return redirect(self.url("register-import-columns"))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`parts` of what it does, `errors`, and `problems` with errors first."""
        preview: dict[str, Any] = self.upload.preview or {}
        problems = sorted(preview["problems"], key=lambda each: not each["is_error"])
        return super().get_context_data(
            parts=[_part(each) for each in preview["parts"]],
            errors=preview["errors"],
            does_nothing=not any(each["new"] or each["changed"] for each in preview["parts"]),
            problems=problems[:SHOWN_PROBLEMS],
            more=max(0, len(problems) - SHOWN_PROBLEMS),
            **kwargs,
        )

    def save(self, form: Any) -> str:
        """Begin the job."""
        expected = self.request.POST.get("digest", "")
        job = uploads.apply_later(self.upload, expected=expected, **self.by())
        return reverse("change_tracker:job", args=[job.pk])


def _part(told: dict[str, Any]) -> dict[str, Any]:
    """One sheet: counts, and the first names with what changes."""
    lines = told["lines"]
    changed = [
        each | {"columns": uploads.headings_in(told["sheet"], each["columns"])}
        for each in lines["changed"]
    ]
    return {
        **told,
        "title": BY_KEY[told["sheet"]].title,
        "made": lines["new"],
        "more_made": told["new"] - len(lines["new"]),
        "altered": changed,
        "more_altered": told["changed"] - len(changed),
    }
