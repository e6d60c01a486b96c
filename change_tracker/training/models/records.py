"""The line of the transcript: one person and one item."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, any_of, key_of, roles_of, when
from change_tracker.core.conf import get_conf
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import InitiativeChildQuerySet, Role
from change_tracker.people.models import OrgUnit, Person
from change_tracker.training.models.activities import LearningActivity
from change_tracker.training.models.enrolments import Enrolment
from change_tracker.training.models.plans import DueRule, PlanItem, TrainingPlan

OPEN_STATES = ("not_started", "in_progress", "submitted")
#: States in which a record no longer counts; `left_on` says since when.
LEFT_STATES = ("waived", "void", "revoked")


class TrainingRecordQuerySet(InitiativeChildQuerySet["TrainingRecord"]):
    path = "plan__initiative"
    readers = (Role.LEAD, Role.COACH)
    hr_reads = True
    hr_writes = True
    admin_writes = False

    def outstanding(self) -> "TrainingRecordQuerySet":
        """Work that is still to be done."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: date) -> "TrainingRecordQuerySet":
        """Past the due date and not done."""
        return self.outstanding().filter(due_on__lt=today)

    def required(self) -> "TrainingRecordQuerySet":
        """What an enrolment needs to be complete."""
        return self.filter(item__is_required=True)

    def own(self, user: User) -> "TrainingRecordQuerySet":
        """The caller's own."""
        return self.filter(person__user_id=key_of(user)) if user.is_authenticated else self.none()

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = Person.objects.own_or_team(user).values("pk")
        return any_of(super().readable(user, roles), models.Q(person__in=people))

    def completable_by(self, user: User) -> "TrainingRecordQuerySet":
        """Those that `user` may mark as done, and take back: their own, and for HR all."""
        if not user.is_authenticated:
            return self.none()
        own = models.Q(person__user_id=key_of(user))
        return self.filter(any_of(when(roles_of(user).manages_people), own))

    def known_in_full_to(self, user: User) -> "TrainingRecordQuerySet":
        """Those of which `user` may read every field; a manager reads state and dates only."""
        own = models.Q(person__user_id=key_of(user))
        return self.filter(any_of(super().readable(user, roles_of(user)), own))


class TrainingRecord(Versioned):
    """One person and one item; made at assignment, never deleted, never silently changed."""

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("not started")
        IN_PROGRESS = "in_progress", _("in progress")
        SUBMITTED = "submitted", _("submitted")
        COMPLETED = "completed", _("completed")
        WAIVED = "waived", _("exempt")
        VOID = "void", _("no longer needed")
        REVOKED = "revoked", _("revoked")

    class Origin(models.TextChoices):
        ASSIGNED = "assigned", _("assigned here")
        IMPORTED = "imported", _("imported")

    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="records"
    )
    item = models.ForeignKey(
        PlanItem, verbose_name=_("item"), on_delete=models.PROTECT, related_name="records"
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    # Copies of what the enrolment and the item say, so that lists need no joins.
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="training_records"
    )
    plan = models.ForeignKey(
        TrainingPlan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="records"
    )
    activity = models.ForeignKey(
        LearningActivity,
        verbose_name=_("activity"),
        on_delete=models.PROTECT,
        related_name="records",
    )
    unit = models.ForeignKey(
        OrgUnit, verbose_name=_("unit today"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    activity_version = models.PositiveIntegerField(_("version of the content"), default=1)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_rule = models.CharField(
        _("due by the rule"), max_length=20, choices=DueRule.choices, blank=True
    )
    due_days = models.PositiveIntegerField(_("due after days"), null=True, blank=True)
    due_revision = models.PositiveIntegerField(_("revision of the date"), default=1)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    completed_at = models.DateTimeField(_("recorded as completed at"), null=True, blank=True)
    completed_by = models.ForeignKey(
        Person,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    left_on = models.DateField(_("no longer counts from"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=2, null=True, blank=True)
    origin = models.CharField(
        _("origin"), max_length=20, choices=Origin.choices, default=Origin.ASSIGNED
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.NOT_STARTED, editable=False
    )

    objects = TrainingRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("training record")
        verbose_name_plural = _("training records")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "item", "attempt"], name="ct_record_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "not_started",
                        "in_progress",
                        "submitted",
                        "completed",
                        "waived",
                        "void",
                        "revoked",
                    ]
                ),
                name="ct_record_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="completed") | models.Q(completed_on__isnull=False),
                name="ct_record_completed_on",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waived", "void", "revoked"], left_on__isnull=False)
                | (~models.Q(state__in=["waived", "void", "revoked"]) & models.Q(left_on=None)),
                name="ct_record_left_on",
            ),
        ]
        indexes = [
            # read by the reminder tick: what is open and due up to a day
            models.Index(
                fields=["due_on", "person"],
                include=["id"],
                condition=models.Q(state__in=["not_started", "in_progress", "submitted"]),
                name="ct_record_open_due",
            ),
            # read by my training
            models.Index(fields=["person", "due_on"], name="ct_record_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.activity}"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.plan.audit_scope

    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in OPEN_STATES

    def can_be_undone_by(self, person_id: int, today: date) -> bool:
        """Whether that person marked it as done, and not too long ago; queries nothing."""
        if self.state != self.State.COMPLETED or self.completed_at is None:
            return False
        days = (today - timezone.localdate(self.completed_at)).days
        return self.completed_by_id == person_id and days <= get_conf().undo_days

    def days_late(self, today: date) -> int:
        """Days past the due date of an open record; 0 when it is not late."""
        if not self.is_open() or self.due_on is None:
            return 0
        return max((today - self.due_on).days, 0)
