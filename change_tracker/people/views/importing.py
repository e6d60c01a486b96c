"""People from a file: send it, name its columns, look at what it would do, have it applied."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.fields.json import KT
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, roles_of
from change_tracker.core.formpages import FormPage
from change_tracker.core.toasts import leave_toast
from change_tracker.people.models import PeopleSync, PeopleUpload
from change_tracker.people.services import uploads
from change_tracker.people.services.sync import COLUMNS, Kind, is_too_many
from change_tracker.people.sources import people_source
from change_tracker.people.uploadforms import LABELS, ColumnsForm, ImportForm, RosterForm

RECENT = 10
SHOWN_PROBLEMS = 100


class PeopleMixin(FormPage):
    """A page for those who manage people; others are refused."""

    tab = "people"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """403 for whoever is signed in and does not manage people."""
        is_asked = request.method in {"GET", "HEAD", "POST"}
        if is_asked and request.user.is_authenticated and not self.may_manage(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_manage(self, user: User) -> bool:
        """Whether `user` is of HR."""
        return roles_of(user).manages_people


def latest_runs(user: User) -> Any:
    """Runs that `user` may read, newest first, each with the `reason` why it was refused."""
    runs = PeopleSync.objects.visible_to(user).defer("problems")
    return runs.annotate(reason=KT("problems__0__reason"))


class PeoplePage(PeopleMixin):
    """The latest imports, and the way to the next."""

    template_name = "change_tracker/people.html"
    form_class = RosterForm
    heading = _("People")
    button = _("Go on to the columns")

    def get_form(self, data: Any = None) -> Any:
        """With the file that was sent."""
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The last runs as `syncs`, and the name of the `source` that people come from."""
        syncs = latest_runs(self.user)[:RECENT]
        return super().get_context_data(syncs=syncs, source=people_source().name, **kwargs)

    def save(self, form: Any) -> str:
        """Keep the file for a day."""
        file = form.cleaned_data["file"]
        upload = uploads.take_file(
            name=file.name,
            content=file.read(),
            is_full=form.cleaned_data["is_full"],
            actor=self.user,
            now=timezone.now(),
        )
        return reverse("change_tracker:people-import-columns", args=[upload.pk])


