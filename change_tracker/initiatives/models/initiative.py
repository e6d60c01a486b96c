"""The initiative, the people who carry it, and how rows of an initiative are seen."""

from functools import reduce
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import (
    EVERYTHING,
    M,
    Roles,
    User,
    VisibleQuerySet,
    any_of,
    key_of,
    roles_of,
    when,
    whether,
)
from change_tracker.core.ids import Ids, remembered
from change_tracker.core.models import Versioned
from change_tracker.people.models import AudienceMember, Person, ReportingLine
from change_tracker.people.models.persons import oneself


class Role(models.TextChoices):
    """A part that a person plays in one initiative."""

    SPONSOR = "sponsor", _("sponsor")
    LEAD = "lead", _("lead")
    CHANGE_AGENT = "change_agent", _("change agent")
    COACH = "coach", _("coach")
    VIEWER = "viewer", _("viewer")


#: Who reads the register and the actions of an initiative.
MEMBERS = tuple(Role)
#: Who carries the change to people, beside the lead.
AGENTS = (Role.CHANGE_AGENT, Role.COACH)
#: The change team: to whom people speak, and who answers them.
TEAM = (Role.LEAD, *AGENTS)
#: States in which nobody gets anything new from it.
ENDED = ("closed", "cancelled")
#: What only those who prepare it know of: drafts, also those that were given up.
WITHIN = models.Q(state="draft") | models.Q(is_withheld=True)


class InitiativeQuerySet(VisibleQuerySet["Initiative"]):
    def published(self) -> "InitiativeQuerySet":
        """Those that people outside the team may know about."""
        return self.exclude(WITHIN)

    def with_role(self, user: User, *roles: Role) -> "InitiativeQuerySet":
        """Those in which `user` plays one of `roles`; a viewer does not see drafts."""
        return self.filter(pk__in=played_by(user, *roles))

    def affecting(self, people: Ids) -> "InitiativeQuerySet":
        """Those that touch a group which one of `people` (ids) is in now."""
        from change_tracker.initiatives.models.groups import AffectedGroup

        audiences = AudienceMember.objects.open().filter(person__in=people).ids("audience")
        groups = AffectedGroup.objects.filter(audience__in=audiences)
        return self.filter(pk__in=groups.ids("initiative"))

    def with_figures_for(self, user: User) -> "InitiativeQuerySet":
        """Those whose figures `user` may read: with a role in them, HR, site admins.

        People whom an initiative merely touches, and their managers, see work, not figures.
        """
        roles = roles_of(user)
        mine = played_by(user, *MEMBERS)
        return self.filter(
            any_of(when(roles.site_admin or roles.manages_people), models.Q(pk__in=mine))
        )

    def readable(self, user: User, roles: Roles) -> models.Q:
        me = oneself(user)
        leads_people = models.Exists(ReportingLine.objects.filter(manager__user_id=key_of(user)))
        affected = Initiative.objects.affecting(me).published()
        return any_of(
            when(roles.site_admin or roles.manages_people, EVERYTHING),
            models.Q(pk__in=played_by(user, *MEMBERS)),
            models.Q(pk__in=affected.ids()),
            models.Q(leads_people) & ~WITHIN,
        )

    def writable(self, user: User, roles: Roles) -> models.Q:
        led = Initiative.objects.with_role(user, Role.LEAD)
        return any_of(when(roles.site_admin, ~WITHIN), models.Q(pk__in=led.ids()))

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        return roles_of(user).opens_initiatives or roles_of(user).site_admin


@remembered
def played_by(key: Any, *roles: Role) -> Ids:
    """The initiatives in which a user plays one of `roles`; a viewer does not see drafts."""
    mine = InitiativeMember.objects.filter(person__user_id=key, role__in=roles)
    if Role.VIEWER in roles:
        never_out = Initiative.objects.filter(WITHIN).values("pk")
        mine = mine.exclude(models.Q(role=Role.VIEWER, initiative__in=never_out))
    return mine.ids("initiative")


