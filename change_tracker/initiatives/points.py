"""Where slices further right take part in what happens to an initiative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from change_tracker.core.points import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What another day of go-live does to one thing: its date now and then, and why in words where
    it is not simply moved. Without dates, only the words say it.
    """

    title: str
    from_on: date | None = None
    to_on: date | None = None
    words: str | Promise = ""

    @property
    def moves(self) -> bool:
        """Whether it gets another date."""
        return self.from_on != self.to_on


class FollowsGoLive:
    """What counts its days from go-live, and follows when that day moves."""

    def foresee(
        self, user: Any, initiative: Any, to: date | None, today: date
    ) -> Sequence[Following]:
        """What `to` as day of go-live would do, as far as `user` may know; writes nothing."""
        raise NotImplementedError

    def follow(self, initiative: Any, *, actor: Any, now: Any) -> None:
        """Do it, in the transaction that set the day which `initiative` has now."""
        raise NotImplementedError


GO_LIVE_MOVED: Point[FollowsGoLive] = Point(
    "initiatives.go_live_moved", "what counts from go-live follows its new day, as was shown before"
)


class WayOut:
    """Where one does what a guard of a slice further right misses before an initiative can move."""

    def leads(self, guard: Any) -> str:
        """The name of the page for what `guard` misses; empty where it is another's guard."""
        raise NotImplementedError


WAYS_OUT: Point[WayOut] = Point(
    "initiatives.ways_out", "what stands in the way of a move leads to where one mends it"
)


class RoleWork:
    """Work that somebody has in an initiative, and that can go over with their role."""

    def of(self, user: Any, initiative: Any, person: Any) -> Sequence[str]:
        """What `user` may know of it, a line each; the page says it before."""
        raise NotImplementedError

    def hand_on(self, initiative: Any, person: Any, **context: Any) -> int:
        """Give all of it to the person `to`, in the transaction of the role; returns how much."""
        raise NotImplementedError


ROLE_WORK: Point[RoleWork] = Point(
    "initiatives.role_work", "work that goes to whoever takes a role over, if that is wanted"
)
