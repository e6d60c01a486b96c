"""The rule of an audience, as rows."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.people.models.audiences import Audience
from change_tracker.people.models.persons import Person
from change_tracker.people.models.units import OrgUnit


class ClauseKind(models.TextChoices):
    """By what a clause finds people."""

    UNIT = "unit", _("unit")
    JOB_TITLE = "job_title", _("job title")
    LOCATION = "location", _("location")
    HAS_REPORTS = "has_reports", _("people who have reports")
    JOINED_AFTER = "joined_after", _("people who joined after a day")
    PERSON = "person", _("person")
    HOST_GROUP = "host_group", _("group of the intranet")
    OTHER = "other", _("another audience")


#: The column that holds what a kind looks for; none where the kind says it all.
VALUE_OF: Mapping[str, str] = {
    ClauseKind.UNIT: "unit",
    ClauseKind.JOB_TITLE: "job_title",
    ClauseKind.LOCATION: "location",
    ClauseKind.HAS_REPORTS: "",
    ClauseKind.JOINED_AFTER: "joined_after",
    ClauseKind.PERSON: "person",
    ClauseKind.HOST_GROUP: "host_group",
    ClauseKind.OTHER: "other",
}
VALUES = tuple(column for column in VALUE_OF.values() if column)
#: Columns that are empty text, where they say nothing; the others are NULL then.
TEXTS = frozenset({"job_title", "location", "host_group"})


def _says_nothing(column: str) -> models.Q:
    return models.Q(**({column: ""} if column in TEXTS else {f"{column}__isnull": True}))


def _says_one_thing() -> Iterator[models.Q]:
    for kind, own in VALUE_OF.items():
        told = [~_says_nothing(own)] if own else []
        silent = [_says_nothing(column) for column in VALUES if column != own]
        yield reduce(and_, [models.Q(kind=kind), *told, *silent])


class AudienceClause(models.Model):
    """One line of an audience's rule: include or exclude the people that one fact finds."""

    class Effect(models.TextChoices):
        INCLUDE = "include", _("include")
        EXCLUDE = "exclude", _("exclude")

    Kind = ClauseKind

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), on_delete=models.CASCADE, related_name="clauses"
    )
    effect = models.CharField(
        _("effect"), max_length=10, choices=Effect.choices, default=Effect.INCLUDE
    )
    kind = models.CharField(_("by"), max_length=20, choices=ClauseKind.choices)
    unit = models.ForeignKey(
        OrgUnit,
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    with_subtree = models.BooleanField(_("with the units below it"), default=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    joined_after = models.DateField(_("joined after"), null=True, blank=True)
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # By name: a host's user model may have no groups, and their keys are not ours to keep.
    host_group = models.CharField(_("group of the intranet"), max_length=150, blank=True)
    other = models.ForeignKey(
        Audience,
        verbose_name=_("another audience"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="used_by",
    )

    class Meta:
        verbose_name = _("rule of an audience")
        verbose_name_plural = _("rules of audiences")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effect__in=["include", "exclude"]), name="ct_clause_effect"
            ),
            models.CheckConstraint(
                condition=reduce(or_, _says_one_thing()), name="ct_clause_kind_matches"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()} {self.value or self.get_kind_display()}"

    @property
    def value(self) -> Any:
        """What the clause looks for; None where its kind says it all."""
        column = VALUE_OF[self.kind]
        return getattr(self, column) if column else None
