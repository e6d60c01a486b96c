"""The forms of the register."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import DayField, TicksField
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.models.register import Level
from change_tracker.resistance.services.register import lacking_last_time


class _ByCategory(ModelChoiceIterator):  # type: ignore[type-arg]  # generic in stubs only
    def __iter__(self) -> Iterator[Any]:
        yield ("", _("Choose one"))
        for category, kinds in groupby(self.queryset, key=lambda kind: str(kind.category)):
            yield (category, [self.choice(kind) for kind in kinds])


class KindField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """A kind of resistance, by category."""

    iterator = _ByCategory


#: By what one observes a level.
SIGNS: dict[int, str | Promise] = {
    Level.GRUMBLING: _("they complain, and do it all the same"),
    Level.DOUBTING: _("they ask whether it will last, and wait"),
    Level.OBJECTING: _("they argue against it openly"),
    Level.AVOIDING: _("they keep to the old way although trained"),
    Level.REFUSING: _("they do not do it, and say so"),
}


def _in_words(level: int, label: str | Promise) -> str | Promise:
    sign = SIGNS.get(level)
    if sign is None:
        return format_lazy("{}: {}", level, label)
    return format_lazy("{}: {}, {}", level, label, sign)


class LevelField(forms.TypedChoiceField):
    """A level from 0 to 5 in its words, each with its sign."""

    def __init__(self, **options: Any) -> None:
        choices = [(value, _in_words(value, label)) for value, label in Level.choices]
        super().__init__(choices=choices, coerce=int, **options)


class EntryForm(forms.Form):
    """What the register says about one resistance."""

    statement = forms.CharField(
        label=_("What do you hear or see?"),
        help_text=_("In the words of the group, without anybody’s name."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source_type = KindField(label=_("What kind of resistance is it?"), queryset=None)
    last_time = forms.CharField(
        label=_("What went wrong last time?"),
        help_text=_(
            "Only for negative past experiences. Everybody whom the initiative touches reads it, "
            "beside the next answer."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    this_time = forms.CharField(
        label=_("What is different this time?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    audiences: Any = TicksField(
        label=_("Which groups is it about?"),
        help_text=_("The groups that the initiative touches."),
        queryset=None,
        required=False,
    )
    origin = forms.ChoiceField(
        label=_("Where does it come from?"),
        choices=[
            (ResistanceSource.Origin.OBSERVED, _("Somebody heard or saw it")),
            (ResistanceSource.Origin.ANTICIPATED, _("We expect it")),
        ],
        widget=forms.RadioSelect,
        initial=ResistanceSource.Origin.OBSERVED,
    )
    owner: Any = forms.ModelChoiceField(
        label=_("Who looks after it?"),
        queryset=None,
        required=False,
        empty_label=_("nobody yet"),
    )
    target_level = LevelField(
        label=_("Down to which level do we want to bring it?"), initial=Level.GRUMBLING
    )
    review_on = DayField(label=_("When do you look at it again?"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        kinds: QuerySet[SourceType],
        groups: QuerySet[Audience],
        people: QuerySet[Person],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["source_type"].queryset = kinds
        fields["audiences"].queryset = groups
        fields["owner"].queryset = people
        offer_together(self, audiences="name", owner="display_name")

    def clean(self) -> dict[str, Any]:
        """What the kind of resistance asks for beside the rest."""
        said = self.cleaned_data
        if kind := said.get("source_type"):
            for name, words in lacking_last_time(kind, said).items():
                self.add_error(name, words)
        return said


class EditEntryForm(EntryForm):
    """The same, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReviewForm(forms.Form):
    """A dated judgement of the level."""

    level = LevelField(
        label=_("How strong is it?"),
        help_text=_("Go by what people do, not by what they may feel."),
        widget=forms.RadioSelect,
    )
    reviewed_on = DayField(label=_("On which day was that?"))
    note = forms.CharField(
        label=_("What makes you think so?"),
        help_text=_("Signs that others could see too, without anybody’s name."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MoveForm(forms.Form):
    """On to another state; what it asks for beside that depends on the state."""

    to = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        to: str,
        needs_reason: bool,
        approvers: QuerySet[Person] | None = None,
        review_on: date | None = None,
    ) -> None:
        super().__init__(data, initial={"to": to, "review_on": review_on})
        if approvers is not None:
            self.fields["approver"] = forms.ModelChoiceField(
                label=_("Who has decided to live with it?"),
                help_text=_("Somebody other than the owner."),
                queryset=approvers,
                empty_label=_("Choose one"),
            )
            self.fields["review_on"] = DayField(label=_("When do you look at it again?"))
        if needs_reason:
            self.fields["reason"] = forms.CharField(
                label=_("Why?"),
                help_text=_("It is kept in the history of the initiative."),
                widget=forms.Textarea(attrs={"rows": 3}),
            )
