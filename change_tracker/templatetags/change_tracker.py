"""What our templates, and a host's own, load with `{% load change_tracker %}`."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.template.base import Node, Parser, TextNode, Token
from django.template.loader_tags import BlockNode
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from change_tracker.core import text
from change_tracker.core.conf import get_conf
from change_tracker.core.dooradmin import version_field
from change_tracker.core.ids import is_known
from change_tracker.core.meanings import GLOSSARY, meaning_of
from change_tracker.initiatives.trend import amount
from change_tracker.portal.agenda import MOST_TO_DO, todo_of
from change_tracker.portal.owned import owned_actions
from change_tracker.progress.loadwords import hours_words, month_words
from change_tracker.reminders.inbox import unread_count
from change_tracker.training.queries import open_work

register = template.Library()
#: What a file name has and the name of a document has not.
FILE_NAME = re.compile(r"(_[0-9a-f]{16})?\.(txt|md|html?|pdf|docx?|odt)$", re.IGNORECASE)


@register.simple_tag
def change_tracker_css() -> SafeString:
    """The link to our one stylesheet; allowed in the head and in the body alike."""
    return format_html('<link rel="stylesheet" href="{}">', static("change_tracker/ct.css"))


@register.inclusion_tag("change_tracker/parts/todo.html", takes_context=True)
def change_tracker_todo(context: Context) -> dict[str, Any]:
    """Up to three things that whoever is signed in has to do, for a page of the host.

    Nothing for strangers, for logins of nobody on the staff list, and where the context has
    neither `request` nor `user`. The actions that they own follow. Four queries at most.
    """
    user = getattr(context.get("request"), "user", None) or context.get("user")
    if user is None or not is_known(user):
        return {"todo": None}
    today = localdate()
    work = open_work(user, today)
    if work is None:
        return {"todo": None}
    return {
        "todo": todo_of(work, today),
        "actions": owned_actions(user, today)[:MOST_TO_DO],
        "today": today,
    }


@register.simple_tag(takes_context=True)
def change_tracker_unread(context: Context) -> int:
    """How many messages in the inbox of who is signed in are new; 0 for strangers. One query."""
    user = getattr(context.get("request"), "user", None) or context.get("user")
    return unread_count(user) if user is not None and is_known(user) else 0


@register.tag
def ct_host_block(parser: Parser, token: Token) -> Node:
    """Fill the block of the host's template that the settings name for a part of our page.

    `{% ct_host_block "title" %}…{% endct_host_block %}`; also "head" and "content". A part for
    which no block is named is left out.
    """
    part = token.split_contents()[1].strip("\"'")
    nodes = parser.parse(("endct_host_block",))
    parser.delete_first_token()
    name: str = getattr(get_conf(), f"{part}_block")
    return BlockNode(name, nodes) if name else TextNode("")


@register.inclusion_tag("change_tracker/parts/words.html")
def ct_words(*names: str) -> dict[str, Any]:
    """A fold that says what words mean, beneath where they stand: `{% ct_words "hill" "stage" %}`.

    The name of a model stands for all of its states.
    """
    return {"words": [each for name in names for each in GLOSSARY[name]]}


@register.simple_tag
def ct_term(name: str) -> str:
    """What one term means, where there is room for a sentence: `{% ct_term "hill" %}`."""
    return str(GLOSSARY[name][0].meaning)


@register.filter
def ct_meaning(row: Any) -> str:
    """What the state of a row means, in a sentence that stands beside its label."""
    return str(meaning_of(row.State(row.state)))


@register.filter(expects_localtime=True)
def ct_date(day: date | None, today: date | None = None) -> str:
    """A date as people read it: `{{ record.due_on|ct_date:today }}`; nothing for no date."""
    return text.short_date(day, today) if day else ""


@register.filter(expects_localtime=True)
def ct_moment(moment: datetime) -> str:
    """Date and time of day at the reader's clock: `{{ job.queued_at|ct_moment }}`."""
    return text.moment_words(moment, localdate())


@register.filter
def ct_day(day: date) -> str:
    """Day and month, where there is no room for more: `{{ week.begins_on|ct_day }}`."""
    return text.day_and_month(day)


@register.filter
def ct_month(first: date) -> str:
    """A month with its year: `{{ cell.first|ct_month }}`."""
    return month_words(first)


@register.filter
def ct_hours(minutes: int) -> str:
    """Minutes as hours, where there is little room: `{{ cell.total|ct_hours }}`."""
    return hours_words(minutes)


@register.filter
def ct_duration(minutes: int) -> str:
    """Minutes as people read them."""
    return text.duration(minutes)


@register.filter
def ct_amount(value: Decimal, unit: str = "") -> str:
    """A figure with its unit: `{{ goal.target|ct_amount:goal.unit }}`."""
    return amount(value, unit)


@register.filter
def ct_percent(share: float) -> str:
    """A share of 1 as a whole percentage."""
    return text.percent(share)


@register.filter
def ct_document(name: str) -> str:
    """A document as people name it: a file without its ending, and without its fingerprint."""
    return FILE_NAME.sub("", name)


@register.filter
def ct_markdown(source: str) -> SafeString:
    """Markdown that a person wrote, as harmless HTML."""
    return text.markdown(source)


@register.filter
def ct_error(words: Any, label: Any) -> str:
    """A problem in one line, for a list of them: the field that it is about comes first, unless
    the words name it already.
    """
    said, name = str(words), str(label)
    if name in said:
        return said
    return f"{name} {said}" if name[-1:] in "?!." else f"{name}: {said}"


@register.simple_tag(takes_context=True)
def change_tracker_version(context: Context, row: Any, prefix: str = "") -> SafeString | str:
    """Which version of `row` a form of the admin is opened with, and stays so where it comes back
    with what is wrong in it; nothing for rows without versions.
    """
    version = getattr(row, "version", None)
    if version is None:
        return ""
    name = version_field(prefix)
    said = context["request"].POST.get(name, version)
    return format_html('<input type="hidden" name="{}" value="{}">', name, said)
