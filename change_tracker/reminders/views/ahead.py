"""The next two weeks of mail: of an initiative on its own page, one's own beside one's wishes."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people.models import Person
from change_tracker.reminders.ahead import (
    Day,
    ask_ahead,
    days_of,
    forecast_of,
    names_in,
    open_days,
)
from change_tracker.reminders.ownwords import set_up_with_mails


class AheadPage(InitiativePage):
    """Who gets what on which day; the button has it worked out anew, with the next run."""

    template_name = "change_tracker/mailing/ahead.html"

    @cached_property
    def initiative(self) -> Any:
        """The initiative in the address; 404 also for those whom its mails do not concern."""
        return the_one_or_404(set_up_with_mails(self.user, slug=self.kwargs["slug"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `forecast` there is, and its `days`."""
        initiative = self.initiative
        found = forecast_of(self.user, initiative=initiative)
        days: list[Day] = []
        if found is not None:
            named = {initiative.pk} if initiative.shows_names else set()
            known = names_in([found], self.user, named)
            days = open_days(days_of(found, known, named=bool(named)), self.today)
        return super().get_context_data(
            forecast=found,
            days=days,
            back=self.back("mails"),
            current="setup",
            shows_register=initiative.is_within,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for it."""
        ask_ahead(initiative=self.initiative, now=timezone.now())
        leave_toast(request, gettext("It is worked out with the next run, in a minute or two."))
        return redirect(reverse("change_tracker:mail-ahead", args=[self.initiative.slug]))


class OwnAhead(PageMixin):
    """One's own."""

    http_method_names = ["post", "head", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for it; 404 for a login of nobody."""
        mine: Any = Person.objects.visible_to(self.user)
        person = mine.filter(pk__in=Person.objects.of_user(self.user)).first()
        if person is None:
            raise Http404
        ask_ahead(person=person, now=timezone.now())
        leave_toast(request, gettext("It is worked out with the next run, in a minute or two."))
        return redirect(f"{reverse('change_tracker:mail-preferences')}#ct-ahead")
