"""The forms of sessions: when and where, and who was there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField, WebField
from change_tracker.people.models import Person
from change_tracker.people.pickers import PersonField
from change_tracker.training.models import LearningActivity, Session
from change_tracker.training.models.sessions import check_zone
from change_tracker.training.recordforms import KeysField


class HourField(forms.TimeField):
    """A time of the day, chosen as the browser lets people choose times."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **options)


class SessionForm(forms.Form):
    """What takes place, when, where, and who leads it."""

    activity = forms.ModelChoiceField(
        label=_("What takes place?"),
        queryset=LearningActivity.objects.none(),
        empty_label=_("Choose one"),
    )
    day = DayField(label=_("On which day?"))
    starts = HourField(label=_("When does it begin?"))
    ends = HourField(label=_("When does it end?"))
    last_day = DayField(label=_("On which day does it end, if it is another one?"), required=False)
    timezone = forms.CharField(
        label=_("Time zone"), help_text=_("Such as “Europe/Berlin”."), max_length=64
    )
    place = forms.CharField(
        label=_("Where?"),
        help_text=_("Such as “Training room 2”. Nothing is booked by this."),
        max_length=200,
        required=False,
    )
    url = WebField(
        label=_("Link, if one can take part from elsewhere"),
        required=False,
        assume_scheme="https",
    )
    led_by = forms.CharField(
        label=_("Who leads it?"),
        help_text=_("A name; everyone who is to come reads it."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, activities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = activities  # type: ignore[attr-defined]  # a choice

    def clean_timezone(self) -> str:
        """One that there is."""
        name: str = self.cleaned_data["timezone"]
        try:
            check_zone(name)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return name

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(name in self.errors for name in ("day", "starts", "ends", "last_day")):
            starts, ends = self._moments(values)
            if ends <= starts:
                raise ValidationError({"ends": _("It has to end after it begins.")})
        return values

    def _moments(self, values: dict[str, Any]) -> tuple[datetime, datetime]:
        """When it begins and ends by the clock on its wall."""
        last = values["last_day"] or values["day"]
        return (
            datetime.combine(values["day"], values["starts"]),
            datetime.combine(last, values["ends"]),
        )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values, zone = dict(self.cleaned_data), ZoneInfo(self.cleaned_data["timezone"])
        starts, ends = self._moments(values)
        for name in ("day", "starts", "ends", "last_day"):
            del values[name]
        return values | {
            "starts_at": timezone.make_aware(starts, zone),
            "ends_at": timezone.make_aware(ends, zone),
        }


class EditSessionForm(SessionForm):
    """The same of a session that there is."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CallOffForm(forms.Form):
    """A press of a button, with what it said: by now another one may stand there."""

    calls_off = forms.BooleanField(required=False, widget=forms.HiddenInput)


def initial_of(session: Session) -> dict[str, Any]:
    """What a session says now, for the form."""
    names = ("timezone", "place", "url", "led_by", "version")
    return {name: getattr(session, name) for name in names} | {
        "activity": session.activity_id,
        "day": session.day,
        "starts": session.begins.time(),
        "ends": session.ends.time(),
        "last_day": session.last_day if session.last_day != session.day else "",
    }


class WalkInForm(forms.Form):
    """Somebody who came and was not expected."""

    person = PersonField(label=_("Who was there?"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].people = people  # type: ignore[attr-defined]  # our own field


class AttendanceForm(forms.Form):
    """Who was there. Of those who were ticked before, `was` says so: others may have been since."""

    people = KeysField(label=_("Who was there?"), required=False)
    was = KeysField(required=False, widget=forms.MultipleHiddenInput)
    reason = forms.CharField(
        label=_("Why, if you untick somebody whom another person recorded?"),
        help_text=_("The person reads it."),
        max_length=2000,
        required=False,
    )

    def __init__(
        self, *args: Any, people: Sequence[Person], attended: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.part, field.people = "change_tracker/parts/attendance_choices.html", people
        known = [str(pk) for pk in attended]
        self.initial = {**self.initial, "people": known, "was": known}
        if not known:
            del self.fields["reason"]

    def changes(self) -> dict[str, Any]:
        """What the service takes."""
        there = {int(key) for key in self.cleaned_data["people"]}
        before = {int(key) for key in self.cleaned_data["was"]}
        reason = self.cleaned_data.get("reason", "")
        return {"attended": there, "absent": before - there, "reason": reason}
