"""Pages with a form: every value is kept, every error is said twice, focus goes to the summary.

Without a script: the summary has `autofocus`, and the page's title begins with "Error:".
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.pages import PageMixin, leave_toast


class FormPage(PageMixin):
    """GET shows the form, a good POST calls `save` and goes on to what it returns.

    What the form or the domain refuses is shown with 400 or 409 and every value kept. A form whose
    choices depend on the caller takes `user` in its constructor (see `form_options`).
    """

    template_name = "change_tracker/form_page.html"
    form_class: type[forms.Form]
    #: The heading, and the words on the one filled button.
    heading: str | Promise = ""
    button: str | Promise = ""

    def form_options(self) -> dict[str, Any]:
        """Hook: what the constructor of the form takes beside data, such as `initial`."""
        return {}

    def save(self, form: Any) -> str | tuple[str, str]:
        """Hook: call the service; returns the address to go on to, and the words of a toast."""
        raise NotImplementedError

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, empty or with what was sent."""
        form = self.form_class(data, **self.form_options())
        for field in form.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "ct-in")
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`form`, `heading`, `button`."""
        if "form" not in kwargs:
            kwargs["form"] = self.get_form()
        return super().get_context_data(heading=self.heading, button=self.button, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save and go on, or say what is wrong."""
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.again(form, 400)
        try:
            went_on = self.save(form)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.again(form, 400)
        except ChangeTrackerError as refused:
            form.add_error(None, str(refused))
            return self.again(form, 409)
        url, words = (went_on, "") if isinstance(went_on, str) else went_on
        if words:
            leave_toast(request, words)
        return redirect(url)

    def again(self, form: forms.Form, status: int) -> HttpResponse:
        """The page once more, with what was sent and what is wrong with it."""
        return self.render_to_response(self.get_context_data(form=form), status=status)
