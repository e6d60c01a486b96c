"""Style sheets that the browser keeps: while we look at pages, they stay as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.contrib.staticfiles import handlers
from django.http import FileResponse, HttpRequest, HttpResponse

#: Longer than the browser's clock may be ahead of that of the pages.
YEARS = 100 * 365 * 24 * 3600


class Kept(handlers.StaticFilesHandler):
    """Answers may be kept, so that the next page does not ask whether they are still right."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        response = super().serve(request)
        response["Cache-Control"] = f"max-age={YEARS}"
        return response


@contextmanager
def kept_stylesheets() -> Iterator[None]:
    """A test server that starts meanwhile sends them so."""
    with mock.patch.object(handlers, "StaticFilesHandler", Kept):
        yield
