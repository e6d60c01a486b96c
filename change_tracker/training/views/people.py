"""The people of a plan: deciding about some of them, and one of them with their work."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from change_tracker.core.formpages import FormPage, name_what_is_missing
from change_tracker.core.keys import keys_in
from change_tracker.core.text import short_date
from change_tracker.training import decisions, jobs, services, standing
from change_tracker.training.forms import ReasonForm
from change_tracker.training.models import Enrolment
from change_tracker.training.personforms import UntilForm
from change_tracker.training.services import Decision, Verdicts
from change_tracker.training.views.planning import url_of
from change_tracker.training.views.plans import PlanMixin


class ChosenPeople(PlanMixin, FormPage):
    """A page about the people whom the address names: `chosen` (enrolments), or `everyone` whom the
    filter finds.
    """

    def chosen(self) -> QuerySet[Enrolment]:
        """The enrolments that the address names, as far as the caller may change them."""
        mine = Enrolment.objects.changeable_by(self.user).filter(plan=self.plan)
        if "everyone" in self.request.GET:
            # A filter that finds nothing any more must not mean everyone.
            rows = standing.with_standing(mine, self.today)
            found: QuerySet[Enrolment] = self.found(rows)
            return found.none() if self.asks_for_the_unknown else found
        return mine.filter(pk__in=keys_in(self.request.GET.getlist("chosen")))

    def named(self, groups: Iterable[Sequence[int]]) -> dict[int, Enrolment]:
        """The first of each of `groups` (ids), with name and unit."""
        shown = [pk for ids in groups for pk in ids[: decisions.MOST_NAMES]]
        rows = Enrolment.objects.visible_to(self.user).filter(pk__in=shown)
        return {row.pk: row for row in rows.select_related("person__unit")} if shown else {}

    def back(self) -> str:
        """The people, with the same filter."""
        query = self.query(self.asked_state, self.asked_unit)
        return f"{url_of(self.plan)}{f'?{query}' if query else ''}#ct-people"


class PeopleCheck(ChosenPeople):
    """What a decision about the chosen people would do, and the one button that does it.

    The choice is in the address: `do`, and either `chosen` (enrolments) or `everyone` whom the
    filter finds; for more time also `until`, which is asked for first. The digest of what was shown
    comes back with the form.
    """

    template_name = "change_tracker/people_check.html"
    form_class = ReasonForm

    @property
    def decision(self) -> Decision:
        """What is to be decided."""
        return Decision(self.request.GET["do"])

    def is_asked(self) -> bool:
        """Whether the address says what is to be decided; 403 for those who may not."""
        if not self.plan.is_theirs:
            raise PermissionDenied
        return self.request.GET.get("do") in Decision.values

    @cached_property
    def until_form(self) -> UntilForm:
        """Until when people get more time, as far as the address says it."""
        asked = self.request.GET if "until" in self.request.GET else None
        form = UntilForm(asked, today=self.today)
        form.fields["until"].widget.attrs["class"] = "ct-in"
        name_what_is_missing(form)
        return form

    @property
    def asks_until(self) -> bool:
        """Whether it is still to say until when people get more time."""
        return self.decision == Decision.EXTEND and not self.until_form.is_valid()

    @property
    def more(self) -> dict[str, Any]:
        """What only more time needs: `until`."""
        extends = self.decision == Decision.EXTEND
        return {"until": self.until_form.cleaned_data["until"]} if extends else {}

    @property
    def day(self) -> str:
        """Until when, in words."""
        return short_date(self.more["until"], self.today) if self.more else ""

    def verdicts(self) -> Verdicts:
        """What the decision would do now."""
        return services.preview_decision(self.decision, self.chosen(), actor=self.user, **self.more)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The check; without a decision back to the people."""
        return super().get(request, *args, **kwargs) if self.is_asked() else redirect(self.back())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Decide; without a decision back to the people."""
        if not self.is_asked():
            return redirect(self.back())
        if self.asks_until:
            return redirect(request.get_full_path())
        return super().post(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        """First until when, where that is to be said."""
        return ["change_tracker/people_until.html" if self.asks_until else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`check` in words, its `digest`; whether `nobody` is chosen, or too many to wait for."""
        if self.asks_until:
            return self._until(**kwargs)
        verdicts = self.verdicts()
        named = self.named(verdicts.of.values())
        archived = self.plan.state == self.plan.State.ARCHIVED
        return super().get_context_data(
            plan=self.plan,
            initiative=self.plan.initiative,
            decision=self.decision,
            check=decisions.check_of(
                self.decision, verdicts, named, is_archived=archived, until=self.day
            ),
            nobody=not verdicts.of,
            takes_long=len(verdicts.reached) > jobs.MOST_AT_ONCE,
            digest=verdicts.digest,
            back=self.back(),
            **kwargs,
        )

    def _until(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what of the address it has to `keep`."""
        keep = [pair for pair in self.request.GET.lists() if pair[0] != "until"]
        return super().get_context_data(
            plan=self.plan,
            initiative=self.plan.initiative,
            form=self.until_form,
            keep=[(name, value) for name, values in keep for value in values],
            back=self.back(),
            **kwargs,
        )

    def save(self, form: Any) -> str | tuple[str, str]:
        """Decide as it was shown, or not at all; about many people while the caller watches."""
        decided = {
            "reason": form.cleaned_data["reason"],
            "expected": self.request.POST.get("digest", ""),
            **self.more,
        }
        verdicts = self.verdicts()
        if len(verdicts.reached) > jobs.MOST_AT_ONCE:
            return self.decide_later(verdicts, decided)
        done = jobs.DO[self.decision](self.chosen(), **decided, **self.actor_and_time())
        said = decisions.done_words(self.decision, done, self.day)
        return f"{url_of(self.plan)}#ct-people", said

    def decide_later(self, verdicts: Verdicts, decided: dict[str, Any]) -> str:
        """Have a worker decide; returns where that can be watched."""
        job = jobs.decide_later(
            self.decision,
            verdicts,
            plan=self.plan,
            result_url=f"{url_of(self.plan)}#ct-people",
            actor=self.user,
            now=timezone.now(),
            **decided,
        )
        return reverse("change_tracker:job", args=[job.pk])
