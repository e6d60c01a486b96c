"""Asking for more time, and taking that back."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.core.text import short_date
from change_tracker.core.toasts import leave_toast
from change_tracker.portal.views.training import ItemVerb
from change_tracker.training.models import ExtensionRequest, TrainingRecord
from change_tracker.training.moretime import NONE, more_time_of, refusal_to_ask
from change_tracker.training.personforms import MoreTimeForm
from change_tracker.training.queries import WorkItem
from change_tracker.training.services import ask_for_time, take_back_request


class ItemMoreTime(FormPage):
    """Ask for a later date for one piece of one's own training."""

    template_name = "change_tracker/item_more_time.html"
    tab = "my-training"
    form_class = MoreTimeForm
    button = _("Ask for more time")

    @cached_property
    def record(self) -> TrainingRecord:
        """The caller's own record, or 404."""
        mine: Any = TrainingRecord.objects.visible_to(self.user)
        rows = mine.own(self.user).select_related("activity", "plan__initiative")
        record: TrainingRecord = get_object_or_404(rows, pk=self.kwargs["pk"])
        return record

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names what it is about
        """For what."""
        title = {"title": self.record.activity.title}
        return gettext("Ask for more time for “%(title)s”") % title

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those whose training it is."""
        self.record  # noqa: B018  404 before anything else
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`record`, and `refusal` where there is nothing to ask for."""
        context = super().get_context_data(**kwargs)
        more = more_time_of([self.record], self.today).get(self.record.pk, NONE)
        return context | {
            "record": self.record,
            "refusal": refusal_to_ask(self.record, more),
            "back": self.back(),
        }

    def again(self, form: Any, status: int) -> Any:
        """Read anew: what was refused is often refused because it is another record now."""
        self.__dict__.pop("record", None)
        return super().again(form, status)

    def back(self) -> str:
        """To the item."""
        return reverse("change_tracker:item", args=[self.record.pk])

    def save(self, form: Any) -> tuple[str, str]:
        """Ask."""
        ask_for_time(record=self.record, **form.cleaned_data, **self.actor_and_time())
        day = short_date(form.cleaned_data["wanted_on"], self.today)
        words = gettext("You asked for more time until %(day)s. The answer appears here.")
        return self.back(), words % {"day": day}


class ItemMoreTimeBack(ItemVerb):
    """Take a request back."""

    def act(self, item: WorkItem, record: TrainingRecord) -> None:
        """The one that waits; 404 where there is none."""
        mine: Any = ExtensionRequest.objects.visible_to(self.user)
        request = mine.own(self.user).filter(record=record).order_by("-pk").first()
        if request is None:
            raise Http404
        context = self.actor_and_time()
        take_back_request(request=request, actor=context["actor"], now=context["now"])
        words = gettext("You do not ask for more time for “%(title)s” any more.")
        leave_toast(self.request, words % {"title": item.title})
