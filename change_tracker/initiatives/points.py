"""Where slices further right take part in what happens to an initiative."""

from collections.abc import Callable
from typing import Any

from change_tracker.core.points import Point

#: initiative as it is now -> nothing; in the transaction that set another day of go-live.
GO_LIVE_MOVED: Point[Callable[[Any], None]] = Point(
    "initiatives.go_live_moved", "initiative -> what counts from go-live follows its new day"
)
