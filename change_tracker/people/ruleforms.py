"""Asking for one line of an audience's rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.formfields import DayField
from change_tracker.people.models import Audience, AudienceClause, OrgUnit, Person
from change_tracker.people.pickers import PersonField, SuggestingInput, UnitField
from change_tracker.people.queries import job_titles, locations
from change_tracker.people.services.audiences import Clause

Kind = AudienceClause.Kind
Effect = AudienceClause.Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """What pages call one kind of line, and the fields that fill a `Clause`, by its columns."""

    label: str | Promise
    fields: Callable[[User, date], dict[str, Any]]


def unit_fields(user: User, today: date) -> dict[str, Any]:
    """A unit, with those below it or alone."""
    units = OrgUnit.objects.visible_to(user)
    below = _("With the units below it")
    return {
        "unit": UnitField(label=_("Which unit?"), queryset=units),
        "with_subtree": forms.BooleanField(label=below, required=False, initial=True),
    }


def job_title_fields(user: User, today: date) -> dict[str, Any]:
    """A job title, as the staff list has it."""
    widget = SuggestingInput()
    widget.suggestions = job_titles(today)
    hint = _("As the staff list has it; capital letters do not matter.")
    title = forms.CharField(
        label=_("Which job title?"), help_text=hint, max_length=200, widget=widget
    )
    return {"job_title": title}


def location_fields(user: User, today: date) -> dict[str, Any]:
    """A place of work, as the staff list has it."""
    widget = SuggestingInput()
    widget.suggestions = locations(today)
    hint = _("As the staff list has it; capital letters do not matter.")
    place = forms.CharField(
        label=_("At which place?"), help_text=hint, max_length=200, widget=widget
    )
    return {"location": place}


def no_fields(user: User, today: date) -> dict[str, Any]:
    """Nothing more to say."""
    return {}


def joined_after_fields(user: User, today: date) -> dict[str, Any]:
    """The day after which somebody has to have begun."""
    return {"joined_after": DayField(label=_("After which day did they begin?"))}


def host_group_fields(user: User, today: date) -> dict[str, Any]:
    """A group of logins, by the name that the intranet gives it."""
    hint = _("By its name in the intranet’s administration. Changes are noticed every night.")
    return {
        "host_group": forms.CharField(
            label=_("Which group of the intranet?"), help_text=hint, max_length=150
        )
    }


def other_fields(user: User, today: date) -> dict[str, Any]:
    """Another audience whose rule the caller may read."""
    other = forms.ModelChoiceField(
        label=_("Which group?"),
        queryset=Audience.objects.known_in_full_to(user).order_by("name", "pk"),
        empty_label=_("Choose one"),
    )
    return {"other": other}


def person_fields(user: User, today: date) -> dict[str, Any]:
    """Somebody whom the caller sees."""
    person = PersonField(
        label=_("Who?"), help_text=_("Of your team, and of the groups that you work with.")
    )
    person.people = choosable_people(user, today)
    return {"person": person}


def choosable_people(user: User, today: date) -> Any:
    """Whom `user` may list in a rule: those whom they see, of those who work here."""
    return Person.objects.active(today).visible_to(user)


#: Every kind of line, in the order in which pages offer them: a new kind is one entry.
RULE_KINDS: Mapping[str, RuleKind] = {
    Kind.UNIT: RuleKind(label=_("By unit"), fields=unit_fields),
    Kind.JOB_TITLE: RuleKind(label=_("By job title"), fields=job_title_fields),
    Kind.PERSON: RuleKind(label=_("One person"), fields=person_fields),
    Kind.LOCATION: RuleKind(label=_("By place"), fields=location_fields),
    Kind.HAS_REPORTS: RuleKind(label=_("Who has reports"), fields=no_fields),
    Kind.JOINED_AFTER: RuleKind(label=_("Who joined lately"), fields=joined_after_fields),
    Kind.OTHER: RuleKind(label=_("Another group"), fields=other_fields),
    Kind.HOST_GROUP: RuleKind(label=_("Group of the intranet"), fields=host_group_fields),
}


class ClauseForm(forms.Form):
    """One more line of a rule, of one kind."""

    effect = forms.ChoiceField(
        label=_("What does it do?"),
        choices=[
            (Effect.INCLUDE, _("It includes people")),
            (Effect.EXCLUDE, _("It leaves people out")),
        ],
        widget=forms.RadioSelect,
        initial=Effect.INCLUDE,
    )
    kind = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, user: User, today: date, kind: str, version: int | None = None
    ) -> None:
        super().__init__(data, initial={"kind": kind, "version": version})
        self.rule_kind = kind
        self.fields.update(RULE_KINDS[kind].fields(user, today))

    def clause(self) -> Clause:
        """The line that was asked for."""
        names = {each.name for each in fields(Clause)} & self.fields.keys() - {"kind"}
        return Clause(kind=self.rule_kind, **{name: self.cleaned_data[name] for name in names})


class FirstClauseForm(ClauseForm):
    """A new audience: its name, and the first line of its rule."""

    name = forms.CharField(
        label=_("What do you call the group?"),
        help_text=_("People read this name, such as “Call takers”."),
        max_length=200,
    )
    field_order = ["name"]

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        del self.fields["version"], self.fields["effect"]


class NameForm(forms.Form):
    """Another name for an audience."""

    name = forms.CharField(label=_("What do you call the group?"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def as_typed(clause: Clause) -> dict[str, Any]:
    """`clause` as its form would have sent it."""
    values = {each.name: getattr(clause, each.name) for each in fields(clause)}
    return {
        name: value.pk if isinstance(value, models.Model) else "on" if value is True else value
        for name, value in values.items()
        if value
    }
