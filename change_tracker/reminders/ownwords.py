"""What initiatives say in their own words in mails: read once for many of them, and filled in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.questions import question
from change_tracker.initiatives.head import name_of
from change_tracker.initiatives.models import ENDED, Initiative, Role
from change_tracker.initiatives.queries import set_ups_for
from change_tracker.reminders.items import Item
from change_tracker.reminders.models import MailWords, Occasion
from change_tracker.reminders.models.words import mails_are_read_by
from change_tracker.reminders.placeholders import fill
from change_tracker.reminders.recipients import language_of
from change_tracker.reminders.review import Letter
from change_tracker.reminders.wording import only_initiative

#: The words of initiatives, with `lead_name`, by the key of the initiative and the language.
Words = Mapping[tuple[int, str], Any]
NO_WORDS: Words = MappingProxyType({})


def words_in_force() -> Words:
    """Those of every initiative that has not ended. One query: ask once for many mails."""
    return by_language(MailWords.objects.exclude(initiative__state__in=ENDED))


@question
def set_up_with_mails(user: User, *, slug: str) -> Any:
    """The initiative of this address, where `user` reads what mails say and when."""
    return set_ups_for(user).filter(mails_are_read_by(user), slug=slug)


def by_language(rows: Any) -> Words:
    """`rows` as mails look them up. One query."""
    return {(each.initiative_id, each.language): each for each in with_lead(rows)}


def with_lead(rows: Any) -> Any:
    """Adds `lead_name`, as the pages of the initiative name its lead, and the initiative."""
    name = name_of(Role.LEAD, initiative="initiative")
    return rows.annotate(lead_name=name).select_related("initiative")


def languages() -> list[tuple[str, str]]:
    """Those in which mails go out: code, and what speakers of it call it; the site's own first."""
    own = language_of(settings.LANGUAGE_CODE)
    codes = sorted(dict(settings.LANGUAGES), key=lambda code: code != own)
    return [(code, translation.get_language_info(code)["name_local"]) for code in codes]


def lead_ins(
    words: Words, letter: Letter, items: Sequence[Item], occasion: Occasion
) -> Iterator[str]:
    """What the initiatives of `items` say above them, each once; in the language of the letter.

    Where the mail is about several, each says which it is.
    """
    if not words:
        return
    alone = only_initiative(letter) is not None
    for initiative in _initiatives(items):
        row = words.get((initiative.pk, letter.to.language))
        said = fill(row.of(occasion), _facts(row, letter)) if row is not None else ""
        if said and alone:
            yield said
        elif said:
            yield gettext("%(title)s: %(words)s") % {"title": initiative.title, "words": said}


def _initiatives(items: Iterable[Item]) -> list[Initiative]:
    found = {each.record.plan.initiative_id: each.record.plan.initiative for each in items}
    return list(found.values())


def _facts(row: Any, letter: Letter) -> dict[str, str]:
    day = row.initiative.go_live_on
    return {
        "name": (letter.test_of or letter.to.person).display_name,
        "initiative": row.initiative.title,
        "lead": row.lead_name or "",
        "go_live": date_format(day, "DATE_FORMAT") if day else gettext("no date yet"),
    }
