"""The same list as a page shows, as a file: all of it, in one home for every list."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from change_tracker.core.pages import PageMixin
from change_tracker.core.tables.writing import CSV, XLSX, file_answer


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
