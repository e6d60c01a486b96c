"""What the pages share on which somebody decides about what a person asks or hands in."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from change_tracker.core.formpages import FormPage
from change_tracker.people.models import Person


class WaitingPage(FormPage):
    """One row about a record that waits for an answer, and the way back to what else waits."""

    model: ClassVar[Any]
    #: what is read with the row, beside the record
    joined: ClassVar[tuple[str, ...]] = ("decided_by",)
    #: the state in which it waits
    waiting: ClassVar[str]

    def outcome(self) -> str:
        """Hook: what became of it, in words."""
        raise NotImplementedError

    @cached_property
    def row(self) -> Any:
        """It; 404 for those who do not see it, 403 for those who do not decide."""
        record = ("record__person__unit", "record__activity", "record__plan__initiative")
        rows = self.model.objects.visible_to(self.user).select_related(*record, *self.joined)
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        if not self.model.objects.changeable_by(self.user).filter(pk=row.pk).exists():
            raise PermissionDenied
        return row

    @cached_property
    def is_team(self) -> bool:
        """Whether the person reports to the caller."""
        people: Any = Person.objects.visible_to(self.user)
        return bool(people.team_of(self.user).filter(pk=self.row.record.person_id).exists())

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on the caller
        """Managers come from their team, leads from their initiative."""
        return "team" if self.is_team else "initiatives"

    @property
    def words(self) -> dict[str, str]:
        """Whose it is and what it is about, for sentences."""
        record = self.row.record
        return {"person": record.person.display_name, "title": record.activity.title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`row`, its `record`, whether it still `waits`, and `said`, what became of it."""
        context = super().get_context_data(**kwargs)
        waits = self.row.state == self.waiting
        return context | {
            "row": self.row,
            "record": self.row.record,
            "waits": waits,
            "said": "" if waits else self.outcome(),
            "is_team": self.is_team,
            "back": self.back(),
        }

    def again(self, form: forms.Form, status: int) -> Any:
        """Read anew: what was refused is often refused because it was decided meanwhile."""
        self.__dict__.pop("row", None)
        return super().again(form, status)

    def back(self) -> str:
        """What else waits."""
        if self.is_team:
            return f"{reverse('change_tracker:team')}#ct-waiting"
        slug = self.row.record.plan.initiative.slug
        return f"{reverse('change_tracker:plans', args=[slug])}#ct-waiting"
