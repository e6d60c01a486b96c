"""Words for people: dates, delays, durations, shares, and Markdown without harm."""

from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.utils import translation

from change_tracker.core import text

TODAY = date(2026, 11, 18)


def test_a_date_has_its_weekday_and_another_year_is_said() -> None:
    assert text.short_date(date(2026, 11, 20), TODAY) == "Fri 20 Nov"
    assert text.short_date(date(2027, 1, 4), TODAY) == "Mon 4 Jan 2027"


def test_a_date_speaks_the_language_of_the_reader() -> None:
    with translation.override("de"):
        assert text.short_date(date(2026, 12, 4), TODAY) == "Fr., 4.\N{NO-BREAK SPACE}Dez."
        assert text.short_date(date(2027, 5, 4), TODAY) == "Di., 4.\N{NO-BREAK SPACE}Mai 2027"
        assert text.day_and_month(date(2026, 9, 4)) == "4. Sept."


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-2, "2 days late"),
        (-1, "1 day late"),
        (0, "Today"),
        (1, "Tomorrow"),
        (2, "In 2 days"),
    ],
)
def test_how_far_a_date_is_away(days: int, words: str) -> None:
    assert text.due_words(TODAY + timedelta(days=days), TODAY) == words


def test_a_moment_has_its_time_of_day_by_the_clock_of_24_hours() -> None:
    at = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)

    assert text.moment_words(at, TODAY) == "Fri 20 Nov, 09:05"
    with translation.override("de"):
        assert text.moment_words(at, TODAY) == "Fr., 20.\N{NO-BREAK SPACE}Nov., 09:05"


@pytest.mark.parametrize("day", ["10. Nov.", "10. Mai"])
def test_a_sentence_ends_with_one_full_stop_whatever_the_month_brings(day: str) -> None:
    assert text.ended(f"Erledigt am {day}") == f"Erledigt am {day.rstrip('.')}."


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (25, "25 min"), (60, "1 h"), (85, "1 h 25 min")]
)
def test_a_duration(minutes: int, words: str) -> None:
    assert text.duration(minutes) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0%"), (0.001, "1%"), (0.5, "50%"), (0.654, "65%"), (0.999, "99%"), (1, "100%")],
)
def test_only_nothing_is_zero_and_only_everything_is_a_hundred(share: float, words: str) -> None:
    assert text.percent(share) == words


def test_markdown_keeps_what_structures_a_text() -> None:
    html = text.markdown("# One\n\n- *a*\n- **b**\n\n> c\n\n[d](https://example.org)")

    assert "<h3>One</h3>" in html
    assert "<li><em>a</em></li>" in html
    assert "<blockquote>" in html
    assert '<a href="https://example.org" rel="noopener noreferrer">d</a>' in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://tracker.example/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<https://example.org/" onmouseover="alert(1)>',
        '<b style="position:fixed">x</b>',
        "[x](https://example.org '\" style=\"x')",
    ],
)
def test_markdown_lets_nothing_through_that_acts(source: str) -> None:
    found = Elements()
    found.feed(text.markdown(source))

    assert {tag for tag, _name, _value in found.seen} <= {"p", "a"}
    assert {name for _tag, name, _value in found.seen if name} <= {"href", "rel", "title"}
    assert not [value for *_, value in found.seen if value.startswith(("javascript", "data"))]


class Elements(HTMLParser):
    """Every tag with every attribute, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [(tag, name, value or "") for name, value in attrs] or [(tag, "", "")]
