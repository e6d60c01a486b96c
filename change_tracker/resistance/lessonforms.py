"""The forms of lessons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.resistance.models import StrategyType


class LessonForm(forms.Form):
    """What eased resistance, or did not."""

    eased = forms.TypedChoiceField(
        label=_("Did it ease resistance?"),
        choices=[("yes", _("It did")), ("no", _("It did not"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    strategy = forms.ModelChoiceField(
        label=_("Which strategy was it?"),
        queryset=StrategyType.objects.none(),
        required=False,
        empty_label=_("none of the catalogue"),
    )
    words = forms.CharField(
        label=_("What did you learn?"),
        help_text=_(
            "Whoever works with the catalogue reads it beside the strategy, in every initiative. "
            "Name no person."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, strategies: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        strategy: Any = self.fields["strategy"]
        strategy.queryset = strategies


class EditLessonForm(LessonForm):
    """The same, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
