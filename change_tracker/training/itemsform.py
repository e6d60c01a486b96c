"""The form of all activities of a plan at once."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from change_tracker.training.forms import DueRuleForm
from change_tracker.training.models import DueRule, DueUnit, LearningActivity, PlanItem
from change_tracker.training.models.dues import check_due_rule
from change_tracker.training.services import Wanted

REQUIRED, OPTIONAL, OUT = "required", "optional", "out"
STATUS = [(REQUIRED, _("Everyone: required")), (OPTIONAL, _("Who likes to: optional"))]
#: The fields of a due rule, in short: there are many on one page.
DUE = {
    "due_rule": _("By when?"),
    "due_days": _("Number of days"),
    "due_unit": _("Which days count?"),
    "due_on": _("Fixed date"),
}
#: Rows for activities that are not in the plan yet.
FRESH = ("new1", "new2", "new3")


class ItemsForm(forms.Form):
    """For each activity its place, whether it is required or goes, and by when; and rows for more.

    `choices` are the activities that may be added. What is wrong says which activity it is about.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: Sequence[PlanItem], choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Sent about another plan than the one of now: that is said, not what it lacks of this one.
        self.is_stale = self.is_bound and self.data.get("version") != str(self.initial["version"])
        self.items = {str(item.pk): item for item in items}
        for place, (key, item) in enumerate(self.items.items(), 1):
            self._add_row(key, [*STATUS, (OUT, _("Take it out"))])
            now = Wanted.of(item)
            status = REQUIRED if now.is_required else OPTIONAL
            values = {name: getattr(now, name) for name in DUE}
            self._begin(key, {"place": place, "status": status} | values)
        fresh = list(choices)
        for key in FRESH if fresh else ():
            field = forms.ModelChoiceField(
                label=_("Activity"), queryset=choices, required=False, empty_label=_("none")
            )
            field.choices = [("", field.empty_label), *((each.pk, each.title) for each in fresh)]
            self.fields[f"activity_{key}"] = field
            self._add_row(key, STATUS)
            self._begin(key, {"status": REQUIRED})

    def _add_row(self, key: str, status: Sequence[tuple[str, Any]]) -> None:
        self.fields[f"place_{key}"] = forms.IntegerField(
            label=pgettext_lazy("in the order of a plan", "Place"),
            min_value=1,
            max_value=999,
            required=key not in FRESH and not self.is_stale,
        )
        self.fields[f"status_{key}"] = forms.ChoiceField(
            label=_("Who does it?"),
            choices=status,
            required=key not in FRESH and not self.is_stale,
        )
        for name, label in DUE.items():
            field: Any = deepcopy(DueRuleForm.base_fields[name])
            field.label, field.help_text = label, ""
            self.fields[f"{name}_{key}"] = field
        rule: Any = self.fields[f"due_rule_{key}"]
        rule.choices = [("", _("as its group has it")), *DueRule.choices[1:]]
        unit: Any = self.fields[f"due_unit_{key}"]
        unit.widget = forms.Select(choices=unit.choices)

    def _begin(self, key: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self.fields[f"{name}_{key}"].initial = value

    @property
    def rows(self) -> Iterator[tuple[str, list[Any]]]:
        """The fields of each activity, with its title; nothing for one to be added."""
        for key in (*self.items, *FRESH):
            title = self.items[key].activity.title if key in self.items else ""
            fields = [self[name] for name in self.fields if name.endswith(f"_{key}")]
            if fields:
                yield title, fields

    def add_error(self, field: str | None, error: Any) -> None:
        """With the name of the activity, since all rows are labelled alike."""
        item = self.items.get((field or "").rpartition("_")[2])
        if item is not None:
            said, title = gettext("“%(title)s”: %(words)s"), item.activity.title
            messages = ValidationError(error).messages
            error = [said % {"title": title, "words": each} for each in messages]
        super().add_error(field, error)

    def clean(self) -> dict[str, Any]:
        """Each rule has what it needs and nothing else."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for key in (*self.items, *FRESH):
            if f"due_rule_{key}" in self.fields and self._counts(key):
                self._check_due(key)
        return values

    def _counts(self, key: str) -> bool:
        """Whether it is in the plan afterwards."""
        if key in FRESH:
            return self._value("activity", key) is not None
        return bool(self._value("status", key) != OUT)

    def _check_due(self, key: str) -> None:
        if any(f"{name}_{key}" in self.errors for name in DUE):
            return
        try:
            check_due_rule(
                self._value("due_rule", key) or "",
                self._value("due_on", key),
                self._value("due_days", key),
            )
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.add_error(f"{name}_{key}", messages)

    def _value(self, name: str, key: str) -> Any:
        return self.cleaned_data.get(f"{name}_{key}")

    def wanted(self) -> list[Wanted]:
        """The items as they are to be, in order.

        Who moves comes before what has its place when it moves up, and after it when it moves down.
        """
        placed = []
        for now, key in enumerate((*self.items, *FRESH), 1):
            if not self._counts(key):
                continue
            place = self._value("place", key) or now + 1000
            way = (place > now) - (place < now) if key in self.items else -1
            placed.append((place, way, now, self._wanted(key)))
        return [wanted for *_order, wanted in sorted(placed, key=lambda each: each[:3])]

    def _wanted(self, key: str) -> Wanted:
        days = self._value("due_days", key)
        unit = self._value("due_unit", key) if days is not None else DueUnit.DAYS
        item = self.items.get(key)
        activity: LearningActivity | None = item.activity if item else self._value("activity", key)
        return Wanted(
            activity=activity,
            is_required=self._value("status", key) != OPTIONAL,
            due_rule=self._value("due_rule", key) or "",
            due_on=self._value("due_on", key),
            due_days=days,
            due_unit=unit or DueUnit.DAYS,
        )
