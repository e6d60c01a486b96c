"""Dated sessions of an activity, and who was there."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import NOTHING, Roles, User, any_of, roles_of, when
from change_tracker.core.ids import is_known
from change_tracker.core.models import Versioned
from change_tracker.core.validators import web_address
from change_tracker.initiatives.models import (
    AGENTS,
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
    Role,
)
from change_tracker.people.models import Person, oneself, oneself_or_team, team_of
from change_tracker.training.models.activities import LearningActivity, deletable_in
from change_tracker.training.models.records import TrainingRecord


class SessionQuerySet(InitiativeChildQuerySet["Session"]):
    hr_reads = True
    hr_writes = True

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = oneself_or_team(user)
        return any_of(super().readable(user, roles), models.Q(_asked_of(people)))

    def deletable_by(self, user: User) -> "SessionQuerySet":
        """Lead and site admin; HR creates and changes only."""
        return self.filter(deletable_in(self, user))

    def kept_by(self, user: User) -> "SessionQuerySet":
        """Those in which `user` may record for everybody: lead, agents, coaches, HR."""
        mine = Initiative.objects.with_role(user, Role.LEAD, *AGENTS)
        return self.filter(any_of(when(roles_of(user).manages_people), self.in_initiatives(mine)))

    def attendable_by(self, user: User) -> "SessionQuerySet":
        """Those in which `user` may record for somebody: managers do so for their team."""
        if not is_known(user):
            return self.none()
        kept = models.Q(pk__in=Session.objects.kept_by(user).ids())
        team = team_of(user)
        return self.filter(any_of(kept, models.Q(_asked_of(team))))

    def coming(self, now: datetime) -> "SessionQuerySet":
        """Those that take place and are not over, the next one first."""
        return self.ahead(now).filter(cancelled_on=None)

    def ahead(self, now: datetime) -> "SessionQuerySet":
        """The same, with those that were cancelled: people look for them where they were."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")


