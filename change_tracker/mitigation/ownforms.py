"""The forms of what an action of a certain kind says beside what every action says."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField
from change_tracker.mitigation.kinds import Channel
from change_tracker.people.models import OrgUnit
from change_tracker.people.pickers import UnitsField
from change_tracker.resistance.models.catalogue import ActionKind

MOST_TIMES = 32767


def words(label: Any, rows: int = 3, help_text: Any = "") -> forms.CharField:
    """A question that is answered in sentences."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=area)


class OwnForm(forms.Form):
    """What one kind of action has of its own, of the version that was shown."""

    heading: str | Promise
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, units: QuerySet[OrgUnit], initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        if "units" in self.fields:
            self.fields["units"].queryset = units  # type: ignore[attr-defined]  # a choice


class CommunicationForm(OwnForm):
    """A line of the communication plan."""

    heading = _("What is said, by whom and how")
    sender = forms.CharField(
        label=_("Who says it?"),
        help_text=_("A name or a role, such as “their own manager”. Choose somebody they trust."),
        max_length=200,
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("How is it said?"),
        choices=[("", _("Choose one")), *Channel.choices],
        required=False,
    )
    message = words(
        _("What is the message?"),
        5,
        _("In the words of those who hear it: what changes, why, and what is in it for them."),
    )


class TimesForm(OwnForm):
    """So many talks, or thanks, were planned; so many took place."""

    heading = _("How often it is planned, and how often it took place")
    times_planned = forms.IntegerField(
        label=_("How often is it planned?"),
        help_text=_("How many talks, or how many times somebody is thanked."),
        required=False,
        min_value=1,
        max_value=MOST_TIMES,
    )
    times_done = forms.IntegerField(
        label=_("How often did it take place so far?"), min_value=0, max_value=MOST_TIMES
    )


class ToolsForm(OwnForm):
    """When it was looked at whether the tool still helps, and when it will be again."""

    heading = _("When is the tool evaluated?")
    evaluated_on = DayField(
        label=_("When was it last evaluated?"),
        help_text=_("Left empty, it was not evaluated yet."),
        required=False,
    )
    evaluate_again_on = DayField(
        label=_("When is it evaluated again?"),
        help_text=_("Once that day has come, it stands in the list of gaps."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """First things first."""
        values = super().clean() or {}
        last, again = values.get("evaluated_on"), values.get("evaluate_again_on")
        if last and again and again <= last:
            self.add_error(
                "evaluate_again_on", _("Evaluate it again on a day after the last evaluation.")
            )
        return values


class CollaborationForm(OwnForm):
    """Who works together."""

    heading = _("Who works together?")
    units = UnitsField(
        label=_("Which units work together?"),
        help_text=_("At least two, before the work begins."),
        required=False,
    )


class ExperimentForm(OwnForm):
    """The card of an experiment; the second half is written once it is over."""

    heading = _("The card of the experiment")
    tried = words(_("What do we try?"), help_text=_("Small enough that it may fail."))
    expected = words(_("What do we expect?"), help_text=_("And how would we notice?"))
    happened = words(_("What happened?"), help_text=_("Empty until then."))
    learnt = words(
        _("What did we learn?"), help_text=_("What failed teaches as much as what worked.")
    )


OWN_FORMS: dict[str, type[OwnForm]] = {
    ActionKind.COMMUNICATION: CommunicationForm,
    ActionKind.COACHING: TimesForm,
    ActionKind.RECOGNITION: TimesForm,
    ActionKind.TOOLS: ToolsForm,
    ActionKind.COLLABORATION: CollaborationForm,
    ActionKind.EXPERIMENT: ExperimentForm,
}
