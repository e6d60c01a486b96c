"""Actions that answer resistance, and whether they worked."""

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, any_of, key_of, roles_of, whether
from change_tracker.core.ids import Ids, is_known
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import (
    AGENTS,
    MEMBERS,
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
    Role,
    played_by,
)
from change_tracker.mitigation.kinds import OwnFields, own_constraints
from change_tracker.people.models import Audience, AudienceMember, Person, oneself_or_team
from change_tracker.resistance.models import ResistanceReview, ResistanceSource, StrategyType
from change_tracker.resistance.models.catalogue import ActionKind

OPEN_STATES = ("planned", "in_progress", "blocked")
#: Who keeps the actions that they own.
KEEPERS = (*AGENTS, Role.SPONSOR)
#: An action in one of these answers nothing.
NO_ANSWER = ("cancelled", "ineffective")
#: Whether it worked is for those who work on it.
JUDGED_STATES = ("effective", "ineffective")


class MitigationActionQuerySet(InitiativeChildQuerySet["MitigationAction"]):
    admin_writes = False

    def open(self) -> "MitigationActionQuerySet":
        """Work that has not ended."""
        return self.filter(state__in=OPEN_STATES)

    def done(self) -> "MitigationActionQuerySet":
        """Work that was carried out, whatever came of it."""
        return self.filter(state__in=("done", *JUDGED_STATES))

    def own(self, user: User) -> "MitigationActionQuerySet":
        """Those that the caller owns, in initiatives in which they have a part."""
        mine = self.filter(owner__user_id=key_of(user)) if is_known(user) else self.none()
        return mine.filter(self.in_initiatives(played_by(user, *MEMBERS)))

    def late(self, today: date) -> "MitigationActionQuerySet":
        """Open work past its date."""
        return self.open().filter(due_on__lt=today)

    def with_reviewed(self) -> Self:
        """Adds `is_reviewed`: whether a resistance it answers was reviewed after it was done."""
        later = ResistanceReview.objects.filter(
            source__actions=models.OuterRef("pk"), reviewed_on__gt=models.OuterRef("done_on")
        )
        return self.annotate(is_reviewed=models.Exists(later))

    def shown_to(self, user: User) -> Self:
        """Adds what decides which form of an action `user` gets.

        `is_within`: they read all of it; others, whose group is touched, read a brief form.
        `reads_register`: they also read which resistance it answers. `shown_state`: the state as
        they see it, where whether it worked is not told outside.
        """
        roles = roles_of(user)
        rows = self.annotate(is_within=whether(self.readable_in_full(user, roles)))
        rows = rows.seen_from_within(user, always=roles.site_admin, name="reads_register")
        judged = models.Q(is_within=False, state__in=JUDGED_STATES)
        return rows.annotate(
            shown_state=models.Case(
                models.When(judged, then=models.Value("done")), default=models.F("state")
            )
        )

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = oneself_or_team(user)
        touched = AudienceMember.objects.open().filter(person__in=people).ids("audience")
        published = Initiative.objects.published().ids()
        through = MitigationAction.audiences.through.objects.filter(audience__in=touched)
        touching = models.Q(pk__in=Ids(through, "mitigationaction"), initiative__in=published)
        return any_of(self.readable_in_full(user, roles), touching)

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """Those whose group is touched read a brief form."""
        return self.from_within(user, roles)

    def writable(self, user: User, roles: Roles) -> models.Q:
        own = models.Q(owner__user_id=key_of(user)) & self.in_initiatives(played_by(user, *KEEPERS))
        return any_of(super().writable(user, roles), own)

    def answerable_by(self, user: User) -> "MitigationActionQuerySet":
        """Others' actions to whose block the caller answers, as a sponsor."""
        sponsored = self.in_initiatives(played_by(user, Role.SPONSOR))
        return self.filter(sponsored).exclude(owner__user_id=key_of(user))

    def deletable_by(self, user: User) -> "MitigationActionQuerySet":
        return self.filter(self.in_initiatives(played_by(user, Role.LEAD)))


class MitigationAction(InitiativeChild, OwnFields, Versioned):
    """Dated work meant to lower one or many resistances; its kind may have fields of its own."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_PROGRESS = "in_progress", _("in progress")
        BLOCKED = "blocked", _("blocked")
        DONE = "done", _("done")
        EFFECTIVE = "effective", _("effective")
        INEFFECTIVE = "ineffective", _("ineffective")
        CANCELLED = "cancelled", _("cancelled")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("what exactly"), blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ActionKind.choices)
    strategy = models.ForeignKey(
        StrategyType,
        verbose_name=_("strategy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="actions",
    )
    sources = models.ManyToManyField(
        ResistanceSource, verbose_name=_("resistance it answers"), related_name="actions"
    )
    audiences = models.ManyToManyField(
        Audience, verbose_name=_("groups"), blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        Person,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    # Rises with every new date and when it is taken up again, so that people are reminded anew.
    due_revision = models.PositiveIntegerField(_("revision of the date"), default=1, editable=False)
    minutes = models.PositiveIntegerField(_("minutes asked of each person"), default=0)
    position = models.PositiveSmallIntegerField(
        _("position on the hill, 0 to 100"), default=0, validators=[MaxValueValidator(100)]
    )
    outcome = models.TextField(_("outcome"), blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)
    carried_from = models.ForeignKey(
        "self",
        verbose_name=_("carried over from"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="carried_to",
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.PLANNED, editable=False
    )

    objects = MitigationActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mitigation action")
        verbose_name_plural = _("mitigation actions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "planned",
                        "in_progress",
                        "blocked",
                        "done",
                        "effective",
                        "ineffective",
                        "cancelled",
                    ]
                ),
                name="ct_action_state",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ActionKind.values), name="ct_action_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(position__gte=0, position__lte=100), name="ct_action_position"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "effective", "ineffective"])
                | models.Q(done_on__isnull=False),
                name="ct_action_done_on",
            ),
            *own_constraints(),
        ]

    def __str__(self) -> str:
        return self.title
