"""What every slice shares: history, and the version that makes an ETag."""

from collections.abc import Collection
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import Roles, User, VisibleQuerySet, any_of, when
from change_tracker.core.modelfields import KeyField
from change_tracker.core.points import Point

#: A slice adds a function: user -> subquery of the scopes whose history the user may read.
AUDIT_SCOPES: Point[Any] = Point(
    "audit.scopes", "user -> the scopes (such as 'initiative:12') whose history the user may read"
)

#: What a scope begins with whose history only those read whom a slice names; not HR, not admins.
CONFIDENTIAL = "confidential:"


class Versioned(models.Model):
    """A row that callers change through the API; `version` is its ETag."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True


class AuditEventQuerySet(VisibleQuerySet["AuditEvent"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        scopes = [models.Q(scope__in=scope(user)) for scope in AUDIT_SCOPES]
        staff = roles.site_admin or roles.manages_people
        return any_of(when(staff, ~models.Q(scope__startswith=CONFIDENTIAL)), *scopes)

    def about(self, row: models.Model) -> Self:
        """What happened to `row` itself."""
        return self.filter(object_type=row._meta.model_name, object_id=str(row.pk))

    def update(self, **changes: Any) -> NoReturn:
        raise TypeError("History is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("History is append-only.")

    def replace_actor(self, pseudonym: str) -> int:
        """The one exception: who did it, by another name. For erasing somebody, and nothing else.

        What happened, when, to what and between which states stays as it was.
        """
        return super().update(actor_user=None, actor_label=pseudonym)

    def forget_words(self, fields: Collection[str]) -> int:
        """The other half of it: reasons that were given, and what `fields` were changed to."""
        forgotten = 0
        for event in list(self):
            changes = {name: "…" if name in fields else to for name, to in event.changes.items()}
            if event.reason or changes != event.changes:
                one = type(self)(self.model).filter(pk=event.pk)
                forgotten += super(AuditEventQuerySet, one).update(reason="", changes=changes)
        return forgotten


class AuditEvent(models.Model):
    """One line of history. Append-only; holds ids and states, never free text of people."""

    at = models.DateTimeField(_("at"))
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    actor_label = models.CharField(_("actor's name then"), max_length=150)
    verb = models.CharField(_("what happened"), max_length=50)
    object_type = models.CharField(_("kind of object"), max_length=50)
    object_id = models.CharField(_("object"), max_length=40)
    scope = models.CharField(_("scope"), max_length=60, blank=True)
    from_state = models.CharField(pgettext_lazy("state", "from"), max_length=30, blank=True)
    to_state = models.CharField(pgettext_lazy("state", "to"), max_length=30, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    changes = models.JSONField(_("changed fields"), default=dict, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ["-id"]
        indexes = [
            # read by the audit list of one initiative, newest first
            models.Index(fields=["scope", "-id"], name="ct_audit_scope"),
            # read by the history of one row
            models.Index(fields=["object_type", "object_id"], name="ct_audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a second save of the same event is a mistake of the caller."""
        if self.pk is not None:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: history is append-only."""
        raise TypeError("History is append-only.")


class IdempotencyKey(models.Model):
    """A key under which somebody did something once, and what they were answered: by the API, or by
    the page whose form they sent (see `core.idempotency` and `core.sentonce`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("login"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    key = KeyField(_("key"), max_length=200)
    digest = models.CharField(_("digest of the request"), max_length=64)
    answer = models.JSONField(_("answer"), null=True)
    created_at = models.DateTimeField(_("first used at"))

    objects: ClassVar[models.Manager["IdempotencyKey"]] = models.Manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="ct_idempotency_once"),
        ]
        indexes = [
            # read by the next request with a key, which deletes what is too old
            models.Index(fields=["created_at"], name="ct_idempotency_age"),
        ]

    def __str__(self) -> str:
        return self.key
