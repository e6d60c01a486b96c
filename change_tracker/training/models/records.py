"""The line of the transcript: one person and one item."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, any_of, key_of, roles_of, when
from change_tracker.core.clock import midnight
from change_tracker.core.conf import get_conf
from change_tracker.core.ids import is_known
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import InitiativeChildQuerySet, Role, played_by
from change_tracker.people.models import OrgUnit, Person, oneself, oneself_or_team, team_of
from change_tracker.training.models.activities import LearningActivity
from change_tracker.training.models.dues import WithKeptDue
from change_tracker.training.models.enrolments import Enrolment
from change_tracker.training.models.plans import PlanItem, TrainingPlan

OPEN_STATES = ("not_started", "in_progress", "submitted")
#: States in which a record no longer counts; `left_on` says since when.
LEFT_STATES = ("waived", "void", "revoked")


def undoable_since(today: date) -> datetime:
    """From when on a word that something is done may be taken back on that day."""
    return midnight(today - timedelta(days=get_conf().undo_days))


class TrainingRecordQuerySet(InitiativeChildQuerySet["TrainingRecord"]):
    path = "plan__initiative"
    readers = (Role.LEAD, Role.COACH)
    hr_reads = True
    hr_writes = True
    admin_writes = False

    def attempts_after(self, enrolment: Any, item: Any, attempt: Any) -> "TrainingRecordQuerySet":
        """Further attempts at the same item of an enrolment; keys, or columns of an outer query."""
        return self.filter(enrolment=enrolment, item=item, attempt__gt=attempt)

    def outstanding(self) -> "TrainingRecordQuerySet":
        """Work that is still to be done."""
        return self.filter(state__in=OPEN_STATES)

    def to_do(self) -> "TrainingRecordQuerySet":
        """Outstanding, and the next step is the person's: what was handed in waits for others."""
        return self.filter(state__in=("not_started", "in_progress"))

    def opened(self) -> "TrainingRecordQuerySet":
        """Work whose turn has come; what waits for the activity before it is left out."""
        return self.filter(opens_on__isnull=False)

    def overdue(self, today: date) -> "TrainingRecordQuerySet":
        """Past the due date and not done; nothing is late before its turn."""
        return self.outstanding().opened().filter(due_on__lt=today)

    def required(self) -> "TrainingRecordQuerySet":
        """What an enrolment needs to be complete."""
        return self.filter(item__is_required=True)

    def last_attempts(self) -> "TrainingRecordQuerySet":
        """Of several attempts at one item the last; revoked ones are never it."""
        later = self.model._default_manager.filter(
            enrolment=models.OuterRef("enrolment"),
            item=models.OuterRef("item"),
            attempt__gt=models.OuterRef("attempt"),
        )
        return self.filter(~models.Exists(later))

    def own(self, user: User) -> "TrainingRecordQuerySet":
        """The caller's own."""
        return self.filter(person__user_id=key_of(user)) if is_known(user) else self.none()

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = oneself_or_team(user)
        return any_of(super().readable(user, roles), models.Q(person__in=people))

    def completable_by(self, user: User) -> "TrainingRecordQuerySet":
        """Those that `user` may mark as done, and take back: their own, and for HR all."""
        if not is_known(user):
            return self.none()
        own = models.Q(person__user_id=key_of(user))
        return self.filter(any_of(when(roles_of(user).manages_people), own))

    def recordable_by(self, user: User) -> "TrainingRecordQuerySet":
        """Those that `user` may record for others: their team's, a lead's, for HR all, and for
        coaches what they sign off. Never their own.
        """
        team = team_of(user)
        # Not written as a negation of the join: a person without a login has NULL there.
        own = oneself(user)
        coached = self.in_initiatives(played_by(user, Role.COACH)) & models.Q(
            activity__completion_rule=LearningActivity.CompletionRule.SIGN_OFF
        )
        team_or_coached = models.Q(person__in=team) | coached
        others = any_of(self.writable(user, roles_of(user)), team_or_coached)
        return self.filter(others & ~models.Q(person__in=own))

    def spoken_for_by(self, user: User) -> "TrainingRecordQuerySet":
        """Of these, those of people who cannot sign in, and what `user` recorded for them."""
        if not is_known(user):
            return self.none()
        recorded = models.Q(completed_by__user_id=key_of(user))
        return self.recordable_by(user).filter(models.Q(person__user=None) | recorded)

    def sayable(self) -> "TrainingRecordQuerySet":
        """Work to do that others record or hand in for people who cannot sign in to do so."""
        rules = (*LearningActivity.SAID, LearningActivity.CompletionRule.EVIDENCE)
        said = self.to_do().opened().filter(activity__completion_rule__in=rules)
        return said.filter(person__user=None)

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """A manager reads state and dates only."""
        return any_of(super().readable(user, roles), models.Q(person__user_id=key_of(user)))


