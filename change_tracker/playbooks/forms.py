"""The forms about playbooks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import TicksField
from change_tracker.people.models import Audience, Person
from change_tracker.playbooks.models import Playbook
from change_tracker.training.models import TrainingPlan


class LinesField(forms.MultipleChoiceField):
    """Lines that are offered. One that is there by now is no mistake: applying leaves it out."""

    def valid_value(self, value: Any) -> bool:
        """Whatever was offered once."""
        return True


class ApplyForm(forms.Form):
    """What of a playbook is taken, for whom, and who does it."""

    keys = LinesField(
        label=_("What do you take?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    groups: Any = TicksField(
        label=_("Which groups is it for?"),
        help_text=_("They see the actions, and the training plan is drafted for them."),
        queryset=None,
        required=False,
    )
    owner: Any = forms.ModelChoiceField(
        label=_("Who does it?"),
        help_text=_("You can give each action to somebody else afterwards."),
        queryset=None,
        required=False,
        empty_label=_("nobody yet"),
    )
    last_time = forms.CharField(
        label=_("What went wrong last time?"),
        help_text=_("Everybody whom the initiative touches reads it, beside the next answer."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    this_time = forms.CharField(
        label=_("What is different this time?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        offered: list[tuple[str, str]],
        groups: QuerySet[Audience],
        people: QuerySet[Person],
        asks_last_time: bool,
        may_take_nothing: bool,
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial | {"groups": groups})
        self.may_take_nothing = may_take_nothing
        fields: dict[str, Any] = self.fields
        fields["keys"].choices = offered
        fields["groups"].queryset = groups
        fields["owner"].queryset = people
        offer_together(self, groups="name", owner="display_name")
        if not asks_last_time:
            del self.fields["last_time"], self.fields["this_time"]

    def clean_keys(self) -> list[str]:
        """Something, unless it is a newer version, of which one may take nothing."""
        keys: list[str] = self.cleaned_data["keys"]
        if not keys and not self.may_take_nothing:
            raise ValidationError(_("Choose at least one action or activity."))
        return keys

    def clean_groups(self) -> list[Audience]:
        """The groups themselves."""
        return list(self.cleaned_data["groups"])


class SaveForm(forms.Form):
    """What of an initiative becomes a playbook, and what it is called."""

    label = forms.CharField(
        label=_("What is it called?"),
        help_text=_("Such as “Front line before go-live”."),
        max_length=200,
    )
    summary = forms.CharField(
        label=_("When is it of use?"),
        help_text=_("Everybody who leads people or works in an initiative reads it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    actions: Any = TicksField(
        label=_("Which actions belong to it?"),
        help_text=_(
            "Their titles, texts, kinds and dates, and which kinds of resistance they answer; not "
            "what you heard, who did it and what came of it."
        ),
        queryset=None,
        error_messages={"required": _("Choose at least one action.")},
    )
    plan: Any = forms.ModelChoiceField(
        label=_("Which training plan belongs to it?"),
        queryset=None,
        required=False,
        empty_label=_("none"),
    )
    replaces: Any = forms.ModelChoiceField(
        label=_("Is it the next version of one that was saved from here?"),
        help_text=_(
            "Initiatives that applied it are then offered what is new. It keeps its name and its "
            "words where you leave both as they are suggested here."
        ),
        queryset=None,
        required=False,
        empty_label=_("No, it is a new one"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        actions: Any,
        plans: QuerySet[TrainingPlan],
        saved: QuerySet[Playbook],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["actions"].queryset = actions
        fields["plan"].queryset = plans
        fields["replaces"].queryset = saved
        offer_together(self, actions="title", plan="title", replaces="label")
        if len(list(fields["replaces"].choices)) == 1:  # nothing but a new one
            del self.fields["replaces"]
        if len(plan := list(fields["plan"].choices)) == 2:  # none, and the only one
            self.initial.setdefault("plan", plan[1][0])

    def values(self) -> dict[str, Any]:
        """What was sent; the next version of a playbook keeps what nobody wrote anew."""
        values = dict(self.cleaned_data)
        before: Playbook | None = values.get("replaces")
        if before is not None:
            values["summary"] = values["summary"] or before.summary
            values["label"] = values["label"] if "label" in self.changed_data else before.label
        return values
