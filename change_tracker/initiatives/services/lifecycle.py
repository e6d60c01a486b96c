"""Opening, changing, moving and deleting an initiative."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row, delete_row, lock
from change_tracker.core.slugs import create_with_slug
from change_tracker.core.validators import plausible_day
from change_tracker.initiatives.models import Initiative, InitiativeMember, Role
from change_tracker.initiatives.points import GO_LIVE_MOVED, Following
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import Person


class NoPersonError(ChangeTrackerError):
    """The login is not linked to a person."""

    code = "no_person"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your login is not linked to a person, so you cannot lead an initiative. "
                "Ask human resources to link it."
            )
        )


class PublishedError(ChangeTrackerError):
    """What was once published is not deleted."""

    code = "published"


class InitiativeEndedError(ChangeTrackerError):
    """Nothing new begins in an initiative that is closed or cancelled."""

    code = "initiative_ended"

    def __init__(self) -> None:
        super().__init__(_("This initiative has ended; nothing new can begin in it."))


def person_of(actor: User | None) -> Person | None:
    """The person behind a login; none for the system or a login without one."""
    return None if actor is None else Person.objects.of_user(actor).first()


def create_initiative(*, title: str, actor: User, now: datetime, **values: Any) -> Initiative:
    """Open a draft whose lead is the person behind `actor`; its slug comes from the title.

    Raises NoPersonError when the login has no person, ValidationError for a day of go-live that
    nobody can mean; then nothing is written.
    """
    _require_plausible(values.get("go_live_on"))
    lead = person_of(actor)
    if lead is None:
        raise NoPersonError
    with transaction.atomic():
        initiative = create_with_slug(
            Initiative, title, fallback="initiative", title=title, actor=actor, now=now, **values
        )
        create_row(
            InitiativeMember,
            initiative=initiative,
            person=lead,
            role=Role.LEAD,
            actor=actor,
            now=now,
        )
    return initiative


def change_initiative(
    initiative: Initiative,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Initiative:
    """Change what an initiative says about itself; raises StaleRowError as `change_row` does.

    Another day of go-live takes along what counts from it. Raises ValidationError for one that
    nobody can mean.
    """
    _require_plausible(changes.get("go_live_on"))
    moves = changes.get("go_live_on", initiative.go_live_on) != initiative.go_live_on
    with transaction.atomic():
        changed = change_row(
            initiative, actor=actor, now=now, expected_version=expected_version, **changes
        )
        for each in GO_LIVE_MOVED if moves else ():
            each.follow(changed, actor=actor, now=now)
    return changed


def foresee_go_live(
    initiative: Initiative, *, to: date | None, user: User, today: date
) -> list[Following]:
    """What another day of go-live would take along, as far as `user` may know; the same day and
    none of it take nothing along. Two queries or so for each kind of thing that follows. Raises
    ValidationError as `change_initiative` does.
    """
    _require_plausible(to)
    if to == initiative.go_live_on:
        return []
    return [line for each in GO_LIVE_MOVED for line in each.foresee(user, initiative, to, today)]


def _require_plausible(go_live_on: date | None) -> None:
    if go_live_on is not None:
        try:
            plausible_day(go_live_on)
        except ValidationError as error:
            raise ValidationError({"go_live_on": error.messages}) from error


def move_initiative(
    initiative: Initiative,
    *,
    to: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
    closing_note: str = "",
) -> Initiative:
    """Move an initiative; `closing_note` is kept when it closes. Raises what `move` raises.

    What is given up as a draft is known to nobody else afterwards either.
    """
    changes: dict[str, Any] = {}
    if to == Initiative.State.CLOSED and closing_note.strip():
        changes["closing_note"] = closing_note
    if to == Initiative.State.CANCELLED and initiative.is_draft:
        changes["is_withheld"] = True
    with transaction.atomic():
        # Whoever waited here looks at the day of go-live that it has by now.
        initiative.go_live_on = lock(initiative).go_live_on
        return INITIATIVE.move(initiative, to=to, actor=actor, now=now, reason=reason, **changes)


def delete_initiative(initiative: Initiative, *, actor: User | None, now: datetime) -> None:
    """Delete a draft with its members, objectives and groups.

    Raises PublishedError for anything but a draft, InUseError when a resistance, an action or a
    plan refers to it.
    """
    with transaction.atomic():
        require_draft(initiative)
        delete_row(initiative, actor=actor, now=now)


def require_running(initiative: Initiative) -> None:
    """Lock `initiative` and raise InitiativeEndedError when it is closed or cancelled."""
    if lock(initiative).has_ended:
        raise InitiativeEndedError


def require_draft(initiative: Initiative) -> None:
    if lock(initiative).state != Initiative.State.DRAFT:
        raise PublishedError(
            _("This initiative is no longer a draft, so nothing of it is deleted.")
        )
