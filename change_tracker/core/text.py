"""Words for people: dates, delays, durations and shares, and the text that people wrote."""

from datetime import date, datetime

import nh3
from django.utils import dateformat
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre"} | {
    f"h{level}" for level in range(3, 7)
}
_SCHEMES = {"http", "https", "mailto"}
_parser = MarkdownIt("commonmark", {"html": False}).disable("image")


def markdown(source: str) -> SafeString:
    """HTML from Markdown, through an allow-list: no HTML of the writer's, no pictures, no styles.

    Headings start at the third level, because the page has the first two.
    """
    tokens = _parser.parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES)
    return mark_safe(clean)  # noqa: S308 the allow-list is what makes it safe


def short_date(day: date, today: date | None = None) -> str:
    """Weekday and date ("Fri 20 Nov"); with the year where it is not that of `today`."""
    if today is not None and day.year != today.year:
        return full_date(day)
    letters = pgettext("date, in the letters of Django's date filter", "D j M")
    return dateformat.format(day, letters)


def full_date(day: date) -> str:
    """Weekday and date with the year ("Fri 20 Nov 2026"), for what is not about these days."""
    letters = pgettext("date with year, in the letters of Django's date filter", "D j M Y")
    return dateformat.format(day, letters)


def day_and_month(day: date) -> str:
    """Day and month ("20 Nov"), for subjects of mails and for charts."""
    letters = pgettext("day and month, in the letters of Django's date filter", "j M")
    return dateformat.format(day, letters)


def time_words(moment: datetime) -> str:
    """The time of day as `moment` has it: "14:00"."""
    letters = pgettext("time, in the letters of Django's date filter", "H:i")
    return dateformat.format(moment, letters)


def moment_words(moment: datetime, today: date | None = None) -> str:
    """Date and time of day as `moment` has them: "Fri 20 Nov, 14:00"."""
    words = {"day": short_date(moment, today), "time": time_words(moment)}
    return gettext("%(day)s, %(time)s") % words


def due_words(due_on: date, today: date) -> str:
    """How far `due_on` is away: "2 days late", "Today", "Tomorrow", "In 12 days"."""
    days = (due_on - today).days
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days)
        return late % {"days": -days}
    if days == 0:
        return gettext("Today")
    if days == 1:
        return gettext("Tomorrow")
    return ngettext("In %(days)s day", "In %(days)s days", days) % {"days": days}


def lower_first(words: str) -> str:
    """`words` as they go on in a sentence or stand in brackets: "in 12 days"."""
    return words[:1].lower() + words[1:]


def ended(sentence: str) -> str:
    """`sentence` with one full stop at its end, also where an abbreviation had brought its own."""
    return f"{sentence.rstrip('.')}."


def duration(minutes: int) -> str:
    """ "25 min", "2 h" or "1 h 25 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def percent(share: float) -> str:
    """A share of 1 as a whole percentage; 0 and 100 are said only when they are exact."""
    whole = round(share * 100)
    if 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return gettext("%(number)s%%") % {"number": whole}
