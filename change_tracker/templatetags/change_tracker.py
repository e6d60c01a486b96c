"""What our templates, and a host's own, load with `{% load change_tracker %}`."""

from datetime import date

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from change_tracker.core import text

register = template.Library()


@register.simple_tag
def change_tracker_css() -> SafeString:
    """The link to our one stylesheet; allowed in the head and in the body alike."""
    return format_html('<link rel="stylesheet" href="{}">', static("change_tracker/ct.css"))


@register.filter
def ct_date(day: date | None, today: date | None = None) -> str:
    """A date as people read it: `{{ record.due_on|ct_date:today }}`; nothing for no date."""
    return text.short_date(day, today) if day else ""


@register.filter
def ct_duration(minutes: int) -> str:
    """Minutes as people read them."""
    return text.duration(minutes)


@register.filter
def ct_percent(share: float) -> str:
    """A share of 1 as a whole percentage."""
    return text.percent(share)


@register.filter
def ct_markdown(source: str) -> SafeString:
    """Markdown that a person wrote, as harmless HTML."""
    return text.markdown(source)
