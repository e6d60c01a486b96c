"""Who is asking, and the one doorway through which rows are read.

Every page, API call, export, mail and admin list starts from `Model.objects.visible_to(user)`.
What is not visible does not exist for the caller (404); what is visible but may not be changed
is refused (403).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from change_tracker.core.conf import get_conf, load
from change_tracker.core.ids import Ids, is_known

User: TypeAlias = AbstractBaseUser | AnonymousUser
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Roles:
    """What a user may do on the whole site, beside their roles in initiatives."""

    site_admin: bool = False
    manages_people: bool = False
    opens_initiatives: bool = False
    #: other systems: they say who has done what, and read nothing
    reports_completions: bool = False


NOBODY = Roles()


def django_roles(user: User) -> Roles:
    """Roles from Django's permissions; a user model without permissions has none.

    A superuser is not HR by being one, though Django says that they have every permission:
    site admins read people's training, they do not decide about it.
    """
    if not user.is_active or not hasattr(user, "has_perm"):
        return NOBODY
    site_admin = bool(getattr(user, "is_superuser", False))
    return Roles(
        site_admin=site_admin,
        manages_people=not site_admin and user.has_perm("change_tracker.manage_people"),
        opens_initiatives=user.has_perm("change_tracker.add_initiative"),
        reports_completions=not site_admin and user.has_perm("change_tracker.report_completions"),
    )


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever has these roles, and a key that is filled in later; see core/questions.py."""

    pk: Any
    roles: Roles
    is_authenticated: bool = True


def roles_of(user: User) -> Roles:
    """The roles of `user`, from the callable in the setting ROLES; a stranger has none."""
    if isinstance(user, Asker):
        return user.roles
    if not user.is_authenticated:
        return NOBODY
    rule: Callable[[User], Roles] = load(get_conf().roles)
    return rule(user)


def key_of(user: User) -> Any:
    """The primary key of a user, of whatever type the host's model has."""
    return user.pk


class VisibleQuerySet(models.QuerySet[M]):
    """Rows behind the doorway. Subclasses say who sees, changes, deletes and creates them.

    Conditions use subqueries, not joins, so that a row is never found twice.
    """

    #: what is looked up for all rows once they are there
    _along: tuple[Callable[[list[Any]], None], ...] = ()

    def ids(self, field: str = "pk") -> Ids:
        """The values of `field` as an operand of `__in`, for rows that refer to none outside."""
        return Ids(self, field)

    def visible_to(self, user: User) -> "VisibleQuerySet[M]":
        """The rows that `user` may read."""
        if not is_known(user):
            return self.none()
        return self.filter(self.readable(user, roles_of(user)))

    def changeable_by(self, user: User) -> "VisibleQuerySet[M]":
        """The rows that `user` may change."""
        if not is_known(user):
            return self.none()
        return self.filter(self.writable(user, roles_of(user)))

    def deletable_by(self, user: User) -> "VisibleQuerySet[M]":
        """The rows that `user` may delete, as far as roles decide."""
        return self.changeable_by(user)

    def known_in_full_to(self, user: User) -> "VisibleQuerySet[M]":
        """The rows of which `user` may read every field."""
        if not is_known(user):
            return self.none()
        return self.filter(self.readable_in_full(user, roles_of(user)))

    def choosable_by(self, user: User) -> "VisibleQuerySet[M]":
        """The rows that `user` may name in others, as the group or owner of something; by default
        all that they see. Fewer where naming a row gives rights to it.
        """
        return self.visible_to(user)

    def all_known_in_full_to(self, user: User) -> bool:
        """Whether `user` may read every field of whatever they may read; no query."""
        has_brief_form = type(self).readable_in_full is not VisibleQuerySet.readable_in_full
        return not has_brief_form or (
            is_known(user) and self.readable_in_full(user, roles_of(user)) == EVERYTHING
        )

    def with_discretion(self, user: User) -> Self:
        """Adds `is_known_in_full`: whether `user` may read every field of the row."""
        known = whether(self.readable_in_full(user, roles_of(user)))
        return self.annotate(is_known_in_full=known)

    def naming(self, **columns: str) -> Self:
        """Brings along the rows that each row points to, with this one column of each: to read the
        others of somebody costs more than the rest of the row.
        """
        own = [each.name for each in self.model._meta.concrete_fields]
        return self.select_related(*columns).only(*own, *map("__".join, columns.items()))

    def along_with(self, look_up: Callable[[list[Any]], None]) -> Self:
        """Has `look_up` note more on all rows at once when they are read. Where a lookup is written
        already that takes a tenth of what `prefetch_related` does.
        """
        rows = self.all()
        rows._along = (*self._along, look_up)
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # has no type
        clone._along = self._along
        return clone

    def _fetch_all(self) -> None:
        is_fresh = self._result_cache is None
        super()._fetch_all()
        for look_up in self._along if is_fresh else ():
            look_up(list(self._result_cache or ()))

    def readable(self, user: User, roles: Roles) -> models.Q:
        """The condition behind `visible_to`; by default nobody reads."""
        return NOTHING

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """The condition behind `known_in_full_to`; by default whoever reads a row reads all."""
        return self.readable(user, roles)

    def writable(self, user: User, roles: Roles) -> models.Q:
        """The condition behind `changeable_by`; by default nobody writes."""
        return NOTHING

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """Whether `user` may create a row with `values`; by default nobody may."""
        return False


EVERYTHING = models.Q()
NOTHING = models.Q(pk__in=[])


def any_of(*conditions: models.Q) -> models.Q:
    """Whoever meets one condition; everything when one of them is everything."""
    if EVERYTHING in conditions:
        return EVERYTHING
    joined = NOTHING
    for each in conditions:
        if each != NOTHING:
            joined = each if joined == NOTHING else joined | each
    return joined


def whether(condition: models.Q) -> models.expressions.Combinable:
    """`condition` as a column: the row at hand is asked, not looked for among all rows."""
    if condition == EVERYTHING:
        return models.Value(True)  # noqa: FBT003  an SQL value
    return models.Case(models.When(condition, then=True), default=False)


def when(holds: bool, condition: models.Q = EVERYTHING) -> models.Q:  # noqa: FBT001 a predicate
    """`condition` where `holds`, else nothing."""
    return condition if holds else NOTHING
