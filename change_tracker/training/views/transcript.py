"""The transcript of one person, as a page, on paper and as a file."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property

from change_tracker.core.files import FilePage
from change_tracker.core.pages import PageMixin
from change_tracker.core.tables.batches import in_order
from change_tracker.people.models import Person
from change_tracker.training.services import is_oneself
from change_tracker.training.transcript import (
    elsewhere_lines,
    elsewhere_of,
    entries_of,
    file_head,
    file_line,
    people_with_transcript,
    transcript_of,
)

#: Lines on one page: all of almost everybody, so that paper has the whole.
LINES = 500


class TranscriptMixin(PageMixin):
    """About one person whose transcript the caller may open; 404 for any other."""

    @cached_property
    def person(self) -> Person:
        """Whose it is."""
        return get_object_or_404(people_with_transcript(self.user), pk=self.kwargs["pk"])

    @property
    def is_own(self) -> bool:
        """Whether it is the caller's."""
        return is_oneself(self.person, self.user)

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on whose it is
        """My training for one's own."""
        return "my-training" if self.is_own else ""

    def rows(self) -> Any:
        """The records."""
        return transcript_of(self.person, self.user)


class TranscriptPage(TranscriptMixin):
    """What they have done, newest first, whatever they belong to now."""

    template_name = "change_tracker/transcript.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`person`, `is_own`, and one `page` of `entries`."""
        page = Paginator(self.rows(), LINES).get_page(self.request.GET.get("page"))
        records = list(page.object_list)
        return super().get_context_data(
            person=self.person,
            is_own=self.is_own,
            page=page,
            entries=list(entries_of(records, self.today)),
            elsewhere=elsewhere_of(self.person, self.user),
            in_full=self.is_own or not records or any(each.is_known_in_full for each in records),
            **kwargs,
        )


class TranscriptFile(TranscriptMixin, FilePage):
    """The same as a file."""

    def file_name(self) -> str:
        """By number: names of people do not belong in names of files."""
        return f"transcript-{self.person.pk}"

    def head(self) -> list[str]:
        """More than on the page."""
        return file_head()

    def lines(self) -> Iterator[list[Any]]:
        """All of it."""
        yield from map(file_line, entries_of(in_order(self.rows()), self.today))
        yield from elsewhere_lines(elsewhere_of(self.person, self.user))


class MyTranscript(PageMixin):
    """The way to one's own."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # leads on
        """On to it; to my training for a login without a person, where it says so."""
        me = Person.objects.of_user(self.user).values_list("pk", flat=True).first()
        if me is None:
            return redirect("change_tracker:my-training")
        return redirect("change_tracker:transcript", me)
