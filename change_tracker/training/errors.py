"""What training refuses."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError


class PlanClosedError(ChangeTrackerError):
    """People can be assigned to published plans of running initiatives only."""

    code = "plan_closed"

    def __init__(self) -> None:
        super().__init__(
            _("Only a published plan of a running initiative can be assigned to people.")
        )


class PlanPublishedError(ChangeTrackerError):
    """What people were given stays as it is."""

    code = "plan_published"

    def __init__(self) -> None:
        super().__init__(
            _("The plan is published: its items stay as they are. Make a new plan instead.")
        )


class PlanArchivedError(ChangeTrackerError):
    """An archived plan takes no further rules."""

    code = "plan_archived"

    def __init__(self) -> None:
        super().__init__(_("The plan is archived and cannot be changed."))


class RuleInUseError(ChangeTrackerError):
    """A rule that was carried out explains why people were assigned."""

    code = "rule_in_use"

    def __init__(self) -> None:
        super().__init__(
            _("People were assigned by this rule, so it stays. Change the group instead.")
        )


class NotOpenError(ChangeTrackerError):
    """The record takes no completion any more."""

    code = "not_open"

    def __init__(self) -> None:
        super().__init__(_("This training is no longer asked for, so there is nothing to do."))


class CannotUndoError(ChangeTrackerError):
    """Only the one who marked something as done takes it back, and only for some days."""

    code = "cannot_undo"
