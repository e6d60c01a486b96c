"""Planning an action from the page of the resistance that it answers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.mitigation.forms import ActionForm
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import plan_action
from change_tracker.resistance.models import StrategyType
from change_tracker.resistance.views.entries import EntryFormPage, choices_for


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
        choices = choices_for(self, self.entry.initiative, self.entry)
        choices.pop("kinds")
        strategies = StrategyType.objects.visible_to(self.user).order_by("label", "pk")
        asked = self.request.GET.get("strategy", "")
        initial = {"strategy": asked, "audiences": self.entry.audiences.all()}
        return choices | {"strategies": strategies, "initial": initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Plan it."""
        planned = plan_action(
            initiative=self.entry.initiative,
            sources=[self.entry],
            **self.by(),
            **form.cleaned_data,
        )
        words = gettext("“%(action)s” is planned.") % {"action": planned.title}
        return self.entry_url(), words
