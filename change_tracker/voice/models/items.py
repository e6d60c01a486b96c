"""What people say about an initiative, with their name, and what becomes of it."""

from datetime import date
from typing import Any, NoReturn, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import (
    NOTHING,
    Roles,
    User,
    VisibleQuerySet,
    key_of,
    roles_of,
    whether,
)
from change_tracker.core.ids import is_known
from change_tracker.core.models import CONFIDENTIAL, Versioned
from change_tracker.initiatives.models import (
    TEAM,
    Initiative,
    InitiativeChild,
    played_by,
)
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import LearningActivity

#: Somebody waits for an answer.
WAITING = ("raised", "acknowledged")
#: There is an answer.
ANSWERED = ("answered", "closed")


class FeedbackItemQuerySet(VisibleQuerySet["FeedbackItem"]):
    def waiting(self) -> Self:
        """Those that have no answer yet."""
        return self.filter(state__in=WAITING)

    def late(self, today: date) -> Self:
        """Those whose answer was promised for a day that is over."""
        return self.waiting().filter(promised_on__lt=today)

    def own(self, user: User) -> Self:
        """What the caller said."""
        return self.filter(_is_own(user)) if is_known(user) else self.none()

    def with_side(self, user: User) -> Self:
        """Adds `is_own`: whether `user` said it, and `is_team`: whether it was said to them."""
        hears = self.writable(user, roles_of(user))
        return self.annotate(is_own=whether(_is_own(user)), is_team=whether(hears))

    def readable(self, user: User, roles: Roles) -> models.Q:
        """Who said it, and the change team; nobody else, whatever else they may do."""
        return _is_own(user) | self.writable(user, roles)

    def writable(self, user: User, roles: Roles) -> models.Q:
        """The change team acknowledges, answers and links; what was taken back is gone for it."""
        teams = played_by(user, *TEAM)
        return models.Q(initiative__in=teams) & ~models.Q(state=FeedbackItem.State.WITHDRAWN)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """Everybody who works here, about every published initiative that they see."""
        seen = Initiative.objects.published().visible_to(user)
        mine = Person.objects.of_user(user)
        return seen.filter(pk=values["initiative"].pk).exists() and mine.exists()

    def deletable_by(self, user: User) -> "FeedbackItemQuerySet":
        """Nobody deletes what was said."""
        return self.filter(NOTHING)


def _is_own(user: User) -> models.Q:
    return models.Q(raised_by__user_id=key_of(user))


class FeedbackItem(InitiativeChild, Versioned):
    """A concern, question or idea with a name under it. Nobody but the change team reads it."""

    class Kind(models.TextChoices):
        CONCERN = "concern", _("concern")
        QUESTION = "question", _("question")
        IDEA = "idea", _("idea")

    class State(models.TextChoices):
        RAISED = "raised", pgettext_lazy("feedback", "sent")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("feedback", "read")
        ANSWERED = "answered", pgettext_lazy("feedback", "answered")
        CLOSED = "closed", pgettext_lazy("feedback", "settled")
        WITHDRAWN = "withdrawn", pgettext_lazy("feedback", "taken back")

    class Disposition(models.TextChoices):
        WILL_ACT = "will_act", _("we will act on it")
        EXPLAINED = "explained", _("we explain it")
        CANNOT = "cannot", _("we cannot, and say why")

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.PROTECT,
        related_name="feedback",
    )
    raised_by = models.ForeignKey(
        Person, verbose_name=_("said by"), on_delete=models.PROTECT, related_name="feedback"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    text = models.TextField(_("in their own words"))
    activity = models.ForeignKey(
        LearningActivity,
        verbose_name=_("said about the activity"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="feedback",
    )
    raised_on = models.DateField(_("said on"))
    promised_on = models.DateField(_("answer promised by"))
    acknowledged_on = models.DateField(_("read on"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    disposition = models.CharField(
        _("what becomes of it"), max_length=20, choices=Disposition.choices, blank=True
    )
    action = models.ForeignKey(
        MitigationAction,
        verbose_name=_("action"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="feedback",
    )
    source = models.ForeignKey(
        ResistanceSource,
        verbose_name=_("resistance"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="feedback",
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.RAISED, editable=False
    )

    objects = FeedbackItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("concern, question or idea")
        verbose_name_plural = _("concerns, questions and ideas")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["raised", "acknowledged", "answered", "closed", "withdrawn"]
                ),
                name="ct_feedback_state",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["concern", "question", "idea"]),
                name="ct_feedback_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["answered", "closed"],
                    disposition__in=["will_act", "explained", "cannot"],
                    answered_on__isnull=False,
                )
                | models.Q(
                    state__in=["raised", "acknowledged", "withdrawn"],
                    disposition="",
                    answered_on=None,
                ),
                name="ct_feedback_answered",
            ),
            models.CheckConstraint(
                condition=~models.Q(disposition="will_act")
                | models.Q(action__isnull=False)
                | models.Q(source__isnull=False),
                name="ct_feedback_will_act",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def audit_scope(self) -> str:
        """The history of the initiative that its change team alone reads."""
        return f"{CONFIDENTIAL}{super().audit_scope}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for an answer."""
        return self.state in WAITING


class FeedbackMessageQuerySet(VisibleQuerySet["FeedbackMessage"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whoever reads the item that it belongs to."""
        return models.Q(item__in=FeedbackItem.objects.visible_to(user).ids())

    def delete(self) -> NoReturn:
        raise TypeError("Messages are append-only.")


class FeedbackMessage(models.Model):
    """One message of the thread below an item, from either side. Append-only.

    An answer has the disposition that it gave.
    """

    item = models.ForeignKey(
        FeedbackItem, verbose_name=_("said about"), on_delete=models.PROTECT, related_name="thread"
    )
    at = models.DateTimeField(_("at"))
    from_team = models.BooleanField(_("from the change team"))
    author = models.ForeignKey(
        Person, verbose_name=_("written by"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("message"))
    disposition = models.CharField(
        _("answer"), max_length=20, choices=FeedbackItem.Disposition.choices, blank=True
    )

    objects = FeedbackMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message about a concern")
        verbose_name_plural = _("messages about concerns")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(disposition="")
                | models.Q(
                    disposition__in=["will_act", "explained", "cannot"],
                    from_team=True,
                ),
                name="ct_message_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; what was written stays, and another message puts it right."""
        if self.pk is not None:
            raise TypeError("Messages are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: messages are append-only."""
        raise TypeError("Messages are append-only.")

    @property
    def audit_scope(self) -> str:
        """That of the item."""
        return self.item.audit_scope

    @property
    def on(self) -> date:
        """The day, where the reader is."""
        return timezone.localdate(self.at)
