"""Handing something in for one's own training, and taking that back."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.core.toasts import leave_toast
from change_tracker.portal.views.training import ItemVerb
from change_tracker.training.errors import DecidedError
from change_tracker.training.handingin import NOTHING_YET, handed_in_of, refusal_to_hand_in
from change_tracker.training.models import LearningActivity, Submission, TrainingRecord
from change_tracker.training.personforms import HandInForm, ReadyForm
from change_tracker.training.queries import WorkItem
from change_tracker.training.services import hand_in, take_back_submission


class ItemHandIn(FormPage):
    """A file or a link, or the word that one is ready; a button elsewhere may send the latter."""

    template_name = "change_tracker/item_hand_in.html"
    tab = "my-training"

    @cached_property
    def record(self) -> TrainingRecord:
        """The caller's own record, or 404."""
        mine: Any = TrainingRecord.objects.visible_to(self.user)
        rows = mine.own(self.user).select_related("activity", "plan__initiative")
        record: TrainingRecord = get_object_or_404(rows, pk=self.kwargs["pk"])
        return record

    @property
    def is_sign_off(self) -> bool:
        """Whether nothing but the person's word is asked for."""
        rule = self.record.activity.completion_rule
        return rule == LearningActivity.CompletionRule.SIGN_OFF

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names what it is about
        """For what."""
        title = {"title": self.record.activity.title}
        if self.is_sign_off:
            return gettext("Say that you are ready: “%(title)s”") % title
        return gettext("Hand in something for “%(title)s”") % title

    @property
    def button(self) -> str | Promise:  # type: ignore[override]  # it depends on the rule
        """What the button does."""
        return _("I am ready") if self.is_sign_off else _("Hand in")

    def get_form(self, data: Any = None) -> forms.Form:
        """With the file that was sent."""
        self.form_class = ReadyForm if self.is_sign_off else HandInForm
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`record`, and `refusal` where there is nothing to hand in."""
        context = super().get_context_data(**kwargs)
        last = handed_in_of([self.record], self.today).get(self.record.pk, NOTHING_YET)
        return context | {
            "record": self.record,
            "refusal": refusal_to_hand_in(self.record, last),
            "said": last.said,
            "back": self.back(),
        }

    def again(self, form: forms.Form, status: int) -> Any:
        """Read anew: what was refused is often refused because it is another record now."""
        self.__dict__.pop("record", None)
        return super().again(form, status)

    def back(self) -> str:
        """To the item."""
        return reverse("change_tracker:item", args=[self.record.pk])

    def save(self, form: Any) -> tuple[str, str]:
        """Hand it in; what is wrong with a file or a link is said beside it."""
        sent = {name: value for name, value in form.cleaned_data.items() if value}
        hand_in(record=self.record, **sent, **self.actor_and_time())
        if self.is_sign_off:
            said = gettext("You are ready. Your manager, your lead or your coach confirms it.")
        else:
            said = gettext("It is handed in. The answer appears here.")
        return self.back(), said


class ItemHandInBack(ItemVerb):
    """Take back what was handed in."""

    def act(self, item: WorkItem, record: TrainingRecord) -> None:
        """The last one."""
        mine: Any = Submission.objects.visible_to(self.user)
        submission = mine.own(self.user).filter(record=record).order_by("-pk").first()
        if submission is None:
            raise DecidedError
        context = self.actor_and_time()
        take_back_submission(submission=submission, actor=context["actor"], now=context["now"])
        words = gettext("What you handed in for “%(title)s” is taken back.")
        leave_toast(self.request, words % {"title": item.title})
