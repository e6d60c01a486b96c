"""A letter as a mail: subject, text, HTML and headers, in the recipient's language and zone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from change_tracker.core.conf import get_conf
from change_tracker.reminders import links, ownwords, wording
from change_tracker.reminders.items import Item
from change_tracker.reminders.kinds.base import link
from change_tracker.reminders.message import Message
from change_tracker.reminders.models import Occasion
from change_tracker.reminders.ownwords import NO_WORDS, Words
from change_tracker.reminders.review import Letter

TEXT = "change_tracker/mail/digest.txt"
HTML = "change_tracker/mail/digest.html"
INDENT = re.compile(r"\n\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the templates show it; `url` is empty where the site has no address.

    `verbs` are addresses and words of what can be done about it without signing in.
    """

    title: str
    minutes: int
    when: str
    why: str
    url: str
    verbs: list[tuple[str, Any]]
    tone: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items under one heading; the `tone` of each is late, soon or new. `words` are what their
    initiatives say of it themselves.
    """

    title: str
    lines: list[Line]
    words: tuple[str, ...] = ()


def compose(
    letter: Letter, *, message_id: str, cannot_wait: bool = False, words: Words = NO_WORDS
) -> EmailMultiAlternatives:
    """The mail, ready to be sent. The same letter with the same id makes the same mail.

    `cannot_wait`: it is the second of its day, and says why. `words`: what initiatives say in their
    own words.
    """
    conf = get_conf()
    with translation.override(letter.to.language), timezone.override(letter.to.zone):
        context = _context(letter, words) | {"cannot_wait": cannot_wait}
        message = Message(
            context["subject"],
            render_to_string(TEXT, context),
            conf.from_email or None,
            [letter.to.address],
            reply_to=[conf.reply_to] if conf.reply_to else None,
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                **_unsubscribe(context["wishes_url"]),
            },
        )
        message.attach_alternative(_compact(render_to_string(HTML, context)), "text/html")
    return message


def _compact(html: str) -> str:
    """Without the indentation: a third less to send, and mail programs cut off what is long."""
    return INDENT.sub("\n", html).strip()


def _unsubscribe(url: str) -> dict[str, str]:
    """What lets a mail program offer it in one press (RFC 8058)."""
    if not url:
        return {}
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _context(letter: Letter, words: Words) -> dict[str, Any]:
    return {
        "subject": wording.subject_of(letter),
        "heading": wording.heading_of(letter),
        "name": (letter.test_of or letter.to.person).display_name,
        "is_test": letter.test_of is not None,
        "initiative": wording.only_initiative(letter),
        "sections": list(_sections(letter, words)),
        "has_training": bool(letter.items),
        "has_notes": bool(letter.notes),
        "overview_url": link("my-training"),
        "wishes_url": links.address(letter.to.person, links.WISHES, letter.today),
        "quiet_url": links.address(letter.to.person, links.QUIET, letter.today),
        "reply_to": get_conf().reply_to,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }


def _sections(letter: Letter, words: Words) -> Iterable[Section]:
    late = [each for each in letter.items if each.is_late(letter.today)]
    rest = [each for each in letter.items if not each.is_late(letter.today)]
    for tone, title, items in (
        ("late", _("Late"), late),
        ("soon", _("Coming up"), [each for each in rest if not each.is_new]),
        ("soon", _("To be done again"), [each for each in rest if each.is_again]),
        ("new", _("New for you"), [each for each in rest if _is_quite_new(each)]),
        ("new", _("Added to what you have"), [each for each in rest if each.is_added]),
    ):
        if items:
            said = tuple(ownwords.lead_ins(words, letter, items, Occasion(tone)))
            yield Section(title, [_line(each, letter, tone) for each in items], said)
    yield from _sections_of_notes(letter)


def _is_quite_new(item: Item) -> bool:
    return item.is_new and not item.is_added and not item.is_again


def _sections_of_notes(letter: Letter) -> Iterable[Section]:
    """What is not the recipient's own training, in the order in which it came."""
    for title in dict.fromkeys(each.section for each in letter.notes):
        lines = [
            Line(each.title, 0, each.when, each.why, each.url, [], each.tone, each.lines)
            for each in letter.notes
            if each.section == title
        ]
        yield Section(title, lines)


def _line(item: Item, letter: Letter, tone: str) -> Line:
    url, verbs = _ways(item, letter)
    return Line(
        title=item.record.activity.title,
        minutes=item.record.activity.minutes,
        when=wording.when(item, letter.today),
        why=wording.why_of(item),
        url=url,
        verbs=verbs,
        tone=tone,
    )


def _ways(item: Item, letter: Letter) -> tuple[str, list[tuple[str, Any]]]:
    """Where the item leads, and what can be done about it."""
    verbs = links.verbs_for(letter.to.person, item.record, letter.today)
    if letter.test_of is None:
        return link("item", item.record.pk), verbs
    # It is another's training: whoever looks at a test cannot act on it.
    own = link("my-training")
    return own, [(own, words) for _url, words in verbs]
