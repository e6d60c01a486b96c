"""What a link in a mail does without signing in: ask for time, done elsewhere, a quiet week."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import say_refused
from change_tracker.core.text import short_date
from change_tracker.reminders import links
from change_tracker.reminders.forms import AskForTimeForm, DoneElsewhereForm
from change_tracker.reminders.fromlinks import report_elsewhere
from change_tracker.reminders.views.signed import SignedPage
from change_tracker.reminders.wishes import be_quiet
from change_tracker.training.errors import AlreadyAskedError
from change_tracker.training.forms import NothingForm
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import ask_for_time

FORMS: dict[str, type[forms.Form]] = {
    links.MORE_TIME: AskForTimeForm,
    links.ELSEWHERE: DoneElsewhereForm,
    links.QUIET: NothingForm,
}
#: What is proposed to somebody who asks for more time.
PROPOSED = timedelta(days=7)


class ActionPage(SignedPage):
    """One verb; a second press of its button finds it done."""

    template_name = "change_tracker/mailing/action.html"
    verbs = tuple(FORMS)

    @cached_property
    def record(self) -> TrainingRecord | None:
        """What it is about, if it is about a training that is still as the mail said."""
        found = links.record_of(self.link, self.person) if self.link.object_id else None
        is_same = found is not None and found.due_revision == self.link.version
        return found if is_same and found is not None and found.is_open() else None

    def still_holds(self) -> bool:
        """A training that is done, gone or has another date is not the one of the mail."""
        return self.link.verb == links.QUIET or self.record is not None

    def form(self, data: Any = None) -> forms.Form:
        """What there is to say, with what is likely."""
        due_on = self.record.due_on if self.record else None
        likely = max(due_on, self.today) + PROPOSED if due_on else self.today
        initial = {"wanted_on": likely, "learnt_on": self.today, "kind": "course"}
        return FORMS[self.link.verb](data, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`form`, `record`, and words for what it is."""
        if "form" not in kwargs:
            kwargs["form"] = self.form()
        return super().get_context_data(record=self.record, **self.words() | kwargs)

    def words(self) -> dict[str, str]:
        """`heading`, `lede` and `button`."""
        title = {"title": self.record.activity.title if self.record else ""}
        if self.link.verb == links.MORE_TIME:
            return {
                "heading": gettext("Ask for more time for “%(title)s”") % title,
                "lede": gettext(
                    "Your manager or the lead of the initiative answers. Until then the date stays."
                ),
                "button": gettext("Ask for more time"),
            }
        if self.link.verb == links.ELSEWHERE:
            return {
                "heading": gettext("You did “%(title)s” elsewhere") % title,
                "lede": gettext(
                    "Your manager or human resources confirms it; then it counts as done."
                ),
                "button": gettext("Report it"),
            }
        return {
            "heading": gettext("A quiet week"),
            "lede": gettext(
                "No mail for seven days. Only what is required and due within two days is said."
            ),
            "button": gettext("Quiet for a week"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it once."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.again(form, 400)
        try:
            return self.done(self.act(form.cleaned_data))
        except AlreadyAskedError as asked:
            return self.done(str(asked))
        except (ValidationError, ChangeTrackerError) as refused:
            return self.again(form, say_refused(form, refused))

    def again(self, form: forms.Form, status: int) -> HttpResponseBase:
        """The page once more, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def act(self, values: dict[str, Any]) -> str:
        """Call the service, in the name of the person whose link it is; what was done, in words."""
        by: dict[str, Any] = {"today": self.today, "now": timezone.now()}
        if self.link.verb == links.QUIET:
            row = be_quiet(person=self.person, actor=self.person.user, **by)
            day = short_date(cast("date", row.quiet_until), self.today)
            return gettext("You get no mail up to and including %(day)s.") % {"day": day}
        user = cast("User", self.person.user)
        record = cast("TrainingRecord", self.record)
        title = {"title": record.activity.title}
        if self.link.verb == links.MORE_TIME:
            ask_for_time(record=record, actor=user, **values, **by)
            words = gettext(
                "You asked for more time for “%(title)s”. The answer appears on its page."
            )
            return words % title
        report_elsewhere(record=record, actor=user, **values, **by)
        words = gettext("“%(title)s” is reported. Your manager or human resources confirms it.")
        return words % title
