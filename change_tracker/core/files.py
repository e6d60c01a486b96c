"""Files that pages send: a list as a file, all of it; and what somebody sent, as they sent it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from change_tracker.core.pages import PageMixin
from change_tracker.core.tables.writing import CSV, XLSX, file_answer
from change_tracker.core.uploads import content_type_of


class FilePage(PageMixin):
    """A list as a download. The page beside it gives filters, order and who may see it."""

    form = CSV

    def file_name(self) -> str:
        """Which list it is; the day is added."""
        raise NotImplementedError

    def head(self) -> Sequence[Any]:
        """The names of the columns."""
        raise NotImplementedError

    def lines(self) -> Iterable[Sequence[Any]]:
        """A line for each row: texts, numbers, dates."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # streamed
        """The file, sent while it is read."""
        name = f"{self.file_name()}-{self.today.isoformat()}"
        return file_answer(self.form, name, self.head(), self.lines())


def file_paths(route: str, view: type[FilePage], name: str) -> list[URLPattern]:
    """`route`.csv and `route`.xlsx, called `name`-csv and `name`-xlsx."""
    return [
        path(f"{route}.{form}", view.as_view(form=form), name=f"{name}-{form}")
        for form in (CSV, XLSX)
    ]


def sent_file(file: Any, name: str) -> FileResponse:
    """A file of somebody's, to be kept: no browser opens it here, and none guesses what it is.

    The caller has asked the doorway. 404 where there is none, or the storage has lost it.
    """
    if not file:
        raise Http404
    try:
        stored = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        stored, as_attachment=True, filename=name, content_type=content_type_of(name)
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
