"""What an organisation says in its own words in the mails about one initiative."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, any_of, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import AGENTS, Initiative, InitiativeChildQuerySet, Role
from change_tracker.initiatives.models.initiative import played_by
from change_tracker.reminders.placeholders import check_words

#: A lead-in is a sentence or two: the facts come below it.
MOST_WORDS = 500


class Occasion(models.TextChoices):
    """Under which heading of a mail the words stand."""

    NEW = "new", _("when training is new")
    SOON = "soon", _("when it is coming up")
    LATE = "late", _("when it is late")


def _words(label: Any) -> "models.TextField[str, str]":
    return models.TextField(label, blank=True, max_length=MOST_WORDS, validators=[check_words])


#: Who reads what mails about an initiative say and when, beside HR and site admins: not viewers.
MAIL_READERS = (Role.LEAD, *AGENTS, Role.SPONSOR)


def mails_are_read_by(user: User) -> models.Q:
    """The condition on initiatives that `user` is one of those."""
    roles = roles_of(user)
    return any_of(
        when(roles.site_admin or roles.manages_people),
        models.Q(pk__in=played_by(user, *MAIL_READERS)),
    )


class MailWordsQuerySet(InitiativeChildQuerySet["MailWords"]):
    """As with reminder policies: leads keep those of their initiatives, site admins all."""

    readers = MAIL_READERS
    hr_reads = True


class MailWords(Versioned):
    """The words of one initiative in one language; what is empty is left out of the mail.

    They go into mails to the people whose training it is, above what the mail says in any case.
    """

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="mail_words",
    )
    language = models.CharField(_("language"), max_length=20)
    for_new = _words(_("when training is new"))
    for_soon = _words(_("when it is coming up"))
    for_late = _words(_("when it is late"))

    objects = MailWordsQuerySet.as_manager()

    class Meta:
        verbose_name = _("words of mails")
        verbose_name_plural = _("words of mails")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "language"], name="ct_words_once"),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} ({self.language})"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return f"initiative:{self.initiative_id}"

    def of(self, occasion: str) -> str:
        """What is said on that occasion; empty: nothing of its own."""
        return str(getattr(self, f"for_{occasion}"))
