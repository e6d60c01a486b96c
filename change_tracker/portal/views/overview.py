"""One initiative for those who work in it: where it stands, and what needs somebody today."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property

from change_tracker.core.pages import PageMixin
from change_tracker.initiatives.head import reads_register
from change_tracker.initiatives.models import Initiative, Milestone
from change_tracker.initiatives.views.moves import steps_of
from change_tracker.mitigation.hill import dots_of
from change_tracker.portal.moments import go_live, in_order, of_actions, of_milestones, of_training
from change_tracker.portal.views.progress import parsed_day
from change_tracker.progress.gaps import gaps_of, situation_of, standing_of
from change_tracker.progress.past import past_of
from change_tracker.progress.queries import next_dues
from change_tracker.progress.reading import inside_of
from change_tracker.progress.verdict import resting, verdict
from change_tracker.training.burnup import burn_up
from change_tracker.training.standing import dates_of_initiative
from change_tracker.training.wording import chart_words


class OverviewPage(PageMixin):
    """Verdict, needs you today, four figures, actions on the hill, what happens when."""

    template_name = "change_tracker/initiative.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A draft says what it lacks; everything else how it stands."""
        initiative = inside_of(self.user, self.kwargs["slug"], self.today)
        if initiative is None:
            raise Http404
        if self.past_day:
            kwargs |= self.as_it_was(initiative, self.past_day)
            return super().get_context_data(initiative=initiative, current="overview", **kwargs)
        is_draft = initiative.state == Initiative.State.DRAFT
        context = self.of_a_draft(initiative) if is_draft else self.under_way(initiative)
        return super().get_context_data(
            initiative=initiative,
            is_draft=is_draft,
            current="overview",
            shows_register=reads_register(self.user, initiative),
            **context,
            **kwargs,
        )

    @cached_property
    def past_day(self) -> date | None:
        """The day in `?on=`, where it is over."""
        day = parsed_day(self.request.GET.get("on", "").strip())
        return day if day and day < self.today else None

    def get_template_names(self) -> list[str]:
        """A past day has a page of its own, on which nothing can be pressed."""
        return ["change_tracker/initiative_past.html"] if self.past_day else [self.template_name]

    def as_it_was(self, initiative: Any, on: date) -> dict[str, Any]:
        """`past`, None where it was not there yet, and what the verdict would have been."""
        shows_register = reads_register(self.user, initiative)
        past = past_of(self.user, initiative, on, reads_register=shows_register)
        return {
            "on": on,
            "past": past,
            "verdict": past and verdict(past.standing),
            "shows_register": shows_register,
        }

    def of_a_draft(self, initiative: Any) -> dict[str, Any]:
        """What stands between it and its start."""
        steps = steps_of(initiative, actor=self.user, now=timezone.now())
        start = next(step for step in steps if step.to == Initiative.State.ACTIVE)
        return {"verdict": resting(initiative.state), "start": start}

    def under_way(self, initiative: Any) -> dict[str, Any]:
        """Everything is read once; what is said about it follows without further queries."""
        shows_register = reads_register(self.user, initiative)
        situation = situation_of(
            self.user, initiative, reads_register=shows_register, today=self.today
        )
        standing = standing_of(initiative, situation, self.today)
        milestones = list(Milestone.objects.visible_to(self.user).filter(initiative=initiative))
        moments = [
            *go_live(initiative, self.today),
            *of_milestones(milestones, self.today),
            *of_training(next_dues(initiative, self.today), self.today),
            *of_actions(situation.actions, self.today),
        ]
        due, done, total = dates_of_initiative(initiative)
        chart = burn_up(due, done, total, self.today)
        return {
            "yesterday": self.today - timedelta(days=1),
            "may_add": initiative.may_hear,
            "chart": chart,
            "chart_words": chart and chart_words(chart.done_now, chart.planned_now, chart.total),
            "verdict": verdict(standing),
            "standing": standing,
            "situation": situation,
            "gaps": gaps_of(situation, self.today),
            "dots": dots_of(situation.actions, self.today),
            "celebrated": [each for each in milestones if each.is_celebrated(self.today)],
            "moments": in_order(moments, self.today),
        }
