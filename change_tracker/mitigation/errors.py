"""Why planning or moving the work that answers resistance is refused."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.resistance.models.catalogue import ActionKind


class NoSourceError(ChangeTrackerError):
    """An action that answers nothing is not a mitigation."""

    code = "no_source"

    def __init__(self) -> None:
        super().__init__(_("Name at least one resistance that this action answers."))


class ForeignSourceError(ChangeTrackerError):
    """The resistance belongs to another initiative."""

    code = "foreign_source"

    def __init__(self) -> None:
        super().__init__(_("An action answers resistance of its own initiative only."))


class KindError(ChangeTrackerError):
    """The kind of work is missing, or is not the one of the strategy."""

    code = "kind"


class ForeignFieldError(ChangeTrackerError):
    """The field belongs to another kind of work."""

    code = "foreign_field"

    def __init__(self, model: type[Model], name: str, kind: str) -> None:
        field: Any = model._meta.get_field(name)
        words = {"kind": ActionKind(kind).label, "field": field.verbose_name}
        super().__init__(_("An action of the kind “%(kind)s” has no “%(field)s”.") % words)


class EvaluationError(ChangeTrackerError):
    """A tool is evaluated again after it was evaluated, not before."""

    code = "evaluation"


class NotOpenError(ChangeTrackerError):
    """Only work that has not ended can be carried over."""

    code = "not_open"


class NotBlockedError(ChangeTrackerError):
    """What nothing blocks has nothing to answer."""

    code = "not_blocked"


class DoneOnError(ChangeTrackerError):
    """Another day of being done is for work that is done and not judged, and has come."""

    code = "done_on"


class NotNewError(ChangeTrackerError):
    """Work that has begun is not deleted."""

    code = "not_new"
