"""Pages with a form: every value is kept, every error is said twice, focus goes to the summary.

Without a script: the summary has `autofocus`, and the page's title begins with "Error:".
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.pages import PageMixin
from change_tracker.core.toasts import leave_toast

#: The name of a button that looks something up: the page comes again, and nothing is saved.
LOOK_UP = "find"


class FormPage(PageMixin):
    """GET shows the form, a good POST calls `save` and goes on to what it returns.

    What the form or the domain refuses is shown with 400 or 409 and every value kept. A form whose
    choices depend on the caller takes `user` in its constructor (see `form_options`). A field that
    looks something up says so by `searches` of its bound field; then nothing is judged or saved.
    """

    template_name = "change_tracker/form_page.html"
    form_class: type[forms.Form]
    #: The heading, and the words on the one filled button.
    heading: str | Promise = ""
    button: str | Promise = ""
    #: Whether nothing brings back what the button takes away: then it looks like that.
    is_final = False

    def form_options(self) -> dict[str, Any]:
        """Hook: what the constructor of the form takes beside data, such as `initial`."""
        return {}

    def save(self, form: Any) -> str | tuple[str, ...] | HttpResponse:
        """Hook: call the service; returns the address to go on to, and what `leave_toast` takes.

        Or a page to look at before anything happens.
        """
        raise NotImplementedError

    @property
    def sent(self) -> QueryDict:
        """What was sent."""
        return self.request.POST

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, empty or with what was sent."""
        form = self.form_class(data, **self.form_options())
        for field in form.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "ct-in")
        name_what_is_missing(form)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`form`, `heading`, `button`, `is_final`."""
        if "form" not in kwargs:
            kwargs["form"] = self.get_form()
        said = {"heading": self.heading, "button": self.button, "is_final": self.is_final}
        return super().get_context_data(**said, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save and go on, or say what is wrong."""
        form = self.get_form(self.sent)
        if self.looks_up(form):
            return self.again(self.get_form_as_typed(form), 200)
        if not form.is_valid():
            return self.again(form, 400)
        try:
            went_on = self.save(form)
        except (ValidationError, ChangeTrackerError) as refused:
            return self.again(form, say_refused(form, refused))
        if isinstance(went_on, HttpResponse):
            return went_on
        url, *toast = [went_on] if isinstance(went_on, str) else went_on
        if toast:
            leave_toast(request, *toast)
        return redirect(url)

    def say_busy(self, words: str) -> HttpResponseBase:
        """The form once more, with what was sent, where it was the form that was sent."""
        form = self.get_form(self.sent)
        if not form.is_valid():
            return super().say_busy(words)
        form.add_error(None, words)
        return self.again(form, 409)

    def looks_up(self, form: forms.Form) -> bool:
        """Whether a button was pressed that looks something up."""
        return LOOK_UP in self.sent or any(getattr(each, "searches", False) for each in form)

    def get_form_as_typed(self, sent: forms.Form) -> forms.Form:
        """The form with what was sent, not judged."""
        form = self.get_form()
        form.initial = {**form.initial, **{each.name: each.data for each in sent}}
        return form

    def again(self, form: forms.Form, status: int) -> HttpResponse:
        """The page once more, with what was sent and what is wrong with it."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


def say_refused(form: forms.Form, refused: ValidationError | ChangeTrackerError) -> int:
    """Say on the form what a service refused, beside the fields that it names where the form shows
    them; returns the status of the page.
    """
    if isinstance(refused, ChangeTrackerError):
        form.add_error(None, str(refused))
        return 409
    shown = {each.name for each in form.visible_fields()}
    for name, errors in refused.update_error_dict({}).items():
        form.add_error(name if name in shown else None, errors)
    return 400


def lead_back(request: HttpRequest, url: str) -> HttpResponse:
    """On to where one sees how it stands; what was sent had no place any more, and that is said."""
    leave_toast(request, gettext("Nothing is saved: this is not possible any more."))
    return redirect(url)


def words_after(row: Any, version: int, words: str) -> str:
    """`words`, or that nothing is changed where `row` is still of the `version` that was shown."""
    return words if row.version != version else unchanged_words()


def unchanged_words() -> str:
    """What a page says where what was sent was so before."""
    return gettext("Nothing is changed: it was so before.")


def name_what_is_missing(form: forms.Form) -> None:
    """Have each field say by its own name what to do when it is left out, unless it has words."""
    for bound in form:
        words = bound.field.error_messages
        if words.get("required") == forms.Field.default_error_messages["required"]:
            words["required"] = _missing(bound.field) % {"label": bound.label}


def _missing(field: forms.Field) -> str:
    if isinstance(field, forms.FileField):
        return gettext("Choose a file.")
    if isinstance(field, forms.BooleanField):
        return gettext("Tick “%(label)s”.")
    if hasattr(field, "choices"):
        return gettext("Choose something under “%(label)s”.")
    return gettext("Fill in “%(label)s”.")
