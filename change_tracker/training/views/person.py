"""One person's plan, as the lead reads it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import key_of
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.models import AuditEvent
from change_tracker.core.toasts import leave_toast
from change_tracker.people.queries import holidays_in, with_names
from change_tracker.training import personal, services
from change_tracker.training.forms import ReasonForm
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    ExtensionRequest,
    LearningActivity,
    TrainingRecord,
)
from change_tracker.training.personforms import RevokeForm
from change_tracker.training.services.inforce import undo_by, with_force
from change_tracker.training.views.editing import EditPage
from change_tracker.training.views.plans import PlanMixin

#: Lines of history on the page; the newest.
MOST_EVENTS = 50


class PersonMixin(PlanMixin):
    """A page about one person in one plan, for those who may read names; 404 for others."""

    @cached_property
    def enrolment(self) -> Enrolment:
        """The enrolment in this plan."""
        if not self.plan.shows_names:
            raise Http404
        rows = Enrolment.objects.visible_to(self.user).filter(plan=self.plan)
        enrolment: Enrolment = get_object_or_404(
            rows.select_related("person__unit"), pk=self.kwargs["enrolment_pk"]
        )
        enrolment.plan = self.plan
        return enrolment

    def person_url(self) -> str:
        """The page of this person's plan."""
        where = [self.plan.initiative.slug, self.plan.pk, self.enrolment.pk]
        return reverse("change_tracker:plan-person", args=where)


class PersonPage(PersonMixin):
    """Each item with its state, its date and why; how the plan came; history; what can be done."""

    template_name = "change_tracker/plan_person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`items`, `groups`, `history`, and which steps are open."""
        enrolment = self.enrolment
        rows: Any = TrainingRecord.objects.visible_to(self.user).filter(enrolment=enrolment)
        rows = with_force(rows).annotate(holidays=holidays_in(OuterRef("due_on"), self.today))
        records = list(
            rows.select_related("activity", "item", "completed_by", "left_by").order_by(
                "item__position", "item", "attempt"
            )
        )
        requests = ExtensionRequest.objects.visible_to(self.user)
        items = personal.lines_of(records, self.today, requests)
        oneself = services.is_oneself(enrolment.person, self.user)
        decides = self.plan.is_theirs and not oneself
        return super().get_context_data(
            plan=self.plan,
            initiative=self.plan.initiative,
            enrolment=enrolment,
            person=enrolment.person,
            verdict=personal.verdict(enrolment, records, self.today),
            items=items,
            answerable=self._answerable(items),
            groups=self._groups(),
            history=personal.history(self._events(items), items),
            oneself=oneself and self.plan.is_theirs,
            decides=decides,
            steps=personal.steps(enrolment, records) if decides else [],
            **self._for_others(records) if decides and enrolment.person.user_id is None else {},
            may_return=self.plan.is_theirs and personal.may_return(enrolment),
            **kwargs,
        )

    def _for_others(self, records: list[TrainingRecord]) -> dict[str, set[int]]:
        """`sayable` and `undoable`: what the caller may record for them, and take back."""
        rules = (*LearningActivity.SAID, LearningActivity.CompletionRule.EVIDENCE)
        return {
            "sayable": {
                record.pk
                for record in records
                if record.is_ready()
                and record.state != TrainingRecord.State.SUBMITTED
                and record.activity.completion_rule in rules
            },
            "undoable": {
                record.pk
                for record in records
                if undo_by(record, self.today)
                and record.completed_by is not None
                and record.completed_by.user_id == key_of(self.user)
            },
        }

    def _answerable(self, items: list[personal.Line]) -> set[int]:
        """The requests for more time that the caller may answer."""
        waiting = [line.more_time.waiting_id for line in items if line.more_time.waiting_id]
        mine = ExtensionRequest.objects.changeable_by(self.user).filter(pk__in=waiting)
        return set(mine.values_list("pk", flat=True))

    def _groups(self) -> list[EnrolmentReason]:
        """Why, also through groups that the person has left."""
        reasons = EnrolmentReason.objects.filter(
            enrolment__in=Enrolment.objects.visible_to(self.user).filter(pk=self.enrolment.pk)
        )
        named = reasons.annotate(group=F("plan_audience__audience__name"))
        return list(named.order_by(F("ended_on").desc(nulls_first=True), "pk"))

    def _events(self, items: list[personal.Line]) -> list[AuditEvent]:
        """What happened to the enrolment and its records, as far as the caller reads history."""
        about = personal.events_about(self.enrolment, items)
        readable = AuditEvent.objects.visible_to(self.user).filter(about)
        return list(with_names(readable).order_by("-at", "-pk")[:MOST_EVENTS])


