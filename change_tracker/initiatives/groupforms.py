"""The forms that say whom an initiative touches, and how."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import DayField
from change_tracker.core.validators import days_in_order
from change_tracker.initiatives.models import AffectedGroup, Initiative
from change_tracker.initiatives.models.groups import Impact, Influence, Support
from change_tracker.people.models import Audience, AudienceClause, OrgUnit
from change_tracker.people.pickers import Asked, PeopleField, SuggestingInput, UnitField
from change_tracker.people.queries import job_titles
from change_tracker.people.ruleforms import choosable_people
from change_tracker.people.services.audiences import Clause

Kind = AudienceClause.Kind
NOT_JUDGED = ("", _("not judged yet"))
TOUCH = ("impact", "from_state", "to_state", "message")
DATES = ("from_on", "to_on")
STANCE = ("influence", "support")
DESCRIBED = ("name", "unit", "with_subtree", "job_title", "people")


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together under one heading; folded where few need them."""

    title: str | Promise
    fields: list[forms.BoundField]
    is_folded: bool = False
    hint: str | Promise = ""


class TouchForm(forms.Form):
    """How an initiative touches a group."""

    impact = forms.TypedChoiceField(
        label=_("How hard does it hit them?"),
        choices=Impact.choices,
        coerce=int,
        initial=Impact.CLEAR,
        widget=forms.RadioSelect,
    )
    from_state = forms.CharField(
        label=_("How is it today?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    to_state = forms.CharField(
        label=_("How will it be?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    message = forms.CharField(
        label=_("What does it mean for them?"),
        help_text=_("The group reads these words, so say “you”."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def touch(self) -> dict[str, Any]:
        """The columns of the affected group that were asked for."""
        names = [name for name in (*TOUCH, *DATES, *STANCE) if name in self.fields]
        return {name: self.cleaned_data[name] for name in names}

    def sections(self) -> list[Section]:
        """The fields under their headings."""
        return [Section(_("How it touches them"), self.some((*TOUCH, *DATES)))]

    def some(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        """Those of its fields that have one of these names."""
        return [self[name] for name in names if name in self.fields]

    def says(self, names: tuple[str, ...]) -> bool:
        """Whether one of these was filled in, or is wrong."""
        fields = self.some(names)
        empty = (None, "", Asked())
        has_value = any(each.value() not in (*empty, each.field.initial) for each in fields)
        return has_value or any(each.errors for each in fields if self.is_bound)


class StanceForm(TouchForm):
    """How the group stands to it, and when it is touched."""

    influence = forms.TypedChoiceField(
        label=_("How much can they do for it or against it?"),
        choices=[NOT_JUDGED, *Influence.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    support = forms.TypedChoiceField(
        label=_("How do they stand to it?"),
        choices=[NOT_JUDGED, *Support.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    from_on = DayField(label=_("From which day does it touch them?"), required=False)
    to_on = DayField(label=_("Until which day?"), required=False)

    def clean(self) -> dict[str, Any]:
        """A period ends after it began."""
        values = super().clean() or {}
        days_in_order(values.get("from_on"), values.get("to_on"), field="to_on")
        return values

    def sections(self) -> list[Section]:
        """With the judgement, which the group itself does not read."""
        hint = _("Read by those who have a part in the initiative, not by the group.")
        stance = Section(_("How they stand to it"), self.some(STANCE), hint=hint)
        return [*super().sections(), stance]


class EditGroupForm(StanceForm):
    """All of it, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ChooseGroupForm(TouchForm):
    """A group that there is, or one described right here; and how the initiative touches it."""

    audience = forms.ModelChoiceField(
        label=_("Choose a group that there is already"),
        queryset=Audience.objects.none(),
        required=False,
        empty_label=_("None of these: I describe a new one below"),
    )
    name = forms.CharField(
        label=_("What do you call the new group?"),
        help_text=_("People read this name, such as “Call takers”."),
        max_length=200,
        required=False,
    )
    unit = UnitField(
        label=_("Everyone in this unit"), required=False, empty_label=_("no unit in particular")
    )
    with_subtree = forms.BooleanField(
        label=_("With the units below it"), required=False, initial=True
    )
    job_title = forms.CharField(
        label=_("And everyone with this job title"),
        help_text=_("As the staff list has it; capital letters do not matter."),
        max_length=200,
        required=False,
        widget=SuggestingInput,
    )
    people = PeopleField(
        label=_("And these people"),
        help_text=_("Of your team, and of the groups that you work with."),
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        initiative: Initiative,
        today: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        touched = AffectedGroup.objects.visible_to(user).filter(initiative=initiative)
        there = Audience.objects.known_in_full_to(user).exclude(pk__in=touched.values("audience"))
        fields["audience"].queryset = there
        fields["unit"].queryset = OrgUnit.objects.visible_to(user)
        offer_together(self, audience="name", unit=UnitField.columns)
        self.has_choice = len(list(fields["audience"].choices)) > 1
        fields["job_title"].widget.suggestions = job_titles(today)
        fields["people"].people = choosable_people(user, today)

    def clean(self) -> dict[str, Any]:
        """Either one that there is, or the name of a new one and whom it holds."""
        values = super().clean() or {}
        is_described = any(values.get(each) for each in ("name", "unit", "job_title", "people"))
        if values.get("audience"):
            if is_described:
                self.add_error("audience", _("Choose a group or describe a new one, not both."))
        elif not self.errors and self.has_choice and not is_described:
            self.add_error("audience", _("Choose a group, or describe a new one."))
        elif not self.errors:
            self._judge_new(values)
        return values

    def _judge_new(self, values: dict[str, Any]) -> None:
        if not values["name"]:
            self.add_error("name", _("Give the new group a name."))
        if not (values["unit"] or values["job_title"] or values["people"]):
            self.add_error("unit", _("Say who belongs to it: a unit, a job title or people."))

    @property
    def is_under_way(self) -> bool:
        """Whether somebody began to fill it in."""
        return self.is_bound or self.says(("audience", *DESCRIBED))

    def clauses(self) -> list[Clause]:
        """The rule of the new group: whoever fits one of its lines belongs to it."""
        values = self.cleaned_data
        found = []
        if values["unit"]:
            found.append(
                Clause(kind=Kind.UNIT, unit=values["unit"], with_subtree=values["with_subtree"])
            )
        if values["job_title"]:
            found.append(Clause(kind=Kind.JOB_TITLE, job_title=values["job_title"]))
        found += [Clause(kind=Kind.PERSON, person=each) for each in values["people"]]
        return found

    def sections(self) -> list[Section]:
        """The choice, the description of a new one, and how it is touched."""
        chosen = [Section("", self.some(("audience",)))] if self.has_choice else []
        new = Section(
            _("A new group") if self.has_choice else _("Which group"),
            self.some(DESCRIBED),
            is_folded=self.has_choice and not (self.is_bound or self.says(DESCRIBED)),
            hint=_("Whoever fits one of these belongs to it. You can add exceptions afterwards."),
        )
        return [*chosen, new, *super().sections()]


class WholeGroupForm(ChooseGroupForm, StanceForm):
    """All that can be said of a group."""
