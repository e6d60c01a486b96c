"""The files of an activity: add, remove, and the only way to read them."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.files import sent_file
from change_tracker.core.keys import key_in
from change_tracker.core.pages import PageMixin
from change_tracker.core.toasts import leave_toast
from change_tracker.training import services
from change_tracker.training.activityforms import ActivityFileForm
from change_tracker.training.models import ActivityFile
from change_tracker.training.views.activities import ActivityMixin


class ActivityFiles(ActivityMixin):
    """The files of an activity, and a form for one more."""

    template_name = "change_tracker/activity_files.html"
    form_class = ActivityFileForm
    button = _("Add the file")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the activity
        """Of which activity."""
        return gettext("Files of “%(title)s”") % self.title

    def get_form(self, data: Any = None) -> forms.Form:
        """With the file that was sent."""
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`files` of the activity."""
        context = super().get_context_data(**kwargs)
        files = ActivityFile.objects.visible_to(self.user).filter(activity=self.activity)
        return context | {"files": files}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add a file, or remove the one whose button was pressed."""
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        rows = ActivityFile.objects.deletable_by(self.user).filter(activity=self.activity)
        row = get_object_or_404(rows, pk=key_in(request.POST["remove"]))
        services.remove_file(row, **self.by())
        leave_toast(request, gettext("“%(name)s” is removed.") % {"name": row.file_name})
        return redirect(request.path)

    def save(self, form: Any) -> tuple[str, str]:
        """Add it, and stay."""
        file = form.cleaned_data["file"]
        row = services.attach_file(activity=self.activity, file=file, **self.by())
        return self.request.path, gettext("“%(name)s” is added.") % {"name": row.file_name}


class ActivityFileContent(PageMixin):
    """A file of an activity, for whoever reads the activity."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a file
        """To be kept."""
        row = get_object_or_404(ActivityFile.objects.visible_to(self.user), pk=self.kwargs["pk"])
        return sent_file(row.file, row.file_name)
