"""Opening, carrying and ending an initiative, and the people and goals that belong to it."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError, StaleRowError
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.initiatives.models import (
    MEMBERS,
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Objective,
    Role,
)
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import Audience, Person
from change_tracker.people.models.persons import PersonQuerySet

P = TypeVar("P", Objective, AffectedGroup)

ENDED = (Initiative.State.CLOSED, Initiative.State.CANCELLED)
#: Roles that a published initiative cannot be without.
KEPT_ROLES = (Role.LEAD, Role.SPONSOR)
SLUG_ATTEMPTS = 3
SLUG_LENGTH = 80


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


class LastMemberError(ChangeTrackerError):
    """A published initiative would be left without a lead or a sponsor."""

    code = "last_member"


class AlreadyThereError(ChangeTrackerError):
    """The same row exists already."""

    code = "already_there"


class NotHereError(ChangeTrackerError):
    """The person does not work here today."""

    code = "not_here"


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

    Raises NoPersonError when the login has no person; then nothing is written.
    """
    lead = person_of(actor)
    if lead is None:
        raise NoPersonError
    with transaction.atomic():
        initiative = _with_free_slug(title=title, actor=actor, now=now, **values)
        create_row(
            InitiativeMember,
            initiative=initiative,
            person=lead,
            role=Role.LEAD,
            actor=actor,
            now=now,
        )
    return initiative


