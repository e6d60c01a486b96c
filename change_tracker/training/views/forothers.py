"""Recording for people who cannot sign in: one piece of work of one, or of several at once."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import FormPage
from change_tracker.core.pages import PageMixin, leave_toast
from change_tracker.people.models import Person
from change_tracker.training import forothers, services, standing
from change_tracker.training.models import TrainingRecord
from change_tracker.training.recordforms import MOST_DIGITS, ForOthersForm
from change_tracker.training.views.planning import url_of

#: Of so many an address has room to take them back at once; of more, each person's page does.
MOST_UNDONE = 100


def key(value: str) -> int | None:
    """A key from an address; None for anything else."""
    return int(value) if value.isdecimal() and len(value) <= MOST_DIGITS else None


class ForOthers(FormPage):
    """What is open for whom; then, for one item of a plan, who did it and when.

    The address says which: `item`, of a plan, or `record`, of one person; `plan` leaves out the
    other plans.
    """

    template_name = "change_tracker/for_others.html"
    form_class = ForOthersForm
    button = _("Record as done")

    def asked(self, name: str) -> int | None:
        """A key that the address names."""
        return key(self.request.GET.get(name, ""))

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

    @cached_property
    def record(self) -> TrainingRecord | None:
        """The record that the address names; 404 where the caller records nothing for it."""
        asked = self.asked("record")
        if asked is None:
            return None
        rows: Any = TrainingRecord.objects.visible_to(self.user)
        mine = rows.recordable_by(self.user).select_related(
            "person__unit", "activity", "plan__initiative"
        )
        record: TrainingRecord = get_object_or_404(mine, pk=asked)
        return record

    @cached_property
    def is_team(self) -> bool:
        """Whether the person of the record reports to the caller."""
        people: Any = Person.objects.visible_to(self.user)
        team = people.team_of(self.user)
        return self.record is not None and bool(team.filter(pk=self.record.person_id).exists())

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
        return {"records": self.people, "initial": {"completed_on": self.today}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`people` of the form, or `waiting`, of which to choose one; `nobody` where neither is."""
        waiting = [] if self.people or self.record else forothers.waiting_of(self.rows)
        kept = {"plan": self.plan.pk} if self.plan else {}
        return super().get_context_data(
            people=self.people,
            waiting=[(each, urlencode({"item": each.item_id} | kept)) for each in waiting],
            nobody=forothers.nobody_words(),
            back=self.back(),
            back_words=self.back_words(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Record; what is no longer there to record leads to what is."""
        return super().post(request, *args, **kwargs) if self.people else redirect(self.here())

    def here(self) -> str:
        """All that is open, in the plan that the address names."""
        url = reverse("change_tracker:record-for-others")
        return f"{url}?plan={self.plan.pk}" if self.plan else url

    def back(self) -> str:
        """Where one comes from."""
        record = self.record
        if record is not None and self.is_team:
            return reverse("change_tracker:team-person", args=[record.person_id])
        if record is not None:
            where = [record.plan.initiative.slug, record.plan_id, record.enrolment_id]
            return reverse("change_tracker:plan-person", args=where)
        return url_of(self.plan) if self.plan else reverse("change_tracker:team")

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
        keys = [key(value) for value in request.GET.getlist("record")[:MOST_UNDONE]]
        if not keys:
            return redirect("change_tracker:record-for-others")
        rows: Any = TrainingRecord.objects.visible_to(self.user)
        mine = rows.recordable_by(self.user).filter(pk__in=[each for each in keys if each])
        if not mine.exists():
            raise Http404
        try:
            undone = services.undo_for_others(mine, **self.actor_and_time())
        except ChangeTrackerError as refused:
            context = self.get_context_data(refusal=refused.message)
            return self.render_to_response(context, status=409)
        leave_toast(request, forothers.undone_words(len(undone)))
        return redirect("change_tracker:record-for-others")
