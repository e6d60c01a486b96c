"""What only actions of one kind have: its form, and the pages that list one kind.

The communication plan, the experiments and the tools of one initiative, each with its file.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from change_tracker.core.chips import due_chip
from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.formpages import lead_back, words_after
from change_tracker.core.tables.batches import in_order
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.mitigation.ownfacts import stage_of_experiment
from change_tracker.mitigation.ownforms import OWN_FORMS
from change_tracker.mitigation.queries import actions_for, units_for
from change_tracker.mitigation.services import change_action
from change_tracker.mitigation.views.actions import ActionsMixin
from change_tracker.mitigation.views.one import ActionFormPage
from change_tracker.resistance.models.catalogue import ActionKind

State = MitigationAction.State


def after_planning(action: MitigationAction, otherwise: str) -> str:
    """Where one goes on after an action got its kind: to what only this kind is asked for."""
    if action.kind not in OWN_FORMS:
        return otherwise
    return reverse("change_tracker:action-details", args=[action.initiative.slug, action.pk])


class DetailsPage(ActionFormPage):
    """The form of what only actions of this kind have."""

    button = _("Save")

    @property
    def form_class(self) -> Any:  # type: ignore[override]  # it depends on the kind
        """By kind; nothing for kinds that have none."""
        return OWN_FORMS.get(self.changeable().kind)

    @property
    def heading(self) -> str | Promise:  # type: ignore[override]  # it depends on the kind
        """What is asked."""
        return self.form_class.heading if self.form_class else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a kind without one leads back to the action."""
        if self.form_class is None:
            return redirect(self.action_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save it, unless the action became one of a kind without a form meanwhile."""
        if self.form_class is None:
            return lead_back(request, self.action_url())
        return super().post(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """What is written now."""
        action = self.changeable()
        names = [name for name in self.form_class.base_fields if name != "units"]
        initial = {name: getattr(action, name) for name in names}
        if "units" in self.form_class.base_fields:
            initial["units"] = action.units.all()
        return {"initial": initial, "units": units_for(self.user, action)}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected_version = changes.pop("version")
        change_action(self.action, expected_version=expected_version, **self.by(), **changes)
        return self.action_url(), words_after(
            self.action, expected_version, gettext("The action is changed.")
        )


class KindMixin(ActionsMixin):
    """The actions of one kind in one initiative, by date; what was cancelled is left out."""

    kind: ClassVar[str]
    name: ClassVar[str]
    order: ClassVar[tuple[Any, ...]] = (F("due_on").asc(nulls_last=True), "pk")

    def rows(self) -> Any:
        """With groups."""
        rows = actions_for(self.user).filter(initiative=self.initiative, kind=self.kind)
        live = rows.exclude(state=State.CANCELLED).order_by(*self.order)
        return live.prefetch_related("audiences")


class KindPage(KindMixin):
    """One page of them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`lines`, and what the pages of actions share."""
        page = Paginator(self.rows(), get_conf().page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            initiative=self.initiative,
            may_add=self.may_add and not self.initiative.has_ended,
            current_kind=self.name,
            page=page,
            lines=[self.line_of(row) for row in page],
            **kwargs,
        )

    def line_of(self, row: Any) -> dict[str, Any]:
        """A row, and how its date looks while it is open."""
        is_open = row.state in OPEN_STATES
        return {"action": row, "chip": due_chip(row.due_on, self.today) if is_open else None}


class KindFile(KindMixin, FilePage):
    """The same rows as a file."""

    own: ClassVar[tuple[tuple[Any, str], ...]]

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-{self.name}"

    def head(self) -> list[Any]:
        """What every action has, then what this kind has."""
        return [
            pgettext_lazy("against resistance", "Action"),
            _("Due on"),
            _("State"),
            _("Owner"),
            _("Groups"),
            *(label for label, _field in self.own),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, without pages."""
        return (
            [
                row.title,
                row.due_on,
                str(row.get_state_display()),
                row.owner.display_name if row.owner else "",
                "; ".join(each.name for each in row.audiences.all()),
                *(_value(row, field) for _label, field in self.own),
            ]
            for row in in_order(self.rows())
        )


class CommunicationMixin(KindMixin):
    kind = ActionKind.COMMUNICATION
    name = "communication"


class CommunicationPage(CommunicationMixin, KindPage):
    """The communication plan: when who says what to whom, and how."""

    template_name = "change_tracker/actions/communication.html"


class CommunicationFile(CommunicationMixin, KindFile):
    own = ((_("Who says it"), "sender"), (_("Channel"), "channel"), (_("Message"), "message"))


class ExperimentsMixin(KindMixin):
    kind = ActionKind.EXPERIMENT
    name = "experiments"


class ExperimentsPage(ExperimentsMixin, KindPage):
    """Cards of what was tried: what failed beside what worked."""

    template_name = "change_tracker/actions/experiments.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`stages`: those under way, those that worked, and those that did not."""
        context = super().get_context_data(**kwargs)
        stages: dict[str, list[Any]] = {"running": [], "failed": [], "worked": []}
        for line in context["lines"]:
            stages[stage_of_experiment(line["action"])].append(line)
        return context | {"stages": stages}


class ExperimentsFile(ExperimentsMixin, KindFile):
    own = (
        (_("What was tried"), "tried"),
        (_("What was expected"), "expected"),
        (_("What happened"), "happened"),
        (_("What was learnt"), "learnt"),
    )


class ToolsMixin(KindMixin):
    kind = ActionKind.TOOLS
    name = "tools"
    order = (F("evaluate_again_on").asc(nulls_last=True), "pk")


class ToolsPage(ToolsMixin, KindPage):
    """Tools, with when each was last evaluated and when it is again."""

    template_name = "change_tracker/actions/tools.html"

    def line_of(self, row: Any) -> dict[str, Any]:
        """Here the date that counts is that of the next evaluation."""
        again = row.evaluate_again_on
        return {"action": row, "chip": due_chip(again, self.today) if again else None}


class ToolsFile(ToolsMixin, KindFile):
    own = (
        (_("Last evaluated on"), "evaluated_on"),
        (_("Evaluate again on"), "evaluate_again_on"),
    )


def _value(row: Any, field: str) -> Any:
    shown = getattr(row, f"get_{field}_display", None)
    return str(shown()) if shown else getattr(row, field)
