"""Somebody who was at a session and was not expected there."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.training import services
from change_tracker.training.errors import NotOpenError
from change_tracker.training.sessionforms import WalkInForm
from change_tracker.training.views.sessions import SessionMixin, url_of_session


class SessionWalkIn(SessionMixin, FormPage):
    """Note that they were there: it counts for what they have to do in another initiative."""

    template_name = "change_tracker/session_walk_in.html"
    form_class = WalkInForm
    verb = "kept_by"
    heading = _("Somebody else was there")
    button = _("Note it")

    def form_options(self) -> dict[str, Any]:
        """Who may be found by name."""
        return {"people": self.session.walk_ins_for(self.user)}

    def save(self, form: Any) -> tuple[str, str]:
        """Record it, as for those expected."""
        person = form.cleaned_data["person"]
        done = services.record_attendance(
            self.session, attended=[person.pk], **self.actor_and_time()
        )
        if not done.noted:
            raise NotOpenError
        words = gettext("%(person)s was there.") % {"person": person.display_name}
        return url_of_session(self.session), words
