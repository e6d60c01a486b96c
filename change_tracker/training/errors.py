"""What training refuses."""

from django.utils.functional import Promise
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
    """What people were given changes by a revision, never item by item."""

    code = "plan_published"
    words = _("People have this plan: it changes for all of them at once, by a revision.")

    def __init__(self) -> None:
        super().__init__(self.words)


class PlanOrderError(PlanPublishedError):
    """What people may begin already cannot come to wait, nor what waits for its turn begin."""

    words = _(
        "People have this plan: whether its activities open one after the other stays as it was "
        "published. For the other way, make a new plan."
    )


class PlanGivenError(PlanPublishedError):
    """A plan that was published is kept, for those who have it."""

    words = _("Only a draft can be deleted. Archive the plan instead.")


class PlanArchivedError(ChangeTrackerError):
    """An archived plan takes no further rules."""

    code = "plan_archived"

    def __init__(self) -> None:
        super().__init__(_("The plan is archived and cannot be changed."))


class LastItemError(ChangeTrackerError):
    """People who have a plan have something to do in it."""

    code = "last_item"

    def __init__(self) -> None:
        super().__init__(_("A published plan keeps at least one activity."))


class RuleInUseError(ChangeTrackerError):
    """A rule that was carried out explains why people were assigned."""

    code = "rule_in_use"

    def __init__(self, message: str | Promise = "") -> None:
        words = _(
            "People were assigned by this rule, so the group stays. Take it out of the plan, and "
            "add the other one."
        )
        super().__init__(message or words)


class PeopleChangedError(ChangeTrackerError):
    """The people are not those, or not as, the caller was shown."""

    code = "people_changed"

    def __init__(self) -> None:
        super().__init__(
            _("Something changed for these people in the meantime. Look at the list once more.")
        )


class NotInGroupError(ChangeTrackerError):
    """Only a group of the plan brings somebody into it."""

    code = "not_in_group"

    def __init__(self) -> None:
        super().__init__(
            _("The person is in none of the groups that get this plan. Add them to one first.")
        )


class NotOpenError(ChangeTrackerError):
    """The record takes no completion any more."""

    code = "not_open"

    def __init__(self) -> None:
        super().__init__(_("This training is no longer asked for, so there is nothing to do."))


class NotAttestedError(ChangeTrackerError):
    """The activity counts as done by another rule than the person's word."""

    code = "completion_rule"

    def __init__(self, message: str | Promise = "") -> None:
        words = _("This is done when another system reports it; nobody can just say so.")
        super().__init__(message or words)


class NotHandedInError(ChangeTrackerError):
    """The activity counts as done by a rule for which nobody looks at anything."""

    code = "completion_rule"

    def __init__(self) -> None:
        super().__init__(_("For this training there is nothing to hand in."))


class AlreadyHandedInError(ChangeTrackerError):
    """One hand-in waits at a time."""

    code = "already_handed_in"

    def __init__(self) -> None:
        super().__init__(_("What you handed in waits to be looked at. Take it back first."))


class DecidedError(ChangeTrackerError):
    """The hand-in was decided, or taken back, in the meantime."""

    code = "decided"

    def __init__(self) -> None:
        super().__init__(_("This does not wait to be looked at any more."))


class SignsInError(ChangeTrackerError):
    """Whoever can sign in says so themselves."""

    code = "has_login"

    def __init__(self) -> None:
        super().__init__(_("This person can sign in, and marks it as done themselves."))


class ReportRefusedError(ChangeTrackerError):
    """What another system reports about somebody cannot be written; `field` says where."""

    def __init__(self, code: str, field: str, message: str | Promise) -> None:
        super().__init__(message, code=code)
        self.field = field


class NotYetOpenError(ChangeTrackerError):
    """The turn of the record has not come; `title` is what it waits for."""

    code = "not_yet_open"

    def __init__(self, title: str) -> None:
        super().__init__(_("This opens after “%(title)s” is done.") % {"title": title})


class CannotUndoError(ChangeTrackerError):
    """Only the one who marked something as done takes it back, and only for some days."""

    code = "cannot_undo"


class NotBegunError(ChangeTrackerError):
    """Nobody can have been at a session that has not begun."""

    code = "not_begun"

    def __init__(self) -> None:
        super().__init__(_("This session has not begun, so nobody can have been there."))


class AttendedError(ChangeTrackerError):
    """What people were at stays as it was."""

    code = "attended"

    def __init__(self) -> None:
        super().__init__(
            _("It is recorded who was there, so the date stays. Place and link may still change.")
        )


class CancelledError(ChangeTrackerError):
    """A session that does not take place has no other date."""

    code = "cancelled"

    def __init__(self) -> None:
        super().__init__(_("This session is cancelled. Add another one with the new date."))


class AlreadyAskedError(ChangeTrackerError):
    """One request for more time waits at a time."""

    code = "already_asked"

    def __init__(self) -> None:
        super().__init__(_("A request for more time waits for an answer already."))


class NoDateError(ChangeTrackerError):
    """Without a due date nobody needs more time."""

    code = "no_date"

    def __init__(self) -> None:
        super().__init__(_("This training has no due date, so there is time enough."))


class AnsweredError(ChangeTrackerError):
    """The request was answered, or taken back, in the meantime."""

    code = "answered"

    def __init__(self) -> None:
        super().__init__(_("This request does not wait for an answer any more."))


class NotDoneError(ChangeTrackerError):
    """Only a completion can be taken back."""

    code = "not_done"

    def __init__(self) -> None:
        super().__init__(_("This is not done, so there is nothing to take back."))