class Session(InitiativeChild, Versioned):
    """A date on which an activity takes place, for those in one initiative who have it to do.

    No seats are counted and no rooms booked.
    """

    activity = models.ForeignKey(
        LearningActivity,
        verbose_name=_("activity"),
        on_delete=models.PROTECT,
        related_name="sessions",
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    timezone = models.CharField(_("time zone"), max_length=64)
    place = models.CharField(_("place"), max_length=200, blank=True)
    url = models.URLField(_("link"), blank=True, validators=[web_address])
    led_by = models.CharField(_("who leads it"), max_length=200, blank=True)
    # The day on which it got the date that it has; NULL: nobody is told of it any more.
    dated_on = models.DateField(_("date set on"), null=True, blank=True, editable=False)
    # Rises with every new date or place.
    due_revision = models.PositiveIntegerField(_("revision of the date"), default=1, editable=False)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of an activity", "session")
        verbose_name_plural = pgettext_lazy("of an activity", "sessions")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="ct_session_ends_later",
                violation_error_message=_("It has to end after it begins."),
            ),
        ]
        indexes = [
            # read by my training, the page of an item and the plan: what comes next
            models.Index(fields=["activity", "starts_at"], name="ct_session_coming"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.begins:%Y-%m-%d %H:%M}"

    @property
    def zone(self) -> ZoneInfo:
        """Where it takes place."""
        return ZoneInfo(self.timezone)

    @property
    def begins(self) -> datetime:
        """When it begins, by the clock on its wall."""
        return timezone.localtime(self.starts_at, self.zone)

    @property
    def ends(self) -> datetime:
        """When it ends, by the same clock."""
        return timezone.localtime(self.ends_at, self.zone)

    @property
    def day(self) -> date:
        """The day on which it begins."""
        return self.begins.date()

    @property
    def last_day(self) -> date:
        """The day on which it ends."""
        return self.ends.date()

    def has_begun(self, now: datetime) -> bool:
        """Whether anybody can have been there."""
        return self.cancelled_on is None and self.starts_at <= now

    def records(self) -> Any:
        """The work that it is about, of anybody in any state."""
        return TrainingRecord.objects.filter(
            activity=self.activity_id, plan__initiative=self.initiative_id
        )

    def records_of(self, people: Any) -> Any:
        """The work of `people` (ids) that it is about: theirs in this initiative; of those who have
        none there, what they have of the activity elsewhere.
        """
        of_activity = TrainingRecord.objects.filter(activity=self.activity_id, person__in=people)
        here = self.records().filter(person=models.OuterRef("person"))
        return of_activity.filter(
            models.Q(plan__initiative=self.initiative_id) | ~models.Exists(here)
        )

    def walk_ins(self) -> Any:
        """Those who are not expected, and have the activity to do in another initiative."""
        elsewhere = TrainingRecord.objects.outstanding().filter(activity=self.activity_id)
        found = Person.objects.filter(pk__in=elsewhere.ids("person"))
        return found.exclude(pk__in=self.expected().ids())

    def walk_ins_for(self, user: User) -> Any:
        """Of these, those whom `user` may note: nobody themselves, and only who keeps it."""
        people = self.walk_ins().filter(self._is_kept_by(user))
        return people.exclude(pk__in=oneself(user))

    def _is_kept_by(self, user: User) -> models.Exists:
        return models.Exists(Session.objects.kept_by(user).filter(pk=self.pk))

    def expected(self) -> Any:
        """Those who have the activity to do, and those of whom is known whether they were there."""
        to_do = self.records().outstanding().ids("person")
        known = Attendance.objects.filter(session=self.pk).ids("person")
        return Person.objects.filter(models.Q(pk__in=to_do) | models.Q(pk__in=known))

    def expected_for(self, user: User) -> Any:
        """Of these, those for whom `user` may record; nobody records for themselves."""
        team = models.Q(pk__in=team_of(user))
        people = self.expected().filter(team | models.Q(self._is_kept_by(user)))
        return people.exclude(pk__in=oneself(user))


def _asked_of(people: Any) -> models.Exists:
    """Whether one of `people` (ids) has, or had, the activity of the session to do."""
    return models.Exists(
        TrainingRecord.objects.filter(
            person__in=people,
            activity=models.OuterRef("activity"),
            plan__initiative=models.OuterRef("initiative"),
        )
    )


def check_zone(name: str) -> None:
    """Raise ValidationError unless there is a time zone of that name."""
    if name not in available_timezones():
        raise ValidationError(
            {"timezone": _("No time zone has this name. One is “Europe/Berlin”.")}
        )


class AttendanceQuerySet(InitiativeChildQuerySet["Attendance"]):
    path = "session__initiative"
    readers = (Role.LEAD, *AGENTS)
    writers = (Role.LEAD, *AGENTS)
    creators = ()
    hr_reads = True
    hr_writes = True
    admin_writes = False

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = oneself_or_team(user)
        return any_of(super().readable(user, roles), models.Q(person__in=people))

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Nobody's own; managers record, and take back what they recorded, by the service."""
        own = oneself(user)
        return super().writable(user, roles) & ~models.Q(person__in=own)

    def deletable_by(self, user: User) -> "AttendanceQuerySet":
        """Nobody deletes it; it is corrected."""
        return self.filter(NOTHING)


class Attendance(Versioned):
    """Whether somebody was at a session, and which of their training that completed."""

    session = models.ForeignKey(
        Session,
        verbose_name=pgettext_lazy("of an activity", "session"),
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="attendances"
    )
    attended = models.BooleanField(_("was there"))
    recorded_by = models.ForeignKey(
        Person,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    completed = models.ManyToManyField(
        TrainingRecord, verbose_name=_("what it completed"), blank=True, related_name="attendances"
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="ct_attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.person}"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.session.audit_scope
