"""Changing and deleting a session."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.training import services
from change_tracker.training.errors import CancelledError
from change_tracker.training.models import LearningActivity, Session
from change_tracker.training.sessionforms import EditSessionForm, initial_of
from change_tracker.training.views.sessions import SessionMixin, url_of_session


class SessionForms(SessionMixin, FormPage):
    """A form about a session, for those who keep it."""

    template_name = "change_tracker/session_form.html"
    verb = "changeable_by"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`refusal` where there is nothing to do."""
        return super().get_context_data(refusal=self.refusal(), **kwargs)

    def refusal(self) -> str | Promise:
        """Hook: why not."""
        return ""

    def by(self) -> dict[str, Any]:
        """What services that need no day take."""
        return {name: self.actor_and_time()[name] for name in ("actor", "now")}


class SessionEdit(SessionForms):
    """When and where it is, and who leads it."""

    form_class = EditSessionForm
    heading = _("Change the session")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """What it says now; the activities of the plans that have this one."""
        session = self.session
        activities: Any = LearningActivity.objects.visible_to(self.user)
        inside = activities.filter(
            plan_items__plan__initiative=session.initiative_id
        ) | activities.filter(pk=session.activity_id)
        options = {"activities": inside.distinct().order_by("title", "pk")}
        return options | {"initial": initial_of(session)}

    def refusal(self) -> str | Promise:
        """What does not take place has no other date."""
        return "" if self.session.cancelled_on is None else CancelledError().message

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = form.values()
        expected = changes.pop("version")
        services.change_session(self.session, expected_version=expected, **self.by(), **changes)
        return self.after(), words_after(self.session, expected, gettext("The session is changed."))

    def after(self) -> str:
        """To the session, or for those who only change it to the plans."""
        if Session.objects.attendable_by(self.user).filter(pk=self.session.pk).exists():
            return url_of_session(self.session)
        return reverse("change_tracker:plans", args=[self.session.initiative.slug])
