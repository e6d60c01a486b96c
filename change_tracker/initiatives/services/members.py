"""Naming who carries an initiative."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import create_row, delete_row, lock
from change_tracker.initiatives.models import MEMBERS, Initiative, InitiativeMember, Role, played_by
from change_tracker.initiatives.points import ROLE_WORK
from change_tracker.people.models import Person
from change_tracker.people.models.persons import PersonQuerySet

#: Roles that a published initiative cannot be without; a draft needs a lead.
KEPT_ROLES = (Role.LEAD, Role.SPONSOR)


class LastMemberError(ChangeTrackerError):
    """An initiative would be left without a lead, or a published one without a sponsor."""

    code = "last_member"


class AlreadyThereError(ChangeTrackerError):
    """The same row exists already."""

    code = "already_there"


class NotHereError(ChangeTrackerError):
    """The person does not work here today."""

    code = "not_here"


def people_to_name(on: date) -> PersonQuerySet:
    """Whom a lead may name as a member: everyone who works here on that day.

    Wider than the doorway on purpose: a lead names a sponsor whom none of the groups contains.
    """
    return Person.objects.active(on)


def people_to_assign(user: User) -> PersonQuerySet:
    """Whom `user` may name as an owner or approver: whom they see, and who works with them."""
    mine = played_by(user, *MEMBERS)
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

    Raises LastMemberError when nobody who works here would lead the initiative any more, or, where
    it is no draft, sponsor it.
    """
    with transaction.atomic():
        # The lock makes two leads who remove each other take turns.
        if is_needed(member, lock(member.initiative), timezone.localdate(now)):
            raise LastMemberError(
                _("This is the last person in this role. Name somebody else for it first.")
            )
        delete_row(member, actor=actor, now=now)


def work_of(user: User, member: InitiativeMember) -> list[str]:
    """The open work of a member that may go over with the role, as `user` may read it."""
    return [line for work in ROLE_WORK for line in work.of(user, member.initiative, member.person)]


def hand_over(
    member: InitiativeMember,
    *,
    to: Person,
    actor: User | None,
    now: datetime,
    with_work: bool = False,
) -> InitiativeMember:
    """Give the role of `member` to somebody else, in one step: it is never without anybody.

    `with_work` gives them the open work of the member in this initiative, too.

    Whoever has the role already keeps it. Raises NotHereError for a leaver, StaleRowError when the
    role was taken away meanwhile.
    """
    with transaction.atomic():
        initiative = lock(member.initiative)
        held = lock(member)
        there = InitiativeMember.objects.filter(initiative=initiative, role=held.role, person=to)
        given = there.first() or add_member(
            initiative=initiative, person=to, role=held.role, actor=actor, now=now
        )
        if given.pk != held.pk:
            delete_row(held, actor=actor, now=now)
            for work in ROLE_WORK if with_work else ():
                work.hand_on(initiative, member.person, to=to, actor=actor, now=now)
    return given


def is_needed(member: InitiativeMember, initiative: Initiative, today: date) -> bool:
    """Whether nobody else who works here has a role that cannot do without; one query.

    A draft needs no sponsor yet, but without a lead nobody could change, delete or publish it.
    """
    kept = (Role.LEAD,) if initiative.is_draft else KEPT_ROLES
    return member.role in kept and not _others(member, today).exists()


def _others(member: InitiativeMember, today: date) -> Any:
    same = InitiativeMember.objects.filter(initiative=member.initiative_id, role=member.role)
    here = people_to_name(today).values("pk")
    return same.filter(person__in=here).exclude(pk=member.pk)
