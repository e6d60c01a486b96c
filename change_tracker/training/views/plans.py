"""The plans of an initiative, and one plan with its people."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.conf import get_conf
from change_tracker.core.neighbours import nearest_of
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.initiatives.head import reads_register
from change_tracker.people.models import Audience, AudienceClause
from change_tracker.people.queries import people_in
from change_tracker.people.services.audiences import describe_rule, why_nobody
from change_tracker.training import standing, wording
from change_tracker.training.burnup import burn_up, forecast
from change_tracker.training.duewords import due_rule_words
from change_tracker.training.models import PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.standing import Standing, Tally
from change_tracker.training.views.duewindow import DueWindowMixin
from change_tracker.training.waiting import waiting_in

#: The value of the filter for people who belong to no unit.
NO_UNIT = "none"


class PlansMixin(PageMixin):
    """The plans of one initiative, for those who read its figures."""

    tab = "initiatives"

    @cached_property
    def initiative(self) -> Any:
        """The initiative, or 404."""
        return the_one_or_404(standing.initiative_with_plans(self.user, slug=self.kwargs["slug"]))

    def rows(self) -> Any:
        """Its plans, in their order."""
        rows = standing.plans_with_figures_for(self.user).filter(initiative=self.initiative)
        return rows.order_by("pk")


class PlansPage(PlansMixin):
    """The list of them, with what waits for an answer."""

    template_name = "change_tracker/plans.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`page` of plans, each in `lines` with its tally; `waiting` requests; `may_plan`."""
        initiative = self.initiative
        paginator = Paginator(self.rows(), get_conf().page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        tallies = standing.tally_by_plan(page.object_list, self.today)
        lines = [(plan, tallies.get(plan.pk, Tally())) for plan in page.object_list]
        may_plan = TrainingPlan.objects.all().may_create(self.user, {"initiative": initiative})
        return super().get_context_data(
            initiative=initiative,
            shows_register=reads_register(self.user, initiative),
            page=page,
            lines=lines,
            may_plan=may_plan,
            **waiting_in(initiative, self.user),
            **kwargs,
        )


class PlanMixin(DueWindowMixin):
    """A page about one plan whose figures the caller may read; 404 for any other."""

    tab = "initiatives"

    @cached_property
    def plan(self) -> Any:
        """The plan, with its initiative, `shows_names` and `is_theirs`."""
        slug, pk = self.kwargs["slug"], self.kwargs["pk"]
        return the_one_or_404(standing.plan_with_figures(self.user, slug=slug, pk=pk))

    @cached_property
    def units(self) -> list[Tally]:
        """How the people of each unit stand."""
        return standing.tally_by_unit(self.plan, self.today)

    @cached_property
    def asked_state(self) -> str:
        """The standing that is filtered by, if there is such a one."""
        state = self.request.GET.get("state", "")
        return state if state in Standing.values else ""

    @cached_property
    def asked_unit(self) -> Tally | None:
        """The unit that is filtered by, if it has people in this plan."""
        asked = self.request.GET.get("unit", "")
        found = (each for each in self.units if str(each.id or NO_UNIT) == asked)
        return next(found, None)

    @property
    def asks_for_the_unknown(self) -> bool:
        """Whether the address names a state, a unit or a day that there is not, or no more."""
        asked = self.request.GET
        no_state = bool(asked.get("state")) and not self.asked_state
        no_unit = bool(asked.get("unit")) and not self.asked_unit
        return no_state or no_unit or self.asks_for_no_day

    def found(self, rows: Any) -> Any:
        """Those of `rows` (with their standing) whom the filter finds."""
        rows = self.found_in_any_state(rows)
        return rows.filter(standing=self.asked_state) if self.asked_state else rows

    def found_in_any_state(self, rows: Any) -> Any:
        """The same, however they stand."""
        if self.asked_unit:
            rows = rows.filter(person__unit=self.asked_unit.id)
        return self.in_window(rows)

    def people(self) -> Any:
        """The people whom the filter finds."""
        return self.found(standing.people_of_plan(self.plan, self.today))

    def query(self, state: str, unit: Tally | None) -> str:
        """The address of the list with a filter."""
        return urlencode(self.terms(state, unit))

    def terms(self, state: str, unit: Tally | None, without: str = "") -> list[tuple[str, str]]:
        """A filter as names and values; what is not filtered by is left out."""
        asked = [("state", state), ("unit", str(unit.id or NO_UNIT) if unit else "")]
        return [(name, value) for name, value in asked + self.due_terms(without) if value]


class PlanPage(PlanMixin):
    """One plan: verdict, done against plan, audience, people."""

    template_name = "change_tracker/plan.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; a manager who reads no figures of it is led to their own people in it."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            if not self._team_has_it():
                raise
        return redirect(f"{reverse('change_tracker:team')}?plan={self.kwargs['pk']}")

    def _team_has_it(self) -> bool:
        visible: Any = TrainingPlan.objects.visible_to(self.user)
        address = {"initiative__slug": self.kwargs["slug"], "pk": self.kwargs["pk"]}
        return bool(visible.had_by_team_of(self.user).filter(**address).exists())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures for all who may read them; `people` where names may be read."""
        whole = standing.whole(self.units)
        items = list(self._items())
        context = {
            "plan": self.plan,
            "initiative": self.plan.initiative,
            "shows_register": reads_register(self.user, self.plan),
            "whole": whole,
            "verdict": wording.verdict(self.plan, whole, self.units, self.today),
            "units": [(unit, self.query("", unit)) for unit in self.units],
            "rules": self._rules_in_words(),
            "items": [(item, due_rule_words(item, self.today)) for item in items],
            "minutes": sum(item.activity.minutes for item in items),
        }
        context["near"] = nearest_of(self.plan, self.user, ("sources", "actions"))
        context |= self._chart() | self._people(whole)
        return super().get_context_data(**context | kwargs)

    def _chart(self) -> dict[str, Any]:
        due, done, total = standing.dates_of_plan(self.plan)
        chart = burn_up(due, done, total, self.today)
        on: date | None = self.plan.initiative.go_live_on or max(due, default=None)
        expected = forecast(done, total, self.today, on) if on else None
        return {
            "chart": chart,
            "chart_words": chart
            and wording.chart_words(chart.done_now, chart.planned_now, chart.total),
            "forecast": wording.forecast_words(expected, total, on, self.today),
        }

    def _rules(self) -> QuerySet[PlanAudience]:
        told = Audience.objects.known_in_full_to(self.user).filter(pk=OuterRef("audience"))
        clauses = AudienceClause.objects.filter(
            audience__in=Audience.objects.visible_to(self.user).ids()
        ).select_related("unit", "person", "other")
        return (
            PlanAudience.objects.visible_to(self.user)
            .filter(plan=self.plan)
            .select_related("audience")
            .prefetch_related(Prefetch("audience__clauses", clauses))
            .annotate(shows_rule=Exists(told), people=people_in("audience"))
        )

    def _rules_in_words(self) -> list[dict[str, Any]]:
        """Each with why it finds nobody, where it does not and the reader may know the rule."""
        rules: list[Any] = list(self._rules())
        found_nobody = [each.audience for each in rules if each.shows_rule and not each.people]
        reasons = why_nobody(found_nobody, self.today)
        return [self._rule(each, reasons.get(each.audience_id, "")) for each in rules]

    def _rule(self, rule: Any, nobody_because: str) -> dict[str, Any]:
        return {
            "rule": rule,
            "people": rule.people,
            "sentence": describe_rule(rule.audience) if rule.shows_rule else "",
            "nobody_because": nobody_because,
            "due": due_rule_words(rule, self.today),
            "note": wording.rule_note(rule),
        }

    def _items(self) -> QuerySet[PlanItem]:
        items = PlanItem.objects.visible_to(self.user).filter(plan=self.plan, removed_on=None)
        return items.select_related("activity")

    def _people(self, whole: Tally) -> dict[str, Any]:
        if not self.plan.shows_names:
            return {}
        among = self.asked_unit or whole
        if self.is_in_window:
            rows = standing.standings_of(self.plan, self.today)
            among = standing.tally_of(self.found_in_any_state(rows))
        total = among.people[self.asked_state] if self.asked_state else among.everyone
        paginator = Paginator(
            standing.with_holidays(self.people(), self.today), get_conf().page_size
        )
        paginator.count = total  # known from the figures: one query less
        page = paginator.get_page(self.request.GET.get("page"))
        asked = (self.asked_state, self.asked_unit)
        return {
            "page": page,
            "people": [(row, wording.chip_of(row, self.today)) for row in page.object_list],
            "query": self.query(*asked),
            "kept": self.terms(*asked),
            "days": self.asked_due,
            "days_asked": {"is_filtered": self.is_in_window, "chips": self._window(*asked)},
            "note": self._note(),
            "unit": self.asked_unit,
            "without_unit": self.query(self.asked_state, None),
            "choices": list(self._choices(among)),
        }

    def _window(self, state: str, unit: Tally | None) -> list[tuple[Any, str]]:
        """The days that are asked for, each with the address without it."""
        return [
            (day, urlencode(self.terms(state, unit, without=day.name)))
            for day in self.asked_due
            if day.is_on
        ]

    def _choices(self, among: Tally) -> list[wording.Choice]:
        values = ["", *Standing.values]
        return [
            wording.Choice(
                value=value,
                words=wording.standing_label(value) if value else gettext("Everyone"),
                count=among.people[value] if value else among.everyone,
                query=self.query(value, self.asked_unit),
                is_current=value == self.asked_state,
            )
            for value in values
        ]

    def _note(self) -> str:
        """Said where the address asks for something that there is not."""
        unknown = self.asks_for_the_unknown
        return gettext("This filter does not exist here, so it is left out.") if unknown else ""
