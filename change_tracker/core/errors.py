"""What the domain refuses, and what a caller may do about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ChangeTrackerError(Exception):
    """The domain refuses: `code` is for programs, `message` (translated) is for people."""

    code = "refused"

    def __init__(self, message: str | Promise, *, code: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code or self.code


class StaleRowError(ChangeTrackerError):
    """Somebody else changed the row since the caller read it."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else changed this in the meantime. Load it again and repeat your change.")
        )


class IllegalMoveError(ChangeTrackerError):
    """The transition table has no such move."""

    code = "illegal_move"


class MoveRefusedError(ChangeTrackerError):
    """The move exists, but a guard or a missing reason stands in its way."""

    code = "move_refused"


class ForbiddenError(ChangeTrackerError):
    """The caller may see the row, but not do this with it."""

    code = "forbidden"

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(message or _("You are not allowed to do this."))