def _with_free_slug(*, title: str, **values: Any) -> Initiative:
    for attempt in range(SLUG_ATTEMPTS):
        try:
            with transaction.atomic():
                return create_row(Initiative, title=title, slug=free_slug(title), **values)
        except IntegrityError:
            # Somebody took the slug between our look and our write.
            if attempt == SLUG_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def free_slug(title: str) -> str:
    """A slug for `title` that no initiative has yet: `new-desk`, `new-desk-2` …; one query."""
    room = SLUG_LENGTH - 8
    base = slugify(title)[:room].strip("-") or "initiative"
    taken = set(Initiative.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def change_initiative(
    initiative: Initiative,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Initiative:
    """Change what an initiative says about itself; raises StaleRowError as `change_row` does."""
    return change_row(
        initiative, actor=actor, now=now, expected_version=expected_version, **changes
    )


def move_initiative(
    initiative: Initiative,
    *,
    to: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
    closing_note: str = "",
) -> Initiative:
    """Move an initiative; `closing_note` is kept when it closes. Raises what `move` raises."""
    closes = to == Initiative.State.CLOSED and closing_note.strip()
    changes = {"closing_note": closing_note} if closes else {}
    with transaction.atomic():
        lock(initiative)
        return INITIATIVE.move(initiative, to=to, actor=actor, now=now, reason=reason, **changes)


def delete_initiative(initiative: Initiative, *, actor: User | None, now: datetime) -> None:
    """Delete a draft with its members, objectives and groups.

    Raises PublishedError for anything but a draft, InUseError when a resistance, an action or a
    plan refers to it.
    """
    with transaction.atomic():
        _require_draft(initiative)
        delete_row(initiative, actor=actor, now=now)


def people_to_name(on: date) -> PersonQuerySet:
    """Whom a lead may name as a member: everyone who works here on that day.

    Wider than the doorway on purpose: a lead names a sponsor whom none of the groups contains.
    """
    return Person.objects.active(on)


def people_to_assign(user: User) -> PersonQuerySet:
    """Whom `user` may name as an owner or approver: whom they see, and who works with them."""
    mine = Initiative.objects.with_role(user, *MEMBERS).values("pk")
    members = InitiativeMember.objects.filter(initiative__in=mine).values("person")
    visible = Person.objects.visible_to(user).values("pk")
    return Person.objects.filter(models.Q(pk__in=visible) | models.Q(pk__in=members))


def add_member(
    *, initiative: Initiative, person: Person, role: str, actor: User | None, now: datetime
) -> InitiativeMember:
    """Give `person` a role. Raises AlreadyThereError on a repeat, NotHereError for a leaver."""
    if not person.is_active(timezone.localdate(now)):
        raise NotHereError(_("%(name)s does not work here today.") % {"name": person})
    values: dict[str, Any] = {"initiative": initiative, "person": person, "role": role}
    try:
        with transaction.atomic():
            return create_row(InitiativeMember, actor=actor, now=now, **values)
    except IntegrityError as error:
        if not InitiativeMember.objects.filter(**values).exists():
            raise
        raise AlreadyThereError(_("%(name)s has this role already.") % {"name": person}) from error


def remove_member(member: InitiativeMember, *, actor: User | None, now: datetime) -> None:
    """Take a role away.

    Raises LastMemberError when an initiative that is not a draft would lose its last lead or
    sponsor.
    """
    with transaction.atomic():
        # The lock makes two leads who remove each other take turns.
        initiative = lock(member.initiative)
        if initiative.state != Initiative.State.DRAFT and _is_last(member):
            raise LastMemberError(
                _("This is the last person in this role. Name somebody else for it first.")
            )
        delete_row(member, actor=actor, now=now)


def _is_last(member: InitiativeMember) -> bool:
    same = InitiativeMember.objects.filter(initiative=member.initiative_id, role=member.role)
    return member.role in KEPT_ROLES and not same.exclude(pk=member.pk).exists()


def add_objective(
    *, initiative: Initiative, actor: User | None, now: datetime, **values: Any
) -> Objective:
    """Add a success criterion."""
    return create_row(Objective, initiative=initiative, actor=actor, now=now, **values)


def add_affected_group(
    *, initiative: Initiative, audience: Audience, actor: User | None, now: datetime, **values: Any
) -> AffectedGroup:
    """Say how the initiative touches an audience. Raises AlreadyThereError on a repeat."""
    _require_order(values.get("from_on"), values.get("to_on"))
    try:
        with transaction.atomic():
            return create_row(
                AffectedGroup,
                initiative=initiative,
                audience=audience,
                actor=actor,
                now=now,
                **values,
            )
    except IntegrityError as error:
        if not AffectedGroup.objects.filter(initiative=initiative, audience=audience).exists():
            raise
        raise AlreadyThereError(
            _("%(name)s is an affected group already.") % {"name": audience}
        ) from error


def change_part(
    part: P,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> P:
    """Change an objective or an affected group."""
    if isinstance(part, AffectedGroup):
        _require_order(changes.get("from_on", part.from_on), changes.get("to_on", part.to_on))
    return change_row(part, actor=actor, now=now, expected_version=expected_version, **changes)


def delete_part(part: Objective | AffectedGroup, *, actor: User | None, now: datetime) -> None:
    """Delete an objective or an affected group of a draft.

    Raises PublishedError when the initiative is not a draft.
    """
    with transaction.atomic():
        _require_draft(part.initiative)
        delete_row(part, actor=actor, now=now)


def _require_order(from_on: date | None, to_on: date | None) -> None:
    if from_on is not None and to_on is not None and to_on < from_on:
        raise ValidationError({"to_on": _("The last day cannot be before the first.")})


def require_running(initiative: Initiative) -> None:
    """Lock `initiative` and raise InitiativeEndedError when it is closed or cancelled."""
    if lock(initiative).state in ENDED:
        raise InitiativeEndedError


def _require_draft(initiative: Initiative) -> None:
    if lock(initiative).state != Initiative.State.DRAFT:
        raise PublishedError(
            _("This initiative is no longer a draft, so nothing of it is deleted.")
        )


R = TypeVar("R", bound=models.Model)


def lock(row: R) -> R:
    """The same row as it is now, held until the transaction ends; others wait.

    Raises StaleRowError when it was deleted in the meantime.
    """
    held = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if held is None:
        raise StaleRowError
    return held
