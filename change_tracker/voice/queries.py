"""What the pages of voice and of other slices read."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.core.questions import question
from change_tracker.core.together import Part, read_together
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import (
    ENDED,
    MEMBERS,
    TEAM,
    Initiative,
    InitiativeMember,
    played_by,
)
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import oneself
from change_tracker.resistance.models import ResistanceSource
from change_tracker.voice.models import WAITING, FeedbackItem, FeedbackMessage, PublishedAnswer

#: The newest of what people told the team and what it did; nobody reads more.
MOST_ANSWERS = 10


class Pair(NamedTuple):
    """Last time and this time, or what people told the team and what it did."""

    first: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What everybody reads who sees an initiative: of how it went before, and of concerns."""

    last_times: list[Pair]
    answers: list[Pair]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much was said about an initiative, and how much of it waits."""

    all: int
    waiting: int
    late: int


def feedback_for(user: User) -> QuerySet[Any]:
    """What `user` may read, with names, sides, and whether they may read the action."""
    action = MitigationAction.objects.visible_to(user).filter(pk=OuterRef("action"))
    rows: Any = FeedbackItem.objects.visible_to(user)
    joined = rows.with_side(user).annotate(shows_action=Exists(action))
    return joined.select_related(  # type: ignore[no-any-return]  # annotated
        "initiative", "raised_by__unit", "activity", "action", "source"
    )


@question
def initiative_that_hears(user: User, *, slug: str) -> Any:
    """The initiative of this address, for its change team, with its head."""
    seen: Any = Initiative.objects.visible_to(user).filter(slug=slug)
    return with_head(seen.with_role(user, *TEAM), user)


def inbox_of(user: User, initiative: Initiative) -> QuerySet[Any]:
    """What the change team, if `user` is one of it, hears about `initiative`."""
    changeable: Any = FeedbackItem.objects.changeable_by(user)
    joined = changeable.filter(initiative=initiative)
    return joined.select_related("raised_by__unit", "activity", "action", "source")  # type: ignore[no-any-return]


def tally_of(user: User, initiative: Initiative, today: date) -> Tally:
    """The figures of the whole inbox; one query."""
    waits = Q(state__in=WAITING)
    return Tally(
        **inbox_of(user, initiative).aggregate(
            all=Count("pk"),
            waiting=Count("pk", filter=waits),
            late=Count("pk", filter=waits & Q(promised_on__lt=today)),
        )
    )


def thread_of(user: User, item: FeedbackItem) -> list[FeedbackMessage]:
    """The messages below `item`, the oldest first; one query."""
    rows: Any = FeedbackMessage.objects.visible_to(user).filter(item=item)
    return list(rows.select_related("author").order_by("pk"))


def to_speak_about(user: User) -> QuerySet[Initiative]:
    """Running initiatives that touch `user`, or in which they have a part."""
    me = oneself(user)
    touched = Initiative.objects.affecting(me).ids()
    within = played_by(user, *MEMBERS)
    seen = Initiative.objects.published().filter(Q(pk__in=touched) | Q(pk__in=within))
    return seen.exclude(state__in=ENDED).order_by("title", "pk")


def team_of(user: User, initiative: Initiative) -> list[str]:
    """The names of those who read what is said about `initiative`; one query."""
    rows = InitiativeMember.objects.visible_to(user).filter(initiative=initiative, role__in=TEAM)
    names = rows.order_by("person__display_name").values_list("person__display_name", flat=True)
    return list(dict.fromkeys(names))


def late_feedback_part(user: User, initiatives: Any, today: date) -> Part:
    """What waits too long for an answer of `user` in `initiatives` (ids), to be read with others:
    the initiative, how many, and the day for which the first was promised.
    """
    mine: Any = FeedbackItem.objects.changeable_by(user)
    late = mine.late(today).filter(initiative__in=initiatives).order_by().values("initiative")
    counted = late.annotate(number=Count("pk"), first=Min("promised_on"))
    return Part(counted, ("initiative", "number", "first"), _in_a_row)


def _in_a_row(**values: Any) -> tuple[Any, ...]:
    return (*values.values(),)


def voices_of(user: User) -> Any:
    """How much of what people say to `user` and their team is linked to a resistance."""
    heard: Any = FeedbackItem.objects.changeable_by(user)
    linked = heard.filter(source=OuterRef("pk")).order_by().values("source")
    number = linked.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def told_to(user: User, initiative: Initiative) -> Told:
    """What went wrong before, the oldest first, and the latest answers; one query."""
    before = ResistanceSource.objects.all().told_to(user).filter(initiative=initiative)
    shown = PublishedAnswer.objects.visible_to(user).filter(initiative=initiative, is_shown=True)
    last_times, answers = read_together(
        Part(before, ("id", "last_time", "this_time"), _numbered),
        Part(shown, ("id", "told", "did"), _numbered),
    )
    newest = sorted(answers, reverse=True)[:MOST_ANSWERS]
    return Told(
        last_times=[pair for _pk, pair in sorted(last_times)],
        answers=[pair for _pk, pair in newest],
    )


def _numbered(id: int, **said: str) -> tuple[int, Pair]:  # noqa: A002  a field
    return id, Pair(*said.values())


def answers_for(user: User, initiative: Initiative) -> QuerySet[Any]:
    """What the team tells everybody about what it heard, with `may_change`; newest first."""
    changeable = PublishedAnswer.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    rows = PublishedAnswer.objects.visible_to(user).filter(initiative=initiative)
    return rows.annotate(may_change=Exists(changeable))