class TrainingRecord(WithKeptDue, Versioned):
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
    # NULL until its turn comes, in a plan whose activities follow each other.
    opens_on = models.DateField(_("opened on"), null=True, blank=True)
    # The day on which somebody who had the plan already got it as well; the mail says so.
    added_on = models.DateField(_("added on"), null=True, blank=True, editable=False)
    # From then on no rule dates it again; the latest granted request says why.
    is_extended = models.BooleanField(_("given more time"), default=False)
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
    # Until when the completion counts, where its activity does not count for good.
    expires_on = models.DateField(_("counts until"), null=True, blank=True)
    left_on = models.DateField(_("no longer counts from"), null=True, blank=True)
    # Who exempted the person, or took the completion back, and why.
    left_by = models.ForeignKey(
        Person,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    left_reason = models.TextField(_("reason"), blank=True)
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=2, null=True, blank=True)
    # How far somebody is within the activity, as another system reported it; in percent.
    progress = models.PositiveSmallIntegerField(_("progress in percent"), null=True, blank=True)
    progress_label = models.CharField(_("progress in words"), max_length=60, blank=True)
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
        permissions = [("report_completions", _("Can report completions for another system"))]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "item", "attempt"], name="ct_record_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[*OPEN_STATES, "completed", *LEFT_STATES]),
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
            models.CheckConstraint(
                condition=models.Q(expires_on=None) | models.Q(completed_on__isnull=False),
                name="ct_record_expires_on",
            ),
            models.CheckConstraint(
                condition=models.Q(progress=None) | models.Q(progress__lte=100),
                name="ct_record_progress",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_on__isnull=False)
                | models.Q(state__in=["not_started", "waived", "void"]),
                name="ct_record_opens_first",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    due_unit__in=["days", "working_days"], due_moved__in=["", "past", "too_soon"]
                ),
                name="ct_record_due_words",
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
            # read once a day: what has to be done again soon
            models.Index(
                fields=["expires_on"],
                condition=models.Q(expires_on__isnull=False),
                name="ct_record_expiring",
            ),
            # read by the reminder tick: what people got beside what they had
            models.Index(
                fields=["added_on"],
                condition=models.Q(added_on__isnull=False),
                name="ct_record_added",
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

    def is_locked(self) -> bool:
        """Whether its turn has not come yet."""
        return self.is_open() and self.opens_on is None

    def is_ready(self) -> bool:
        """Whether it is open, and its turn has come."""
        return self.is_open() and self.opens_on is not None

    def later_attempts(self) -> TrainingRecordQuerySet:
        """Further attempts of the person at the same item."""
        rows: TrainingRecordQuerySet = TrainingRecord.objects.all()
        return rows.attempts_after(self.enrolment_id, self.item_id, self.attempt)

    def can_be_undone_by(self, person_id: int, today: date) -> bool:
        """Whether that person marked it as done, and not too long ago; queries nothing."""
        if self.state != self.State.COMPLETED or self.completed_at is None:
            return False
        return self.completed_by_id == person_id and self.completed_at >= undoable_since(today)

    def days_late(self, today: date) -> int:
        """Days past the due date of an open record; 0 when it is not late."""
        if not self.is_ready() or self.due_on is None:
            return 0
        return max((today - self.due_on).days, 0)
