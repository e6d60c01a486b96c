"""One person in one plan: why, since when, in which unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, any_of, key_of
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import InitiativeChildQuerySet, Role
from change_tracker.people.models import OrgUnit, Person, oneself_or_team
from change_tracker.training.models.plans import PlanAudience, TrainingPlan


class EnrolmentQuerySet(InitiativeChildQuerySet["Enrolment"]):
    path = "plan__initiative"
    # Sponsors, agents and viewers see figures, not persons.
    readers = (Role.LEAD, Role.COACH)
    hr_reads = True
    hr_writes = True
    admin_writes = False

    def active(self) -> "EnrolmentQuerySet":
        """Those with work ahead."""
        return self.filter(state=Enrolment.State.ACTIVE)

    def running(self) -> "EnrolmentQuerySet":
        """Those that leaving has an effect on: unfinished, or in force."""
        in_force = EnrolmentPeriod.objects.open().filter(enrolment=models.OuterRef("pk"))
        return self.filter(models.Q(state=Enrolment.State.ACTIVE) | models.Exists(in_force))

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = oneself_or_team(user)
        return any_of(super().readable(user, roles), models.Q(person__in=people))

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """A manager reads state and dates only."""
        return any_of(super().readable(user, roles), models.Q(person__user_id=key_of(user)))


class Enrolment(Versioned):
    """One person in one plan, one cycle."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="enrolments"
    )
    plan = models.ForeignKey(
        TrainingPlan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="enrolments"
    )
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    # NULL on imported rows without the date: kept, warned about, counted nowhere.
    assigned_on = models.DateField(_("assigned on"), null=True, blank=True)
    due_revision = models.PositiveIntegerField(_("revision of the dates"), default=1)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.ACTIVE, editable=False
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "person", "cycle"], name="ct_enrolment_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "completed", "withdrawn"]),
                name="ct_enrolment_state",
            ),
        ]
        indexes = [
            # read by the reminder tick: who was enrolled these days
            models.Index(
                fields=["assigned_on"],
                condition=models.Q(state="active"),
                name="ct_enrolment_active",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.plan}"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.plan.audit_scope


class EnrolmentReasonQuerySet(models.QuerySet["EnrolmentReason"]):
    def holding(self) -> "EnrolmentReasonQuerySet":
        """Those of people who are still in the group."""
        return self.filter(ended_on=None)


class EnrolmentReason(models.Model):
    """Why somebody is enrolled: through which rule, and so through which group.

    `ended_on` is the day on which they left the group. The row stays, so that history keeps why
    somebody had a plan; who comes back has the same one again.
    """

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.CASCADE, related_name="reasons"
    )
    plan_audience = models.ForeignKey(
        PlanAudience, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="reasons"
    )
    ended_on = models.DateField(_("left the group on"), null=True, blank=True)

    objects = EnrolmentReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason of an enrolment")
        verbose_name_plural = _("reasons of enrolments")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "plan_audience"], name="ct_reason_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} through {self.plan_audience_id}"


class EnrolmentPeriodQuerySet(models.QuerySet["EnrolmentPeriod"]):
    def open(self) -> "EnrolmentPeriodQuerySet":
        """Those in force now."""
        return self.filter(is_open=True)


class EnrolmentPeriod(models.Model):
    """When an enrolment was in force, and in which unit; `to_on` is the first day after it."""

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.CASCADE, related_name="periods"
    )
    unit = models.ForeignKey(
        OrgUnit,
        verbose_name=_("unit"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"), null=True, blank=True)
    is_open = models.BooleanField(_("in force"), null=True, default=True, editable=False)

    objects = EnrolmentPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period of an enrolment")
        verbose_name_plural = _("periods of enrolments")
        ordering = ["enrolment_id", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "is_open"], name="ct_period_open_once"),
            models.CheckConstraint(
                # NULL = TRUE is unknown, and a CHECK lets the unknown pass: hence both isnull.
                condition=models.Q(is_open__isnull=False, is_open=True, to_on=None)
                | models.Q(is_open=None, to_on__isnull=False),
                name="ct_period_open_or_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on=None) | models.Q(to_on__gte=models.F("from_on")),
                name="ct_period_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.from_on} to {self.to_on or ''}"
