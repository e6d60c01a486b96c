"""Planning an action: on the page of the resistance that it answers, or from the list."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.core.pages import PageMixin
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.forms import ActionForm, AnsweringForm
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.queries import sources_to_answer
from change_tracker.mitigation.services import plan_action
from change_tracker.mitigation.views.actions import ActionsMixin
from change_tracker.mitigation.views.kinds import after_planning
from change_tracker.resistance.models import StrategyType
from change_tracker.resistance.views.entries import EntryFormPage, choices_for


def choices_of_action(page: PageMixin, initiative: Initiative, row: Any = None) -> dict[str, Any]:
    """What the form of an action offers; what is set in `row`, an action or an entry, stays."""
    choices = choices_for(page, initiative, row)
    choices.pop("kinds")
    strategies = StrategyType.objects.visible_to(page.user).order_by("label", "pk")
    return choices | {"strategies": strategies}


def planned_words(action: MitigationAction) -> str:
    """What the page after it says."""
    return gettext("“%(action)s” is planned.") % {"action": action.title}


class PlanActionPage(EntryFormPage):
    """Plan work against one entry; `?strategy=` begins with a suggestion."""

    form_class = ActionForm
    heading = _("Plan an action")
    button = _("Plan it")

    @cached_property
    def may_plan(self) -> bool:
        """Whether the caller may plan work in this initiative."""
        rows = MitigationAction.objects.visible_to(self.user)
        return rows.may_create(self.user, {"initiative": self.entry.initiative})

    def form_options(self) -> dict[str, Any]:
        """Choices, with the groups of the entry and the strategy in the address set."""
        if not self.may_plan:
            raise PermissionDenied
        choices = choices_of_action(self, self.entry.initiative, self.entry)
        asked = self.request.GET.get("strategy", "")
        return choices | {"initial": {"strategy": asked, "audiences": self.entry.audiences.all()}}

    def save(self, form: Any) -> tuple[str, str]:
        """Plan it."""
        planned = plan_action(
            initiative=self.entry.initiative,
            sources=[self.entry],
            **self.by(),
            **form.cleaned_data,
        )
        return after_planning(planned, self.entry_url()), planned_words(planned)


class AddActionPage(FormPage, ActionsMixin):
    """Plan work against one or several entries; `?source=` ticks one beforehand."""

    form_class = AnsweringForm
    template_name = "change_tracker/actions/form.html"
    heading = _("Plan an action")
    button = _("Plan it")

    def form_options(self) -> dict[str, Any]:
        """Choices, for those who may plan."""
        if not self.may_add:
            raise PermissionDenied
        initial = {"sources": self.request.GET.getlist("source")}
        choices = choices_of_action(self, self.initiative)
        answerable = sources_to_answer(self.user, self.initiative)
        return choices | {"sources": answerable, "initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where nothing is heard, there is nothing to answer; the list is the way back."""
        context = {
            "initiative": self.initiative,
            "back": reverse("change_tracker:actions", args=[self.initiative.slug]),
        }
        page = super().get_context_data(**context | kwargs)
        answerable = page["form"].fields["sources"].choices
        return page | {"nothing_to_answer": not list(answerable)}

    def save(self, form: Any) -> tuple[str, str]:
        """Plan it."""
        planned = plan_action(initiative=self.initiative, **self.by(), **form.cleaned_data)
        url = reverse("change_tracker:action", args=[self.initiative.slug, planned.pk])
        return after_planning(planned, url), planned_words(planned)
