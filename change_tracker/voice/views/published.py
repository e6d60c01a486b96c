"""What people told us and what we did: the change team writes it, *about* shows it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.voice.forms import ChangePublishedForm, PublishForm
from change_tracker.voice.models import PublishedAnswer
from change_tracker.voice.services import change_answer, publish_answer
from change_tracker.voice.views.inbox import InboxMixin

WRITTEN = ("told", "did", "is_shown", "version")


class PublishPage(FormPage, InboxMixin):
    """Tell everybody what was heard and what came of it."""

    template_name = "change_tracker/voice/form.html"
    form_class = PublishForm
    heading = _("What people told us and what we did")
    button = _("Publish it")

    def back(self) -> str:
        """The part of the inbox that lists them."""
        return f"{reverse('change_tracker:concerns', args=[self.initiative.slug])}#ct-told"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The inbox is the way back."""
        return super().get_context_data(initiative=self.initiative, back=self.back(), **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Publish it."""
        publish_answer(initiative=self.initiative, **self.actor_and_time(), **form.cleaned_data)
        return self.back(), gettext("Everybody whom the initiative touches can read it now.")


class ChangePublishedPage(PublishPage):
    """Change its words, or take it down."""

    form_class = ChangePublishedForm
    button = _("Save")

    @cached_property
    def answer(self) -> Any:
        """The published answer; else 404."""
        rows = PublishedAnswer.objects.changeable_by(self.user).filter(initiative=self.initiative)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        return {"initial": {name: getattr(self.answer, name) for name in WRITTEN}}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        change_answer(self.answer, expected_version=version, **self.by(), **changes)
        return self.back(), words_after(self.answer, version, gettext("It is changed."))
