"""Where slices further right take part in what happens to people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from change_tracker.core.access import User
from change_tracker.core.points import Point

#: user -> subquery of audience ids that the user works with (leads, agents and coaches).
VISIBLE_AUDIENCES: Point[Callable[[User], Any]] = Point(
    "people.visible_audiences", "user -> ids of the audiences of the initiatives they work in"
)

#: user -> subquery of audience ids that the user leads (of their initiatives and plans).
CHANGEABLE_AUDIENCES: Point[Callable[[User], Any]] = Point(
    "people.changeable_audiences", "user -> ids of the audiences of the initiatives they lead"
)
#: subquery of the ids of the audiences that something in a slice is about.
AUDIENCE_USES: Point[Callable[[], Any]] = Point(
    "people.audience_uses", "ids of the audiences that something is about, whoever made them"
)
#: user -> whether the user leads an initiative; one query.
LEADS: Point[Callable[[User], bool]] = Point(
    "people.leads", "user -> whether they lead an initiative, and so make audiences for it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChange:
    """What one sync does to people who are already known; ids of persons.

    `returners` had left and are back. `reassigned` get another manager, `unmanaged` have none any
    more; whoever leaves or comes back is in neither.
    """

    today: date
    leavers: Sequence[int] = ()
    movers: Sequence[int] = ()
    returners: Sequence[int] = ()
    reassigned: Sequence[int] = ()
    unmanaged: Sequence[int] = ()

    def __bool__(self) -> bool:
        """Whether anything happens to anybody."""
        told = (self.leavers, self.movers, self.returners, self.reassigned, self.unmanaged)
        return any(map(len, told))


class SyncConsequence(Protocol):
    """An effect of a people sync beyond people; both methods read the same query."""

    def preview(self, change: PeopleChange) -> list[str | Promise]:
        """One sentence for each effect that `apply` would have; none when it has none."""
        ...

    def apply(self, change: PeopleChange, *, actor: User | None, now: datetime) -> None:
        """Carry the effects out, in the transaction of the sync, after people are written."""
        ...


SYNC_CONSEQUENCES: Point[SyncConsequence] = Point(
    "people.sync_consequences", "what else happens when people leave, move or change managers"
)
#: the change -> a sentence each; after people are written and the members of audiences follow.
SYNC_OUTCOMES: Point[Callable[[PeopleChange], list[str]]] = Point(
    "people.sync_outcomes", "what has come of a sync that only its end can tell"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChange:
    """Who joined and who left one audience, ids of persons; and what was done about it, a sentence
    each.
    """

    audience_id: int
    today: date
    joined: Sequence[int] = ()
    left: Sequence[int] = ()
    follows: Sequence[str] = ()

    def counted(self) -> "MembersCounted":
        """The same in numbers."""
        return MembersCounted(
            audience_id=self.audience_id,
            joined=len(self.joined),
            left=len(self.left),
            follows=tuple(self.follows),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersCounted:
    """How many join and leave one audience, and what is done about it."""

    audience_id: int
    joined: int = 0
    left: int = 0
    follows: tuple[str, ...] = ()


#: the changes of a run, actor, now -> what was done, by audience; in their transaction.
MEMBERSHIP_CONSEQUENCES: Point[
    Callable[
        [Sequence[MembershipChange], User | None, datetime],
        Mapping[int, Sequence[str]],
    ]
] = Point(
    "people.membership_consequences",
    "what else happens when people join or leave audiences; sentences that say so, by audience",
)

#: person -> model name and ids of rows of theirs that prove mandatory training.
PROOF: Point[Callable[[int], tuple[str, Any]]] = Point(
    "people.proof", "person -> the rows that prove that they did what was mandatory"
)
