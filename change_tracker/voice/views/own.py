"""Have your say: what one said oneself, and saying something new."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.core.formpages import FormPage
from change_tracker.core.keys import key_in
from change_tracker.core.pages import PageMixin
from change_tracker.core.text import short_date
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from change_tracker.voice import services
from change_tracker.voice.chips import chip_of
from change_tracker.voice.forms import FeedbackForm, MessageForm, NothingForm
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.queries import feedback_for, team_of, thread_of, to_speak_about

State = FeedbackItem.State


def sent_words(item: FeedbackItem, today: Any) -> str:
    """What the page after it says."""
    day = short_date(item.promised_on, today)
    return gettext("It is sent. You have an answer by %(day)s.") % {"day": day}


class SayPage(PageMixin):
    """What one said so far, with what became of it, and about what one can say more."""

    template_name = "change_tracker/voice/say.html"
    tab = "say"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`lines` of a `page`, and the `initiatives` to speak about; no person: an empty state."""
        rows = feedback_for(self.user).filter(is_own=True).order_by("-pk")
        page = Paginator(rows, get_conf().page_size).get_page(self.request.GET.get("page"))
        lines = [{"item": row, "chip": chip_of(row, self.today)} for row in page]
        initiatives = list(to_speak_about(self.user))
        known = bool(lines or initiatives) or Person.objects.of_user(self.user).exists()
        return super().get_context_data(
            page=page, lines=lines, initiatives=initiatives, is_known=known, **kwargs
        )


class NewSayPage(FormPage):
    """Say something about one initiative; `?item=` names what one has to do in it."""

    template_name = "change_tracker/voice/say_new.html"
    tab = "say"
    form_class = FeedbackForm
    heading = _("What is on your mind?")
    button = _("Send it with my name")

    @cached_property
    def initiative(self) -> Any:
        """The initiative, for those who see it and may speak; else 404 or 403."""
        seen = Initiative.objects.published().visible_to(self.user)
        initiative = get_object_or_404(seen, slug=self.kwargs["slug"])
        rows = FeedbackItem.objects.visible_to(self.user)
        if not rows.may_create(self.user, {"initiative": initiative}):
            raise PermissionDenied
        return initiative

    @cached_property
    def activity(self) -> Any:
        """What it is about, if it is something that the caller has to do in this initiative."""
        asked = key_in(self.request.GET.get("item", ""))
        if asked is None:
            return None
        records: Any = TrainingRecord.objects.visible_to(self.user)
        mine = records.own(self.user).filter(plan__initiative=self.initiative, pk=asked)
        record = mine.select_related("activity").first()
        return record.activity if record else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who reads it, and how soon one has an answer; for those who may speak."""
        days = get_conf().answer_working_days
        promise = ngettext(
            "You have an answer within %(days)s working day.",
            "You have an answer within %(days)s working days.",
            days,
        )
        return super().get_context_data(
            initiative=self.initiative,
            has_ended=self.initiative.has_ended,
            activity=self.activity,
            team=team_of(self.user, self.initiative),
            promise=promise % {"days": days},
            **kwargs,
        )

    def save(self, form: Any) -> tuple[str, str]:
        """Send it."""
        item = services.raise_feedback(
            initiative=self.initiative,
            activity=self.activity,
            **self.actor_and_time(),
            **form.cleaned_data,
        )
        return reverse("change_tracker:say-item", args=[item.pk]), sent_words(item, self.today)


class OwnItemPage(FormPage):
    """One thing that one said, with its thread; sending adds to it."""

    template_name = "change_tracker/voice/say_item.html"
    tab = "say"
    form_class: type[Form] = MessageForm
    button = _("Send")

    @cached_property
    def item(self) -> Any:
        """The caller's own, or 404."""
        return get_object_or_404(feedback_for(self.user), pk=self.kwargs["pk"], is_own=True)

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names what it is about
        """What it is, and about what."""
        words = {"kind": self.item.get_kind_display(), "initiative": self.item.initiative.title}
        return gettext("Your %(kind)s about %(initiative)s") % words

    def back(self) -> str:
        """The page of the item."""
        return reverse("change_tracker:say-item", args=[self.item.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`item`, its `chip` and `thread`, and what can be done."""
        item = self.item
        return super().get_context_data(
            item=item,
            chip=chip_of(item, self.today),
            thread=thread_of(self.user, item),
            may_add=item.state in services.TALKING,
            may_withdraw=item.is_waiting,
            is_answered=item.state == State.ANSWERED,
            has_ended=item.initiative.has_ended,
            back=self.back(),
            **kwargs,
        )

    def again(self, form: Any, status: int) -> HttpResponse:
        """Read anew: what was refused is often refused because it was answered meanwhile."""
        self.__dict__.pop("item", None)
        return super().again(form, status)

    def save(self, form: Any) -> tuple[str, str]:
        """Add it."""
        asks_again = self.item.state == State.ANSWERED
        services.write_message(item=self.item, **self.actor_and_time(), **form.cleaned_data)
        words = _("The change team is asked again.") if asks_again else _("It is added.")
        return self.back(), str(words)


class OwnVerb(OwnItemPage):
    """Something that one does with it, without words."""

    form_class = NothingForm

    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.user, "now": timezone.now()}

    def is_open(self) -> bool:
        """Hook: whether a page asks for it now."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question; what cannot be done any more leads back."""
        return super().get(request, *args, **kwargs) if self.is_open() else redirect(self.back())


class WithdrawPage(OwnVerb):
    """Take it back; the page asks once more."""

    template_name = "change_tracker/voice/say_withdraw.html"
    button = _("Take it back")

    @property
    def heading(self) -> str:  # type: ignore[override]  # what it asks
        """The question."""
        return gettext("Take it back?")

    def is_open(self) -> bool:
        """Before it is answered."""
        return bool(self.item.is_waiting)

    def save(self, form: Any) -> tuple[str, str]:
        """Take it back."""
        services.withdraw_feedback(item=self.item, **self.by())
        return reverse("change_tracker:say"), gettext("It is taken back.")


class SettlePage(OwnVerb):
    """Say that the answer settles it."""

    template_name = "change_tracker/voice/say_refused.html"

    @property
    def heading(self) -> str:  # type: ignore[override]  # the page is one of a refusal
        """What happened: it was settled, asked again or taken back meanwhile."""
        return gettext("This is not possible any more")

    def is_open(self) -> bool:
        """Never by GET: it is a button on the page of the item."""
        return False

    def save(self, form: Any) -> tuple[str, str]:
        """Settle it."""
        services.close_feedback(item=self.item, **self.by())
        return self.back(), gettext("It is settled.")
