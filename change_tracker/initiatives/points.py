"""Where slices further right take part in what happens to an initiative."""

from collections.abc import Callable, Sequence
from typing import Any

from change_tracker.core.points import Point

#: initiative as it is now -> nothing; in the transaction that set another day of go-live.
GO_LIVE_MOVED: Point[Callable[[Any], None]] = Point(
    "initiatives.go_live_moved", "initiative -> what counts from go-live follows its new day"
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
