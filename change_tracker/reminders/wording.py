"""The sentences of a digest that depend on numbers and dates, in the active language."""

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.text import day_and_month, duration, short_date
from change_tracker.initiatives.models import Initiative
from change_tracker.reminders.items import Item
from change_tracker.reminders.review import Letter
from change_tracker.training.duewords import your_rule

#: Longer subjects are cut off on phones.
SUBJECT_LENGTH = 60


def subject_of(letter: Letter) -> str:
    """The fact first: what is late, what comes next; on one line."""
    if not letter.items:
        return " ".join(_of_notes(letter).split())
    rest = [each for each in letter.items if not each.is_late(letter.today)]
    late = len(letter.items) - len(rest)
    dated = [each for each in rest if each.record.due_on is not None]
    text = ""
    if not late:
        text = _tomorrow(letter, dated) or _all_new(letter, dated)
    # A title may hold a line break; a header may not.
    return " ".join((text or _facts_first(letter, late, dated)).split())


def _of_notes(letter: Letter) -> str:
    """The first fact, and how many more there are."""
    first, more = letter.notes[0].fact, len(letter.notes) - 1
    if not more:
        return first
    words = ngettext(
        "%(first)s, and %(count)s more thing", "%(first)s, and %(count)s more things", more
    )
    return words % {"first": first, "count": more}


def _tomorrow(letter: Letter, dated: list[Item]) -> str:
    """The last call for one training; nothing where it is not that."""
    if len(letter.items) != 1 or not dated:
        return ""
    if dated[0].record.due_on != letter.today + timedelta(days=1):
        return ""
    activity = dated[0].record.activity
    if not activity.minutes:
        return _("Tomorrow: %(title)s") % {"title": activity.title}
    return _("Tomorrow: %(title)s, %(duration)s") % {
        "title": activity.title,
        "duration": duration(activity.minutes),
    }


def _all_new(letter: Letter, dated: list[Item]) -> str:
    """The notice of what one initiative assigned; nothing where it is not only that."""
    initiative = only_initiative(letter)
    if initiative is None or not dated or not all(each.is_new for each in letter.items):
        return ""
    count = len(letter.items)
    text = ngettext(
        "%(count)s training for %(initiative)s, by %(day)s",
        "%(count)s trainings for %(initiative)s, first by %(day)s",
        count,
    ) % {
        "count": count,
        "initiative": initiative.title,
        "day": day_and_month(_due(dated[0])),
    }
    return text if len(text) <= SUBJECT_LENGTH else ""


def _facts_first(letter: Letter, late: int, dated: list[Item]) -> str:
    facts = _facts(letter, late, dated)
    initiative = only_initiative(letter)
    if initiative is not None:
        text = _("%(facts)s: your training for %(initiative)s") % {
            "facts": facts,
            "initiative": initiative.title,
        }
        if len(text) <= SUBJECT_LENGTH:
            return text
    return _("%(facts)s: your training") % {"facts": facts}


def _facts(letter: Letter, late: int, dated: list[Item]) -> str:
    facts = []
    if late:
        facts.append(ngettext("%(count)s late", "%(count)s late", late) % {"count": late})
    if dated:
        due_on = _due(dated[0])
        count = sum(each.record.due_on == due_on for each in dated)
        facts.append(
            ngettext("%(count)s on %(day)s", "%(count)s on %(day)s", count)
            % {"count": count, "day": near_day(due_on, letter.today)}
        )
    if not facts:
        new = len(letter.items)
        facts.append(ngettext("%(count)s new", "%(count)s new", new) % {"count": new})
    if len(facts) == 1:
        return facts[0]
    return _("%(first)s, %(second)s") % {"first": facts[0], "second": facts[1]}


def _due(item: Item) -> date:
    return item.record.due_on or date.max


def near_day(day: date, today: date) -> str:
    """The weekday alone in the next six days, else the date."""
    if timedelta(0) < day - today < timedelta(days=7):
        return date_format(day, "l")
    return day_and_month(day)


def when(item: Item, today: date) -> str:
    """Until when, or since when."""
    due_on = item.record.due_on
    if due_on is None:
        return _("No fixed date")
    day = short_date(due_on, today)
    late = item.record.days_late(today)
    if late:
        return ngettext(
            "Was due %(day)s, %(count)s day ago", "Was due %(day)s, %(count)s days ago", late
        ) % {"day": day, "count": late}
    if due_on == today:
        return _("Due today, %(day)s") % {"day": day}
    return _("Due %(day)s") % {"day": day}


def why_of(item: Item) -> str:
    """Why the recipient has it, what it is meant to help with, and why by then."""
    # Where it is not new, they have read so: one sentence less before what there is to do.
    answers = item.answers if item.is_new else ()
    return " ".join(filter(None, (why_you(item), *answers[:1], why_then(item))))


def why_you(item: Item) -> str:
    """Through which of their groups the recipient got it."""
    plan = item.record.plan.title
    if not item.reasons:
        return _("Why you: it is part of your training plan “%(plan)s”.") % {"plan": plan}
    names = [reason.group for reason in item.reasons]
    groups = get_text_list([_("“%(words)s”") % {"words": name} for name in names], _("and"))
    return ngettext(
        "Why you: the training plan “%(plan)s” is for your group %(groups)s.",
        "Why you: the training plan “%(plan)s” is for your groups %(groups)s.",
        len(names),
    ) % {"plan": plan, "groups": groups}


def why_then(item: Item) -> str:
    """Where its date comes from, as the page of the item says it; nothing without a date."""
    if item.record.due_on is None:
        return ""
    return item.granted or your_rule(item.record, list(item.reasons))


def heading_of(letter: Letter) -> str:
    """The first line: how much it is about, which need not be all that is open."""
    count = len(letter.items)
    if not count:
        return _("News for you")
    return ngettext(
        "This is about %(count)s training", "This is about %(count)s trainings", count
    ) % {"count": count}


def only_initiative(letter: Letter) -> Initiative | None:
    """The initiative of every item, when there is one for all."""
    found = {each.record.plan.initiative_id: each.record.plan.initiative for each in letter.items}
    return next(iter(found.values())) if len(found) == 1 else None
