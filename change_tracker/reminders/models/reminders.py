"""What is owed to whom, and why: one row for each reason to write to one person."""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import Roles, User, VisibleQuerySet, any_of, key_of, when
from change_tracker.initiatives.models import Initiative, Objective
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.reminders.models.outbox import Digest
from change_tracker.reminders.models.policies import ReminderStep
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import (
    Enrolment,
    ExtensionRequest,
    Session,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.voice.models import FeedbackItem

KINDS = [
    "training_assigned",
    "training_added",
    "training_expiring",
    "training_due",
    "training_late",
    "time_asked",
    "time_answered",
    "session_dated",
    "session_moved",
    "session_cancelled",
    "plan_published",
    "plan_changed",
    "action_due",
    "action_late",
    "review_due",
    "reading_due",
    "concern_raised",
    "concern_answered",
    "team_summary",
    "lead_summary",
    "words_test",
]
#: Of these the recipient alone may know: that there is something says who spoke.
NOBODY_ELSES = ("concern_raised", "concern_answered", "words_test")
#: What a reminder may be about, and the letter by which its key names it. Exactly one.
SUBJECTS = {
    "enrolment": "e",
    "record": "r",
    "extension": "x",
    "session": "d",
    "plan": "p",
    "action": "a",
    "source": "s",
    "objective": "o",
    "feedback": "f",
    # What is summed up: the people of a manager, and an initiative.
    "team": "t",
    "summary": "i",
}


class ReminderQuerySet(VisibleQuerySet["Reminder"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Staff reads all but what would say who spoke up."""
        return any_of(
            when(roles.site_admin or roles.manages_people, ~models.Q(kind__in=NOBODY_ELSES)),
            models.Q(recipient__user_id=key_of(user)),
        )

    def planned(self) -> "ReminderQuerySet":
        """Those that have not left and still may."""
        return self.filter(state=Reminder.State.PLANNED)

    def loose(self) -> "ReminderQuerySet":
        """Planned ones that are in no mail yet: new, or held back by an initiative on hold."""
        return self.planned().filter(digest=None)

    def of_initiatives(self, states: Collection[str]) -> "ReminderQuerySet":
        """Those whose initiative is in one of `states`."""
        return self.filter(initiative__state__in=states)

    def of_running(self, states: Collection[str]) -> "ReminderQuerySet":
        """The same, with those that are about no initiative."""
        return self.filter(models.Q(initiative=None) | models.Q(initiative__state__in=states))


def _subject(model: Any, name: Any, related_name: str = "reminders") -> Any:
    """The column of one thing that a reminder may be about."""
    return models.ForeignKey(
        model, verbose_name=name, null=True, on_delete=models.CASCADE, related_name=related_name
    )


def one_subject() -> models.Q:
    """The condition that exactly one of the subjects is there."""
    each = (
        models.Q(**{f"{other}__isnull": other != name for other in SUBJECTS}) for name in SUBJECTS
    )
    return reduce(or_, each)


class Reminder(models.Model):
    """One reason to write to one person, once: `dedupe_key` is unique."""

    class Kind(models.TextChoices):
        ASSIGNED = "training_assigned", _("training assigned")
        ADDED = "training_added", _("training added")
        EXPIRING = "training_expiring", _("training to be done again")
        DUE = "training_due", _("training due")
        LATE = "training_late", _("training late")
        TIME_ASKED = "time_asked", _("more time asked for")
        TIME_ANSWERED = "time_answered", _("more time granted or refused")
        SESSION_DATED = "session_dated", _("session has a date")
        SESSION_MOVED = "session_moved", _("session moved")
        SESSION_CANCELLED = "session_cancelled", _("session cancelled")
        PLAN_PUBLISHED = "plan_published", _("training plan published")
        PLAN_CHANGED = "plan_changed", _("training plan changed")
        ACTION_DUE = "action_due", _("action due")
        ACTION_LATE = "action_late", _("action late")
        REVIEW_DUE = "review_due", _("resistance to be looked at again")
        READING_DUE = "reading_due", _("objective to be measured")
        CONCERN_RAISED = "concern_raised", _("concern raised")
        CONCERN_ANSWERED = "concern_answered", _("concern answered")
        TEAM_SUMMARY = "team_summary", _("summary of a team")
        LEAD_SUMMARY = "lead_summary", _("summary of an initiative")
        WORDS_TEST = "words_test", _("test of the words of an initiative")

    To = ReminderStep.To

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    class ClosedReason(models.TextChoices):
        COMPLETED = "completed", _("completed")
        WAIVED = "waived", _("exempt")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LEFT = "left", _("left the organisation")
        SUPERSEDED = "superseded", _("replaced by a later one")
        UNREACHABLE = "unreachable", _("no address")
        UNSUBSCRIBED = "unsubscribed", _("not wanted by the recipient")
        ENOUGH = "enough", _("written to often enough")

    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.PROTECT, related_name="reminders"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    step = models.CharField(_("step"), max_length=20)
    # In which part the recipient is written to: it may be somebody else's work.
    to = models.CharField(
        pgettext_lazy("recipient", "to"), max_length=10, choices=To.choices, default=To.SELF
    )
    # NULL for what is about no single one: a team.
    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        null=True,
        on_delete=models.CASCADE,
        related_name="all_reminders",
    )
    enrolment = _subject(Enrolment, _("enrolment"))
    record = _subject(TrainingRecord, _("training record"))
    extension = _subject(ExtensionRequest, _("request for more time"))
    session = _subject(Session, pgettext_lazy("of an activity", "session"))
    plan = _subject(TrainingPlan, _("training plan"))
    action = _subject(MitigationAction, _("mitigation action"))
    source = _subject(ResistanceSource, _("resistance"))
    objective = _subject(Objective, _("objective"))
    feedback = _subject(FeedbackItem, _("concern, question or idea"))
    team = _subject(Person, _("manager of the team"), "team_reminders")
    summary = _subject(Initiative, _("initiative that is summed up"), "summary_reminders")
    dedupe_key = models.CharField(_("key"), max_length=120, unique=True)
    digest = models.ForeignKey(
        Digest,
        verbose_name=_("digest"),
        null=True,
        on_delete=models.PROTECT,
        related_name="reminders",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    closed_reason = models.CharField(
        _("closed because"), max_length=20, choices=ClosedReason.choices, blank=True
    )
    # The revision of the subject's date that this is about; it rises with every new date.
    due_revision = models.PositiveIntegerField(_("revision of the date"))
    # When nobody knows whether its mail left, a person decides whether it leaves again.
    holds_on_doubt = models.BooleanField(_("waits for a person when in doubt"), default=False)
    send_on = models.DateField(_("to leave on"))
    # NULL: always goes, however late.
    expires_at = models.DateTimeField(_("expires at"), null=True)
    planned_at = models.DateTimeField(_("planned at"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=one_subject(), name="ct_reminder_one_subject"),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "sent", "cancelled", "expired"]),
                name="ct_reminder_state",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=KINDS, to__in=["self", "manager", "lead", "sponsor"]),
                name="ct_reminder_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(digest__isnull=False),
                name="ct_reminder_sent_in_digest",
            ),
        ]
        indexes = [
            # read by the planner: whether a step of a record was planned before
            models.Index(fields=["record", "step", "due_revision"], name="ct_reminder_step"),
            # read by the planner: what has no mail yet
            models.Index(
                fields=["planned_at"],
                condition=models.Q(state="planned", digest=None),
                name="ct_reminder_loose",
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def subject_name(self) -> str:
        """The column of what it is about; exactly one, by the CHECK ct_reminder_one_subject."""
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def subject_id(self) -> int:
        """The key of what it is about."""
        return getattr(self, f"{self.subject_name}_id")  # type: ignore[no-any-return]
