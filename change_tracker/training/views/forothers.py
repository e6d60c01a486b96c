"""Recording for people who cannot sign in: one piece of work of one, or of several at once."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import FormPage
from change_tracker.core.keys import key_in, keys_in
from change_tracker.core.pages import PageMixin
from change_tracker.core.toasts import leave_toast
from change_tracker.people.models import Person
from change_tracker.training import forothers, handingin, services, standing
from change_tracker.training.handingin import NOTHING_YET
from change_tracker.training.models import LearningActivity, TrainingRecord
from change_tracker.training.personforms import HandInForm
from change_tracker.training.recordforms import ForOthersForm
from change_tracker.training.views.planning import url_of

#: Of so many an address has room to take them back at once; of more, each person's page does.
MOST_UNDONE = 100


class OfOther(FormPage):
    """A page that may be about one piece of work of somebody who cannot sign in."""

    @property
    def asked_record(self) -> int | None:
        """Hook: the key of the record, where the address names one."""
        raise NotImplementedError

    @cached_property
    def record(self) -> TrainingRecord | None:
        """The record that the address names; 404 where the caller records nothing for it."""
        if self.asked_record is None:
            return None
        rows: Any = TrainingRecord.objects.visible_to(self.user)
        mine = rows.recordable_by(self.user).select_related(
            "person__unit", "activity", "plan__initiative"
        )
        record: TrainingRecord = get_object_or_404(mine, pk=self.asked_record)
        return record

    @cached_property
    def is_team(self) -> bool:
        """Whether the person of the record reports to the caller."""
        people: Any = Person.objects.visible_to(self.user)
        team = people.team_of(self.user)
        return self.record is not None and bool(team.filter(pk=self.record.person_id).exists())

    def back(self) -> str:
        """To the person."""
        record = self.record
        if record is None or self.is_team:
            return self.to_team(record)
        where = [record.plan.initiative.slug, record.plan_id, record.enrolment_id]
        return reverse("change_tracker:plan-person", args=where)

    def to_team(self, record: TrainingRecord | None) -> str:
        """To the team, or somebody of it."""
        if record is None:
            return reverse("change_tracker:team")
        return reverse("change_tracker:team-person", args=[record.person_id])


class HandInForOther(OfOther):
    """Hand something in for somebody who cannot sign in; it waits like any other."""

    template_name = "change_tracker/for_others_hand_in.html"
    form_class = HandInForm
    button = _("Hand in")

    @property
    def asked_record(self) -> int | None:
        """It is in the address."""
        return int(self.kwargs["pk"])

    @cached_property
    def work(self) -> TrainingRecord:
        """Of somebody without a login, for which evidence is asked; 404 for anything else."""
        record = self.record
        evidence = LearningActivity.CompletionRule.EVIDENCE
        if record is None or record.person.user_id is not None:
            raise Http404
        if record.activity.completion_rule != evidence:
            raise Http404
        return record

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on where one comes from
        """Managers come from their team, leads from a plan."""
        return "team" if self.is_team else "initiatives"

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names what it is about
        """For whom, and what."""
        names = {"person": self.work.person, "title": self.work.activity.title}
        return gettext("Hand in for %(person)s: “%(title)s”") % names

    def get_form(self, data: Any = None) -> forms.Form:
        """With the file that was sent."""
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`record`, and `refusal` where there is nothing to hand in now."""
        last = handingin.handed_in_of([self.work], self.today).get(self.work.pk, NOTHING_YET)
        return super().get_context_data(
            record=self.work,
            refusal=handingin.refusal_to_hand_in_for(self.work, last),
            back=self.back(),
            **kwargs,
        )

    def save(self, form: Any) -> tuple[str, str]:
        """Hand it in."""
        sent = {name: value for name, value in form.cleaned_data.items() if value}
        services.hand_in(record=self.work, **sent, **self.actor_and_time())
        names = {"person": self.work.person.display_name, "title": self.work.activity.title}
        words = gettext("It is handed in for %(person)s. It counts when somebody has confirmed it.")
        return self.back(), words % names


