"""What the pages of an initiative read: its people, its goals, and whom it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from change_tracker.core.access import User, roles_of
from change_tracker.core.questions import question
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import (
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Milestone,
    Objective,
    Role,
)
from change_tracker.initiatives.parts import explained
from change_tracker.people.models import Audience, Person
from change_tracker.people.queries import clauses_of, people_once, with_clauses
from change_tracker.people.services.audiences import describe_clauses


@dataclass(frozen=True, slots=True)
class Part:
    """A role, and those who play it."""

    role: str
    label: str | Promise
    explained: str | Promise
    members: Sequence[InitiativeMember]


def set_ups_for(user: User) -> QuerySet[Any]:
    """Initiatives whose inside `user` may read, with names and `may_change`."""
    return with_head(Initiative.objects.with_figures_for(user), user)


@question
def set_up_of(user: User, *, slug: str) -> QuerySet[Any]:
    """The one of `set_ups_for` that has this address."""
    return set_ups_for(user).filter(slug=slug)


@question
def initiative_of(user: User, *, slug: str) -> QuerySet[Any]:
    """The initiative of this address, with its head, for all who may read of it."""
    return with_head(Initiative.objects.visible_to(user).filter(slug=slug), user)


@question
def initiative_told(user: User, *, slug: str, today: date) -> QuerySet[Any]:
    """The same for those whom it touches: only who works here is named."""
    return with_head(Initiative.objects.visible_to(user).filter(slug=slug), user, today)


def members_for(user: User) -> QuerySet[Any]:
    """Members whom `user` may read, with names and `may_change`."""
    rows: Any = InitiativeMember.objects.visible_to(user).select_related("person__unit")
    changeable = InitiativeMember.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    return rows.annotate(may_change=Exists(changeable))  # type: ignore[no-any-return]


def objectives_for(user: User) -> QuerySet[Any]:
    """Objectives that `user` may read, with their latest reading and `may_change`."""
    changeable = Objective.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    rows: Any = Objective.objects.visible_to(user)
    return rows.with_latest().annotate(may_change=Exists(changeable))  # type: ignore[no-any-return]  # a queryset


def milestones_for(user: User) -> QuerySet[Any]:
    """Milestones that `user` may read, in their order, with `may_change`."""
    changeable = Milestone.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    rows: Any = Milestone.objects.visible_to(user)
    return rows.in_order().annotate(may_change=Exists(changeable))  # type: ignore[no-any-return]  # a queryset


def with_leaders(rows: QuerySet[Initiative], today: date) -> QuerySet[Any]:
    """Adds `is_led`: whether one of its leads works here on that day; no query more."""
    leads = InitiativeMember.objects.filter(initiative=OuterRef("pk"), role=Role.LEAD)
    here = Person.objects.active(today).values("pk")
    return rows.annotate(is_led=Exists(leads.filter(person__in=here)))


def left_leads(user: User, today: date) -> QuerySet[InitiativeMember]:
    """Leads who have left, whose role sponsors and HR may give to somebody else."""
    here = Person.objects.active(today).values("pk")
    rows = InitiativeMember.objects.filter(role=Role.LEAD).exclude(person__in=here)
    if roles_of(user).manages_people:
        return rows
    sponsored = Initiative.objects.with_role(user, Role.SPONSOR)
    return rows.filter(initiative__in=sponsored.ids())


def parts_of(user: User, initiative: Initiative, today: date) -> list[Part]:
    """Every role of an initiative with those who play it, also where nobody does; one query.

    Members have `has_left`, and `may_hand_over` beside `may_change`.
    """
    here = Person.objects.active(today).filter(pk=OuterRef("person"))
    left = left_leads(user, today).filter(pk=OuterRef("pk"))
    rows = members_for(user).filter(initiative=initiative)
    rows = rows.annotate(has_left=~Exists(here), may_hand_over=Exists(left) | Q(may_change=True))
    found = list(rows.order_by("pk"))
    return [
        Part(role, role.label, explained(role), [each for each in found if each.role == role])
        for role in Role
    ]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group, how many people are in it now, and its rule for those who may read it."""

    group: Any
    people: int
    sentence: str


def groups_of(initiative: Initiative, user: User) -> list[GroupLine]:
    """Whom it touches, hardest first, with `shows_stance`; one query."""
    known = Audience.objects.known_in_full_to(user).filter(pk=OuterRef("audience"))
    rows: Any = AffectedGroup.objects.visible_to(user).filter(initiative=initiative)
    rows = rows.with_stance_for(user)
    rows = rows.annotate(is_known=Exists(known)).select_related("audience")
    rows = with_clauses(rows, "audience__clauses").annotate(people=people_once("audience"))
    by_group = groupby(rows.order_by("-impact", "pk", "line_id"), key=lambda row: row.pk)
    return [_line(list(lines)) for _pk, lines in by_group]


def _line(rows: list[Any]) -> GroupLine:
    group = rows[0]
    sentence = describe_clauses(clauses_of(rows)) if group.is_known else ""
    return GroupLine(group, group.people, sentence)