class SourcePage(PeopleMixin):
    """What the host's people source would do now: how HR lets happen what the brake stopped."""

    template_name = "change_tracker/people_source.html"
    form_class = Form
    heading = _("People from their source")
    button = _("Look at what it does")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The name of the `source`, and its last run as `syncs`."""
        source = people_source().name
        return super().get_context_data(
            source=source, syncs=latest_runs(self.user).filter(source=source)[:1], **kwargs
        )

    def save(self, form: Any) -> str:
        """Have a worker ask it, and look at what would come of it."""
        now = timezone.now()
        upload = uploads.ask_source(actor=self.user, now=now)
        job = uploads.look(upload, actor=self.user, now=now)
        return reverse("change_tracker:job", args=[job.pk]) if job else self.request.path


class UploadMixin(PeopleMixin):
    """A page about a file that the caller sent."""

    @cached_property
    def upload(self) -> PeopleUpload:
        """The file in the address."""
        rows = PeopleUpload.objects.visible_to(self.user)
        return get_object_or_404(rows.select_related("job"), pk=self.kwargs["pk"])

    def to_columns(self) -> HttpResponseBase:
        """Where it is looked at anew: at its columns, or at the source that has ours."""
        if self.upload.from_source:
            return redirect("change_tracker:people-source")
        return redirect("change_tracker:people-import-columns", self.upload.pk)

    def gone(self) -> HttpResponseBase:
        """Back to the start, with the reason."""
        leave_toast(self.request, str(uploads.UploadGoneError()))
        return redirect("change_tracker:people")


class ColumnsPage(UploadMixin):
    """Which column of the file is which of ours; the known ones are chosen already."""

    template_name = "change_tracker/people_columns.html"
    form_class = ColumnsForm
    heading = _("Which column is which?")
    button = _("Look at what it does")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a wider type
        """The columns, as long as there is a file."""
        return self.elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look at it; what the source says has no columns to choose."""
        return self.elsewhere() or super().post(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponseBase | None:
        """Where there are no columns here: to the start, or to the source."""
        if self.upload.from_source:
            return self.to_columns()
        return self.gone() if self.upload.content is None else None

    def form_options(self) -> dict[str, Any]:
        """The headings of the file, and what is known of them."""
        upload = self.upload
        return {"headings": upload.headings, "initial": upload.mapping}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `upload`, and headings that nothing is read from as `unused`."""
        return super().get_context_data(upload=self.upload, **kwargs)

    def save(self, form: Any) -> str:
        """Look at what the file would do, now or by a worker."""
        now = timezone.now()
        chosen = {name: form.cleaned_data[name] for name in COLUMNS}
        upload = uploads.name_columns(self.upload, chosen)
        job = uploads.look(upload, actor=self.user, now=now)
        if job is not None:
            return reverse("change_tracker:job", args=[job.pk])
        return reverse("change_tracker:people-import", args=[upload.pk])


class ImportPage(UploadMixin):
    """What the file would do, and the button that has it done."""

    template_name = "change_tracker/people_import.html"
    form_class = ImportForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a wider type
        """The preview; without one to the columns."""
        return self.elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Have it applied; without a preview to the columns."""
        return self.elsewhere() or super().post(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponseBase | None:
        """Where there is nothing to show here: to the job that applies it, or to the columns."""
        upload = self.upload
        if upload.job is not None and upload.job.is_open:
            return redirect("change_tracker:job", upload.job.pk)
        if upload.content is None:
            return self.gone()
        return self.to_columns() if upload.preview is None else None

    @property
    def preview(self) -> dict[str, Any]:
        """What was seen when it was looked at."""
        preview: dict[str, Any] = self.upload.preview or {}
        return preview

    @property
    def is_unusual(self) -> bool:
        """Whether more people would leave or move than is ordinary."""
        return is_too_many(self.preview["affected"], ordinary=self.preview["ordinary"])

    def form_options(self) -> dict[str, Any]:
        """Whether it has to be confirmed."""
        return {"is_unusual": self.is_unusual}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `preview`, its `groups` of people, `problems` with errors first."""
        preview = self.preview
        problems = sorted(
            preview["problems"], key=lambda each: (not each["is_error"], each["row"] or 0)
        )
        return super().get_context_data(
            upload=self.upload,
            preview=preview,
            groups=list(_groups(preview)),
            problems=[self._as_sent(each) for each in problems[:SHOWN_PROBLEMS]],
            more=max(0, len(problems) - SHOWN_PROBLEMS),
            is_unusual=self.is_unusual,
            **kwargs,
        )

    def _as_sent(self, problem: dict[str, Any]) -> dict[str, Any]:
        """A problem under the heading that its column has in the file."""
        ours = problem["field"]
        return problem | {"field": self.upload.mapping.get(ours) or LABELS.get(ours, ours)}

    def save(self, form: Any) -> str:
        """Begin the job."""
        sent: QueryDict = self.request.POST
        job = uploads.apply_later(
            self.upload,
            expected=sent.get("digest", ""),
            allow=self.preview["affected"] if self.is_unusual else None,
            actor=self.user,
            now=timezone.now(),
        )
        return reverse("change_tracker:job", args=[job.pk])


def _groups(preview: dict[str, Any]) -> Any:
    """Kinds of changes with how many people, and the first names."""
    counts = preview["counts"]
    labels = {
        Kind.JOINER: (gettext("Join"), counts["joiners"]),
        Kind.MOVER: (gettext("Move to another unit"), counts["movers"]),
        Kind.LEAVER: (gettext("Leave"), counts["leavers"]),
        Kind.CHANGED: (gettext("Other changes"), counts["changed"]),
    }
    for kind, (label, count) in labels.items():
        names = preview["names"][kind.value]
        yield {"label": label, "count": count, "names": names, "more": count - len(names)}
