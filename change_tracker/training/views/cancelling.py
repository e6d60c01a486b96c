"""Cancelling a session, and deleting one of which nobody was told."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from change_tracker.training import services
from change_tracker.training.sessionforms import CallOffForm
from change_tracker.training.sessionwords import when_words
from change_tracker.training.views.sessionediting import SessionForms


class SessionDelete(SessionForms):
    """Cancel a session at which nobody was; in a draft, or once it is cancelled, delete it."""

    verb = "deletable_by"
    form_class = CallOffForm

    def form_options(self) -> dict[str, Any]:
        """What the button says."""
        return {"initial": {"calls_off": self.is_cancelling}}

    @property
    def is_cancelling(self) -> bool:
        """Whether it stays, as cancelled."""
        return self.session.cancelled_on is None and not self.session.initiative.is_draft

    @property
    def button(self) -> str:  # type: ignore[override]  # it says what happens
        """What happens."""
        return gettext("Call off the session") if self.is_cancelling else gettext("Delete it")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the session
        """Which one."""
        words = {
            "title": self.session.activity.title,
            "when": when_words(self.session, self.today),
        }
        if self.is_cancelling:
            return gettext("Call off “%(title)s”: %(when)s") % words
        return gettext("Delete “%(title)s”: %(when)s") % words

    def refusal(self) -> str | Promise:
        """What people were at stays."""
        if not self.session.attendances.exists():
            return ""
        return gettext(
            "It is recorded who was there, so the session stays. If that is wrong, untick "
            "everybody on the page of the session first."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`consequence`: what becomes of it."""
        said = gettext("It is no longer shown to anybody.")
        if self.is_cancelling:
            said = gettext("It stays where people look for it, as called off, and they are told.")
        return super().get_context_data(consequence=said, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Cancel or delete it."""
        session, calls_off = self.session, form.cleaned_data["calls_off"]
        is_cancelling = calls_off or self.is_cancelling
        services.delete_session(session, calls_off=calls_off, **self.by())
        back = reverse("change_tracker:plans", args=[session.initiative.slug])
        if is_cancelling:
            return back, gettext("The session is cancelled. Whoever has it to do is told.")
        return back, gettext("The session is deleted. It is no longer shown to anybody.")
