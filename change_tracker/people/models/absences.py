"""Days on which somebody does not work, so that nobody writes to them then."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import Roles, User, VisibleQuerySet, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.core.validators import days_in_order
from change_tracker.people.models.persons import Person

#: First and last day away.
Days = tuple[date, date]


class AbsenceQuerySet(VisibleQuerySet["Absence"]):
    def not_over(self, day: date) -> "AbsenceQuerySet":
        """Those that go on on `day`, or begin after it."""
        return self.filter(to_on__gte=day)

    def by_person(self, people: Collection[int]) -> dict[int, list[Days]]:
        """The days away of each of `people` who has some, in order. One query."""
        found: dict[int, list[Days]] = defaultdict(list)
        rows = self.filter(person__in=people).order_by("from_on", "to_on")
        for person_id, from_on, to_on in rows.values_list("person", "from_on", "to_on"):
            found[person_id].append((from_on, to_on))
        return dict(found)

    def readable(self, user: User, roles: Roles) -> models.Q:
        """One's own, those of one's team, and for HR and site admins everybody's."""
        return models.Q(person__in=Person.objects.known_in_full_to(user).ids())

    def writable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.manages_people or roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        roles = roles_of(user)
        return roles.manages_people or roles.site_admin


class Absence(Versioned):
    """The days on which a person is away, both included; why is nobody's business here.

    Absences may overlap: a day is one away if any of them says so.
    """

    class Source(models.TextChoices):
        ROSTER = "roster", _("roster")
        TYPED = "typed", _("typed")

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="absences"
    )
    from_on = models.DateField(pgettext_lazy("day", "from"))
    to_on = models.DateField(pgettext_lazy("day", "to"))
    source = models.CharField(
        _("source"),
        max_length=10,
        choices=Source.choices,
        default=Source.TYPED,
        editable=False,
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__gte=models.F("from_on")), name="ct_absence_ends_after"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["roster", "typed"]), name="ct_absence_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} \N{EN DASH} {self.to_on}"

    def clean(self) -> None:
        """For forms, which would name the constraint."""
        super().clean()
        days_in_order(self.from_on, self.to_on, field="to_on")