class RecordPage(PersonMixin, EditPage):
    """A decision about one piece of work of one person."""

    @cached_property
    def record(self) -> Any:
        """The record of this enrolment `with_force`, or 404."""
        rows = TrainingRecord.objects.visible_to(self.user).filter(enrolment=self.enrolment)
        return get_object_or_404(
            with_force(rows).select_related("activity", "person"), pk=self.kwargs["record_pk"]
        )

    def subject(self) -> TrainingRecord:
        """The record."""
        record: TrainingRecord = self.record
        return record

    def names(self) -> dict[str, str]:
        """Who and what, for sentences."""
        return {"person": self.enrolment.person.display_name, "title": self.record.activity.title}

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may decide about this record."""
        mine = TrainingRecord.objects.changeable_by(self.user).filter(pk=self.record.pk)
        if not mine.exists():
            raise PermissionDenied
        return {}

    def back(self) -> str:
        """To the person."""
        return self.person_url()


class RecordExempt(RecordPage):
    """Exempt one person from one piece of work."""

    form_class = ReasonForm
    button = pgettext_lazy("verb", "Exempt")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names both
        """Who, and from what."""
        return gettext("Exempt %(person)s from “%(title)s”") % self.names()

    def refusal(self) -> str | Promise:
        """Nobody exempts themselves, and only from what is open."""
        return personal.refusal_to_exempt(self.record, self.user)

    def consequences(self) -> list[str]:
        """What it means."""
        return [
            gettext("It is no longer asked of them, and reminders for it stop."),
            gettext("There is no way back from an exemption."),
        ]

    def save(self, form: Any) -> tuple[str, str]:
        """Exempt them."""
        services.waive_record(record=self.record, **form.cleaned_data, **self.actor_and_time())
        return self.person_url(), gettext("%(person)s is exempt from “%(title)s”.") % self.names()


class RecordRevoke(RecordPage):
    """Take back that somebody has done something."""

    form_class = RevokeForm
    button = _("Take it back")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names both
        """Whose, and what."""
        return gettext("Take back that %(person)s has done “%(title)s”") % self.names()

    def form_options(self) -> dict[str, Any]:
        """The date that applies unless another one is chosen, where it is to do again."""
        options = super().form_options()
        due_on = services.due_again(self.record, self.today)
        options |= {"asks_again": self.asks_again, "has_date": due_on is not None}
        return options | {"initial": {"due_on": due_on}}

    @property
    def asks_again(self) -> bool:
        """Whether it is to do again."""
        return bool(self.record.is_in_force and not self.record.is_superseded)

    def refusal(self) -> str | Promise:
        """Nobody does so with their own, and only with what is done."""
        return personal.refusal_to_revoke(self.record, self.user)

    def consequences(self) -> list[str]:
        """What it means."""
        said = [gettext("What was recorded stays in the history. It stops to count today.")]
        if self.asks_again:
            said.append(
                gettext("It is to do again, and the person reads why. There is no way back.")
            )
        else:
            said.append(gettext("Nothing more is asked of them by this. There is no way back."))
        return said

    def save(self, form: Any) -> tuple[str, str]:
        """Take it back."""
        words = gettext("“%(title)s” no longer counts for %(person)s.")
        if self.asks_again:
            words = gettext("%(person)s has “%(title)s” to do again.")
        services.revoke_completion(record=self.record, **form.cleaned_data, **self.actor_and_time())
        return self.person_url(), words % self.names()


class PersonReturn(PersonMixin):
    """A press of “enrol again”. Anything else leads to the person."""

    template_name = "change_tracker/plan_refused.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the person."""
        self._mine()
        return redirect(self.person_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put them back in force, or say why not."""
        mine = self._mine()
        name = {"person": mine.person.display_name}
        try:
            services.enrol_again(enrolment=mine, **self.actor_and_time())
        except ChangeTrackerError as refused:
            context = self.get_context_data(
                plan=self.plan,
                initiative=self.plan.initiative,
                heading=gettext("Enrol %(person)s again") % name,
                refusal=refused.message,
                is_error=True,
                back=self.person_url(),
            )
            return self.render_to_response(context, status=409)
        leave_toast(request, gettext("%(person)s is in the plan again.") % name)
        return redirect(self.person_url())

    def _mine(self) -> Enrolment:
        mine = Enrolment.objects.changeable_by(self.user).filter(pk=self.enrolment.pk)
        if not mine.exists():
            raise PermissionDenied
        return self.enrolment
