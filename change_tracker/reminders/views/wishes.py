"""How one wishes to be written to, signed in or by the link in a mail."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.people.models import Person
from change_tracker.reminders import links
from change_tracker.reminders.ahead import forecast_of, own_days
from change_tracker.reminders.channels import choices
from change_tracker.reminders.forms import WishesForm
from change_tracker.reminders.models import MailPreference
from change_tracker.reminders.recipients import zone_of
from change_tracker.reminders.views.signed import SignedPage
from change_tracker.reminders.wishes import preference_of, set_preference, unsubscribe


def wishes_form(person: Person | None, data: Any) -> forms.Form:
    """The form, with what `person` wishes so far or with what was sent; its day is theirs."""
    row = preference_of(person) if person else MailPreference()
    today = timezone.localdate(timezone=zone_of(person.timezone if person else ""))
    has_login = person is not None and person.user_id is not None
    ways = [name for name, _label in choices(has_login=has_login)]
    initial = {
        "cadence": row.cadence,
        "weekdays": list(row.weekdays),
        "from_hour": "" if row.from_hour is None else row.from_hour,
        "channel": row.channel if row.channel in ways else "".join(ways[:1]),
        "quiet_until": row.quiet_until if row.is_quiet(today) else None,
    }
    return WishesForm(data, initial=initial, today=today, has_login=has_login)


class WishesPage(FormPage):
    """The same for whoever is signed in."""

    template_name = "change_tracker/mailing/wishes.html"
    tab = "my-training"
    form_class = WishesForm
    heading = _("How and when you get mail")
    button = _("Save")

    @cached_property
    def person(self) -> Person | None:
        """Whose; None for a login of nobody."""
        people: Any = Person.objects.visible_to(self.user)
        found: Person | None = people.filter(pk__in=Person.objects.of_user(self.user)).first()
        return found

    def get_form(self, data: Any = None) -> forms.Form:
        """With what is wished so far."""
        return wishes_form(self.person, data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether the caller `is_known`, and their next two weeks of mail as far as known."""
        found = forecast_of(self.user, person=self.person) if self.person else None
        return super().get_context_data(
            is_known=self.person is not None,
            forecast=found,
            days=own_days(found, self.today),
            **kwargs,
        )

    def save(self, form: Any) -> tuple[str, str]:
        """Write it down."""
        if self.person is None:
            raise Http404
        set_preference(person=self.person, actor=self.user, now=timezone.now(), **form.cleaned_data)
        return reverse("change_tracker:mail-preferences"), gettext("Saved.")


class SignedWishesPage(SignedPage):
    """Where the footer of a mail leads, and what mail programs post to for one press (RFC 8058)."""

    template_name = "change_tracker/mailing/signed_wishes.html"
    verbs = (links.WISHES,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, with what is wished so far."""
        if "form" not in kwargs:
            kwargs["form"] = wishes_form(self.person, None)
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save what was chosen; or stop, where a mail program says so."""
        by: dict[str, Any] = {
            "person": self.person,
            "actor": self.person.user,
            "now": timezone.now(),
        }
        if request.POST.get("List-Unsubscribe") == "One-Click":
            unsubscribe(**by)
            return HttpResponse(gettext("You get no mail any more but what may not be left out."))
        form = wishes_form(self.person, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        set_preference(**by, **form.cleaned_data)
        return self.done(gettext("Saved."))
