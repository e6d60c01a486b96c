"""What an initiative has of its sponsor and wants of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext

from change_tracker.core.access import User, key_of
from change_tracker.core.chips import Chip
from change_tracker.core.text import due_words, short_date
from change_tracker.initiatives.head import SPONSOR_PAGE
from change_tracker.initiatives.models import Initiative, InitiativeMember, Role
from change_tracker.mitigation.blocks import ANSWERED, with_block
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.gaplines import QUOTES, Heard
from change_tracker.progress.gaps import Situation
from change_tracker.progress.reading import Acting, counted_in, registers_of
from change_tracker.resistance.models.register import Level

#: So many lines are asked of a sponsor at once; the page is one sheet of paper.
MOST_ASKED = 5


@dataclass(frozen=True, slots=True)
class Part:
    """The reader's part: their own as a sponsor, or for the lead, that of all sponsors."""

    initiative: Initiative
    sponsors: tuple[InitiativeMember, ...]
    is_sponsor: bool
    #: whether one of its leads still works here
    is_led: bool

    @property
    def people(self) -> set[int]:
        """The ids of whom "the sponsor" is on this page."""
        return {each.person_id for each in self.sponsors}

    @property
    def names(self) -> str:
        """Who that is."""
        return ", ".join(str(each.person) for each in self.sponsors)


@dataclass(frozen=True, slots=True)
class Line:
    """Something that waits: how it stands, what it is, why; the key of an `entry` or `action`.

    `asks_answer`: the reader answers what blocks the action.
    """

    chip: Chip
    words: str
    cause: str = ""
    entry: int | None = None
    action: int | None = None
    asks_answer: bool = False


def part_in(user: User, slug: str, today: date) -> Part | None:
    """The part of `user` in an initiative as its sponsor or lead; else None. One query."""
    rows: Any = InitiativeMember.objects.visible_to(user)
    rows = rows.filter(initiative__slug=slug, role__in=SPONSOR_PAGE)
    members = list(rows.select_related("initiative", "person").order_by("pk"))
    mine = [each for each in members if each.person.user_id == key_of(user)]
    if not mine:
        return None
    own = tuple(each for each in mine if each.role == Role.SPONSOR)
    everyone = tuple(each for each in members if each.role == Role.SPONSOR)
    is_led = any(each.role == Role.LEAD and each.person.is_active(today) for each in members)
    return Part(mine[0].initiative, own or everyone, is_sponsor=bool(own), is_led=is_led)


def situation_for(user: User, part: Part, today: date) -> Situation:
    """The situation, its blocked actions with `blocked_because`. Three queries."""
    initiative = part.initiative
    ids = [initiative.pk]
    return Situation(
        counted=counted_in(user, ids, today)[initiative.pk],
        acting=Acting(open=_actions(user, initiative)),
        register=registers_of(user, ids).get(initiative.pk, ()),
        is_led=part.is_led,
    )


def _actions(user: User, initiative: Initiative) -> tuple[Any, ...]:
    rows: Any = MitigationAction.objects.open().visible_to(user)
    rows = rows.filter(initiative=initiative).select_related("owner")
    return tuple(with_block(rows).order_by(F("due_on").asc(nulls_last=True), "pk"))


def promised(part: Part, situation: Situation) -> tuple[Any, ...]:
    """The open actions that the sponsor owns."""
    return tuple(each for each in situation.actions if each.owner_id in part.people)


def late_lines(actions: Sequence[MitigationAction], today: date) -> list[Line]:
    """What was promised and has passed its date."""
    return [
        Line(
            Chip(due_words(each.due_on, today), "late"),
            _quoted(each.title),
            gettext("Due %(day)s") % {"day": short_date(each.due_on, today)},
            action=each.pk,
        )
        for each in actions
        if each.due_on and each.due_on < today
    ]


def asked_of(part: Part, situation: Situation, today: date) -> list[Line]:
    """Decisions to make again, and what has no answer: blocked actions, and strong resistance."""
    heard = situation.open_resistance
    return [
        *(_decision(each, today) for each in heard if _is_due(each, part, today)),
        *(_blocked(each, part) for each in situation.actions if _waits(each)),
        *(_unanswered(each) for each in heard if each.is_severe and each.lacks_answer),
    ]


def _is_due(heard: Heard, part: Part, today: date) -> bool:
    """Whether the sponsor said to live with it until a day that has come."""
    came = heard.review_on is not None and heard.review_on <= today
    return heard.state == "accepted" and heard.approver in part.people and came


def _waits(action: Any) -> bool:
    """Whether it is blocked, and nobody has answered that."""
    return bool(action.state == action.State.BLOCKED and action.block_told != ANSWERED)


def _decision(heard: Heard, today: date) -> Line:
    day = {"day": short_date(heard.review_on, today) if heard.review_on else ""}
    return Line(
        Chip(gettext("To decide"), "soon"),
        _quoted(heard.statement),
        gettext("The decision to live with it was for until %(day)s.") % day,
        heard.pk,
    )


def _blocked(action: Any, part: Part) -> Line:
    cause = action.blocked_because or ""
    if action.owner_id:
        words = {"reason": cause, "owner": action.owner}
        cause = gettext("%(reason)s (%(owner)s)") % words if cause else str(action.owner)
    return Line(
        Chip(gettext("Blocked"), "late"),
        _quoted(action.title),
        cause,
        action=action.pk,
        asks_answer=part.is_sponsor and action.owner_id not in part.people,
    )


def _unanswered(heard: Heard) -> Line:
    level = Level(heard.level or 0)
    words = {"level": level.value, "word": level.label}
    return Line(
        Chip(gettext("No action yet"), "soon"),
        _quoted(heard.statement),
        gettext("Level %(level)s, %(word)s, and nothing answers it.") % words,
        heard.pk,
    )


def _quoted(words: str) -> str:
    short = Truncator(words.strip(QUOTES)).chars(120)
    return gettext("“%(words)s”") % {"words": short}