class ForOthers(OfOther):
    """What is open for whom; then, for one item of a plan, who did it and when.

    The address says which: `item`, of a plan, or `record`, of one person; `plan` leaves out the
    other plans.
    """

    template_name = "change_tracker/for_others.html"
    form_class = ForOthersForm
    button = _("Record as done")

    def asked(self, name: str) -> int | None:
        """A key that the address names."""
        return key_in(self.request.GET.get(name, ""))

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on where one comes from
        """Leads come from a plan, managers from their team."""
        return "initiatives" if self.plan or (self.record and not self.is_team) else "team"

    @cached_property
    def plan(self) -> Any:
        """The plan that the address names; 404 where it is not the caller's to read."""
        asked = self.asked("plan")
        if asked is None:
            return None
        return get_object_or_404(standing.plans_with_figures_for(self.user), pk=asked)

    @property
    def asked_record(self) -> int | None:
        """As the address says."""
        return self.asked("record")

    @cached_property
    def rows(self) -> Any:
        """All that the caller may record now."""
        rows = forothers.for_others(self.user)
        return rows.filter(plan=self.plan) if self.plan else rows

    @cached_property
    def people(self) -> list[TrainingRecord]:
        """The work that the form is about; nothing where the address names none."""
        if self.record is not None:
            return forothers.people_in(self.rows.filter(pk=self.record.pk))
        item = self.asked("item")
        return forothers.people_in(self.rows.filter(item=item)) if item is not None else []

    @property
    def is_evidence(self) -> bool:
        """Whether nobody's word is enough for it."""
        evidence = LearningActivity.CompletionRule.EVIDENCE
        return bool(self.people) and self.people[0].activity.completion_rule == evidence

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names what it is about
        """For whom, or what."""
        if self.record is not None:
            names = {"person": self.record.person, "title": self.record.activity.title}
            return gettext("Record for %(person)s: “%(title)s”") % names
        if self.people:
            title = {"title": self.people[0].activity.title}
            return gettext("Record for others: “%(title)s”") % title
        return gettext("Record for people without a login")

    def form_options(self) -> dict[str, Any]:
        """Whom it is about, and today as the day to begin with."""
        return {
            "records": self.people,
            "is_one": self.record is not None,
            "initial": {"completed_on": self.today},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`people` of the form, or `waiting`, of which to choose one; `nobody` where neither is.

        `is_evidence`: for these one hands something in, for each of them alone.
        """
        waiting = [] if self.people or self.record else forothers.waiting_of(self.rows)
        kept = {"plan": self.plan.pk} if self.plan else {}
        return super().get_context_data(
            people=self.people,
            is_evidence=self.is_evidence,
            waiting=[(each, urlencode({"item": each.item_id} | kept)) for each in waiting],
            nobody=forothers.nobody_words(),
            back=self.back(),
            back_words=self.back_words(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Record; what is no longer there to record leads to what is."""
        if not self.people or self.is_evidence:
            return redirect(self.here())
        return super().post(request, *args, **kwargs)

    def here(self) -> str:
        """All that is open, in the plan that the address names."""
        url = reverse("change_tracker:record-for-others")
        return f"{url}?plan={self.plan.pk}" if self.plan else url

    def back(self) -> str:
        """Where one comes from."""
        if self.record is None and self.plan:
            return url_of(self.plan)
        return super().back()

    def back_words(self) -> str:
        """The same in words."""
        if self.record is not None:
            return self.record.person.display_name
        return self.plan.title if self.plan else gettext("My team")

    def save(self, form: Any) -> tuple[str, str, str]:
        """Record."""
        title, keys = self.people[0].activity.title, form.keys()
        done = services.record_for_others(
            self._mine(keys),
            completed_on=form.cleaned_data["completed_on"],
            **self.actor_and_time(),
        )
        words = forothers.recorded_words(done, title)
        return self.back() if self.record else self.here(), words, undo_url(done.recorded)

    def _mine(self, keys: list[int]) -> Any:
        rows: Any = TrainingRecord.objects.visible_to(self.user)
        mine = rows.recordable_by(self.user)
        return mine.filter(pk__in=keys, item=self.people[0].item_id)


def undo_url(records: Any) -> str:
    """Where a press takes `records` (ids) back; nothing for none or too many."""
    if not 0 < len(records) <= MOST_UNDONE:
        return ""
    query = urlencode([("record", pk) for pk in records])
    return f"{reverse('change_tracker:record-for-others-undo')}?{query}"


class ForOthersUndo(PageMixin):
    """Take back what one recorded. Anything but a press leads to what is open."""

    template_name = "change_tracker/for_others_refused.html"
    tab = "team"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to what is open."""
        return redirect("change_tracker:record-for-others")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Open it again, or say why not; 404 for what the caller does not record."""
        keys = keys_in(request.GET.getlist("record")[:MOST_UNDONE])
        if "record" not in request.GET:
            return redirect("change_tracker:record-for-others")
        rows: Any = TrainingRecord.objects.visible_to(self.user)
        mine = rows.recordable_by(self.user).filter(pk__in=keys)
        if not mine.exists():
            raise Http404
        try:
            undone = services.undo_for_others(mine, **self.actor_and_time())
        except ChangeTrackerError as refused:
            context = self.get_context_data(refusal=refused.message)
            return self.render_to_response(context, status=409)
        leave_toast(request, forothers.undone_words(len(undone)))
        return redirect("change_tracker:record-for-others")
