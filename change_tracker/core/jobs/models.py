"""One piece of long work: who began it, how far it is, what came of it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import EVERYTHING, NOTHING, Roles, User, VisibleQuerySet, key_of
from change_tracker.core.ids import is_known

#: Why a job failed, where it was not the domain that refused.
INTERRUPTED, BROKEN = "interrupted", "broken"
#: Where a task keeps what a look at it found out.
FOUND = "found"
#: Where it keeps the zone of whoever began it: the name of one, or nothing for the site's.
ZONE = "zone"


class JobRunQuerySet(VisibleQuerySet["JobRun"]):
    def claimable(self, now: datetime) -> "JobRunQuerySet":
        """Those that wait, and those whose worker has gone."""
        return self.filter(
            models.Q(state=JobRun.State.QUEUED)
            | models.Q(state=JobRun.State.RUNNING, lease_until__lt=now)
        )

    def own(self, user: User) -> "JobRunQuerySet":
        """Those that `user` began."""
        return self.filter(owner=key_of(user)) if is_known(user) else self.none()

    def looked(self, user: User, kind: str, asked: str) -> "JobRun | None":
        """The job `asked` for in an address, if it is one of that kind that `user` began, and has
        found something out.
        """
        if not asked.isdecimal() or len(asked) > 18:
            return None
        rows = self.own(user).filter(kind=kind, state=JobRun.State.DONE)
        job: JobRun | None = rows.filter(pk=asked).first()
        return job if job and job.found is not None else None

    def readable(self, user: User, roles: Roles) -> models.Q:
        """One's own; site admins read those of everybody."""
        return EVERYTHING if roles.site_admin else self._own(user)

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Who may run it again: whoever began it."""
        return self._own(user)

    def deletable_by(self, user: User) -> "JobRunQuerySet":
        """Nobody; the tick deletes them when their time is up."""
        return self.filter(NOTHING)

    def _own(self, user: User) -> models.Q:
        return models.Q(owner=key_of(user))


class JobRun(models.Model):
    """Long work: `task` says what is to be done, in ids and choices.

    `done` of `total` are steps of the work's own kind. `problems` are what happened row by row:
    `row`, `field`, `reason`. While it runs, a worker holds a lease; when that ends without an end
    of the work, another worker begins it anew.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("kind"), max_length=50)
    title = models.CharField(_("title"), max_length=250)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("begun by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    language = models.CharField(_("language"), max_length=16, blank=True)
    task = models.JSONField(_("what is to be done"), default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.QUEUED, editable=False
    )
    total = models.PositiveIntegerField(_("steps"), default=0)
    done = models.PositiveIntegerField(_("steps done"), default=0)
    problems = models.JSONField(_("problems"), default=list)
    summary = models.TextField(_("what came of it"), blank=True)
    failure = models.CharField(_("why it failed"), max_length=50, blank=True)
    result_url = models.CharField(_("where it leads"), max_length=500, blank=True)
    queued_at = models.DateTimeField(_("begun at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(_("lease"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]),
                name="ct_job_state",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="running", lease_token__isnull=False, lease_until__isnull=False
                )
                | (~models.Q(state="running") & models.Q(lease_token=None, lease_until=None)),
                name="ct_job_leased",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["done", "failed"], finished_at__isnull=False)
                | models.Q(state__in=["queued", "running"], finished_at=None),
                name="ct_job_finished",
            ),
        ]
        indexes = [
            # read by each tick: what waits, the oldest first, and what lost its worker
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="ct_job_open",
            ),
            # read by the owner's list, newest first
            models.Index(fields=["owner", "-id"], name="ct_job_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    def is_of(self, user: User) -> bool:
        """Whether `user` began it."""
        owner: User | None = self.owner
        return owner is not None and key_of(owner) == key_of(user)

    @property
    def found(self) -> dict[str, Any] | None:
        """What a job that only looks found out."""
        found: dict[str, Any] | None = self.task.get(FOUND)
        return found

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def can_run_again(self) -> bool:
        """Whether it failed for a reason that may be gone: nothing of it was kept."""
        return self.state == self.State.FAILED and self.failure in {INTERRUPTED, BROKEN}

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(100, self.done * 100 // self.total) if self.total else 0
