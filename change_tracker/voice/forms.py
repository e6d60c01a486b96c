"""The forms with which people speak and are answered."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.voice.models import FeedbackItem

Disposition = FeedbackItem.Disposition
#: Where the team acts.
LINKS = ("action", "source")


def _words(rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


class StatementField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """An entry of the register, in its own words."""

    def label_from_instance(self, obj: Any) -> str:
        """What is heard."""
        return Truncator(obj.statement).chars(90)


class FeedbackForm(forms.Form):
    """What somebody has to say."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (FeedbackItem.Kind.CONCERN, _("A concern: something is in the way")),
            (FeedbackItem.Kind.QUESTION, _("A question")),
            (FeedbackItem.Kind.IDEA, _("An idea")),
        ],
        widget=forms.RadioSelect,
    )
    text = _words(
        rows=6,
        label=_("In your own words"),
        help_text=_("For example: the tablet in my van is too slow for the new screens."),
    )


class MessageForm(forms.Form):
    """One message of the thread."""

    text = _words(label=_("Add something"))


class NothingForm(forms.Form):
    """A question that is answered by the button alone."""


class AnswerForm(forms.Form):
    """What becomes of it, in words, and where the team acts."""

    disposition = forms.ChoiceField(
        label=_("What becomes of it?"),
        choices=[
            (Disposition.WILL_ACT, _("We will act on it")),
            (Disposition.EXPLAINED, _("We explain it")),
            (Disposition.CANNOT, _("We cannot, and say why")),
        ],
        widget=forms.RadioSelect,
    )
    text = _words(
        rows=6,
        label=_("Your answer"),
        help_text=_("The person reads it, with your name. Where you cannot act, say why."),
    )
    action: Any = forms.ModelChoiceField(
        label=_("Under which action do you act?"),
        help_text=_("The person sees the action where it concerns their own group."),
        queryset=None,
        required=False,
        empty_label=_("none"),
    )
    source: Any = StatementField(
        label=_("Or under which resistance of the register?"),
        help_text=_("The person does not see the register."),
        queryset=None,
        required=False,
        empty_label=_("none"),
    )
    # Only what was there when the form was shown is taken away by “none”.
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        actions: QuerySet[MitigationAction],
        sources: QuerySet[ResistanceSource],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["action"].queryset = actions
        fields["source"].queryset = sources

    def clean(self) -> dict[str, Any]:
        """Whoever promises to act says where."""
        said = self.cleaned_data
        shown = str(said.pop("shown", "")).split()
        for name in LINKS:
            if name not in shown and not said.get(name):
                said.pop(name, None)
        acts = said.get("disposition") == Disposition.WILL_ACT
        if acts and not (said.get("action") or said.get("source")) and not self.errors:
            self.add_error(
                "action", _("Choose the action, or the resistance under which you work on it.")
            )
        return said


class LinkForm(forms.Form):
    """Of which resistance it speaks."""

    source: Any = StatementField(
        label=_("Of which resistance of the register does it speak?"),
        help_text=_("Nobody but the change team sees the link."),
        queryset=None,
        required=False,
        empty_label=_("none"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        sources: QuerySet[ResistanceSource],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["source"].queryset = sources


class PublishForm(forms.Form):
    """What people told the team and what it did, for everybody whom the initiative touches."""

    told = _words(
        rows=3,
        label=_("What did people tell you?"),
        help_text=_("In your words, so that nobody can tell who said it."),
    )
    did = _words(
        rows=3,
        label=_("What did you do?"),
        help_text=_("Or why you do nothing. Everybody whom the initiative touches reads it."),
    )


class ChangePublishedForm(PublishForm):
    """The same, of the version that was shown."""

    is_shown = forms.BooleanField(
        label=_("Show it on the page about the initiative"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
