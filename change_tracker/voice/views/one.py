"""One thing that somebody said, for the change team: read it, write back, answer, link, settle."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES
from change_tracker.voice import services
from change_tracker.voice.chips import chip_of
from change_tracker.voice.forms import LINKS, AnswerForm, LinkForm, MessageForm, NothingForm
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.queries import inbox_of, thread_of
from change_tracker.voice.views.inbox import InboxMixin

State = FeedbackItem.State


class ConcernMixin(FormPage, InboxMixin):
    """A page about one item; a form on it leads back to it."""

    template_name = "change_tracker/voice/form.html"

    @cached_property
    def item(self) -> Any:
        """The item, for the change team; else 404."""
        return get_object_or_404(inbox_of(self.user, self.initiative), pk=self.kwargs["pk"])

    def concern_url(self) -> str:
        """The page of the item."""
        return reverse("change_tracker:concern", args=self.kwargs.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The item is the way back."""
        context = {"item": self.item, "initiative": self.initiative, "back": self.concern_url()}
        return super().get_context_data(**context | kwargs)

    def again(self, form: Any, status: int) -> HttpResponse:
        """Read anew: what was refused is often refused because it moved on meanwhile."""
        self.__dict__.pop("item", None)
        self.item  # noqa: B018  gone for the team when it was taken back: 404
        return super().again(form, status)


class ConcernPage(ConcernMixin):
    """All of it, its thread, and what may come next; sending writes back."""

    template_name = "change_tracker/voice/concern.html"
    form_class = MessageForm
    button = _("Write back")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names who and what
        """What it is, and whose."""
        words = {
            "kind": self.item.get_kind_display(),
            "name": self.item.raised_by.display_name,
        }
        return gettext("%(name)s: %(kind)s") % words

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`thread`, `chip`, and which buttons there are."""
        item = self.item
        return super().get_context_data(
            chip=chip_of(item, self.today),
            thread=thread_of(self.user, item),
            may_acknowledge=item.state == State.RAISED,
            may_answer=item.is_waiting,
            may_settle=item.state == State.ANSWERED,
            may_write=item.state in services.TALKING,
            **kwargs,
        )

    def save(self, form: Any) -> tuple[str, str]:
        """Write back, which also says that it was read."""
        services.write_message(item=self.item, **self.actor_and_time(), **form.cleaned_data)
        return self.concern_url(), gettext("It is sent.")


class AnswerPage(ConcernMixin):
    """Answer it."""

    form_class = AnswerForm
    heading = _("Answer it")
    button = _("Send the answer")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; what is answered leads back."""
        if not self.item.is_waiting:
            return redirect(self.concern_url())
        return super().get(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """Open work and open entries of the register, and the links that there are."""
        links = {name: getattr(self.item, f"{name}_id") for name in LINKS}
        shown = " ".join(name for name, key in links.items() if key)
        return {
            "actions": actions_to_link(self),
            "sources": sources_to_link(self),
            "initial": {**links, "shown": shown},
        }

    def save(self, form: Any) -> tuple[str, str]:
        """Send it."""
        services.answer_feedback(item=self.item, **self.actor_and_time(), **form.cleaned_data)
        words = gettext("%(name)s has your answer.") % {"name": self.item.raised_by.display_name}
        return self.concern_url(), words


class LinkPage(ConcernMixin):
    """Link it to the resistance that it speaks of."""

    form_class = LinkForm
    heading = _("Link it to the register")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """Open entries, and the one that is linked."""
        initial = {"source": self.item.source_id, "version": self.item.version}
        return {"sources": sources_to_link(self), "initial": initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Link it, if nobody was quicker."""
        version = form.cleaned_data["version"]
        services.link_feedback(
            item=self.item,
            source=form.cleaned_data["source"],
            expected_version=version,
            **self.by(),
        )
        words = words_after(self.item, version, gettext("The link is saved."))
        return self.concern_url(), words


class ConcernVerb(ConcernMixin):
    """A button of the page; GET leads to the page."""

    form_class = NothingForm
    template_name = "change_tracker/voice/concern_verb.html"
    heading = _("This is not possible any more")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the item."""
        return redirect("change_tracker:concern", slug=self.initiative.slug, pk=self.item.pk)


class AcknowledgePage(ConcernVerb):
    """Say that it was read."""

    def save(self, form: Any) -> tuple[str, str]:
        """Say so; a second time changes nothing."""
        services.acknowledge_feedback(item=self.item, **self.actor_and_time())
        words = gettext("%(name)s sees that you have read it.")
        return self.concern_url(), words % {"name": self.item.raised_by.display_name}


class CloseConcernPage(ConcernVerb):
    """Settle what is answered."""

    def save(self, form: Any) -> tuple[str, str]:
        """Settle it; a second time changes nothing."""
        services.close_feedback(item=self.item, **self.by())
        return self.concern_url(), gettext("It is settled.")


def actions_to_link(page: ConcernMixin) -> Any:
    """Open actions of the initiative, and the one that is linked."""
    rows: Any = MitigationAction.objects.visible_to(page.user).filter(initiative=page.initiative)
    linked = rows.filter(pk=page.item.action_id)
    return (rows.filter(state__in=OPEN_STATES) | linked).order_by("title", "pk")


def sources_to_link(page: ConcernMixin) -> Any:
    """Open entries of the register, and the one that is linked."""
    rows: Any = ResistanceSource.objects.visible_to(page.user).filter(initiative=page.initiative)
    linked = rows.filter(pk=page.item.source_id)
    return (rows.exclude(state__in=ENDED_STATES) | linked).order_by("pk")