class Initiative(Versioned):
    """A change from a current to a future state."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        ON_HOLD = "on_hold", _("on hold")
        SUSTAINING = "sustaining", _("sustaining")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    purpose = models.TextField(_("why we do this"), blank=True)
    future_state = models.TextField(_("how it will be"), blank=True)
    stays_the_same = models.TextField(_("what stays the same"), blank=True)
    go_live_on = models.DateField(_("go-live"), null=True, blank=True)
    closing_note = models.TextField(_("closing note"), blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.DRAFT, editable=False
    )
    is_withheld = models.BooleanField(
        _("given up before it was published"), default=False, editable=False
    )

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["draft", "active", "on_hold", "sustaining", "closed", "cancelled"]
                ),
                name="ct_initiative_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """Whether only the people who prepare it see it, and may still delete parts of it."""
        return self.state == self.State.DRAFT

    @property
    def is_published(self) -> bool:
        """Whether people outside the team may know about it."""
        return not (self.is_draft or self.is_withheld)

    @property
    def has_ended(self) -> bool:
        """Whether nobody gets anything new from it."""
        return self.state in ENDED

    @property
    def audit_scope(self) -> str:
        """Where the history of everything in this initiative is found."""
        return f"initiative:{self.pk}"


class InitiativeChildQuerySet(VisibleQuerySet[M]):
    """Rows of an initiative. `path` leads to it; `readers` and `writers` are roles in it."""

    path = "initiative"
    readers: tuple[Role, ...] = MEMBERS
    writers: tuple[Role, ...] = (Role.LEAD,)
    creators: tuple[Role, ...] = (Role.LEAD,)
    hr_reads = False
    hr_writes = False
    admin_writes = True

    def in_initiatives(self, initiatives: "Ids | VisibleQuerySet[Initiative]") -> models.Q:
        """The condition on a row: its initiative is among `initiatives`."""
        ids = initiatives if isinstance(initiatives, Ids) else initiatives.ids()
        return models.Q(**{f"{self.path}__in": ids})

    def seen_from_within(self, user: User, *, always: bool, name: str = "is_within") -> Self:
        """Adds `name`: whether `user` plays a part in the row's initiative, or True `always`."""
        mine = self.in_initiatives(played_by(user, *MEMBERS))
        return self.annotate(**{name: whether(EVERYTHING if always else mine)})

    def from_within(self, user: User, roles: Roles) -> models.Q:
        """The condition that `user` plays a part in the row's initiative, or is staff."""
        return any_of(
            when(roles.site_admin or roles.manages_people),
            self.in_initiatives(played_by(user, *MEMBERS)),
        )

    def readable(self, user: User, roles: Roles) -> models.Q:
        return any_of(
            when(roles.site_admin or (self.hr_reads and roles.manages_people)),
            self.in_initiatives(played_by(user, *self.readers)),
        )

    def writable(self, user: User, roles: Roles) -> models.Q:
        return any_of(
            when(
                (self.admin_writes and roles.site_admin)
                or (self.hr_writes and roles.manages_people)
            ),
            self.in_initiatives(played_by(user, *self.writers)),
        )

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        roles = roles_of(user)
        if (self.admin_writes and roles.site_admin) or (self.hr_writes and roles.manages_people):
            return True
        initiative = self.initiative_of(values)
        if initiative is None:
            return False
        return Initiative.objects.with_role(user, *self.creators).filter(pk=initiative.pk).exists()

    def initiative_of(self, values: dict[str, Any]) -> "Initiative | None":
        """The initiative to which a row with `values` would belong."""
        first, *further = self.path.split("__")
        if values.get(first) is None:
            return None
        initiative: Initiative = reduce(getattr, further, values[first])
        return initiative


class OpenlyVisibleQuerySet(InitiativeChildQuerySet[M]):
    """Rows that everyone sees who sees the initiative; drafts are their lead's alone to write."""

    admin_writes = False

    def readable(self, user: User, roles: Roles) -> models.Q:
        return self.in_initiatives(Initiative.objects.visible_to(user))

    def writable(self, user: User, roles: Roles) -> models.Q:
        published = self.in_initiatives(Initiative.objects.published())
        return any_of(super().writable(user, roles), when(roles.site_admin, published))

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        if super().may_create(user, values):
            return True
        initiative = self.initiative_of(values)
        return initiative is not None and initiative.is_published and roles_of(user).site_admin


class InitiativeChild(models.Model):
    """A row that belongs to one initiative."""

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.PROTECT,
        related_name="%(class)ss",
    )

    class Meta:
        abstract = True

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return f"initiative:{self.initiative_id}"


class InitiativeMember(InitiativeChild, Versioned):
    """A person's role in an initiative; one person may hold several."""

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.CASCADE, related_name="members"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="initiative_roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    objects = OpenlyVisibleQuerySet["InitiativeMember"].as_manager()

    class Meta:
        verbose_name = _("member of an initiative")
        verbose_name_plural = _("members of initiatives")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "person", "role"], name="ct_initiative_role_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["sponsor", "lead", "change_agent", "coach", "viewer"]),
                name="ct_initiative_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
