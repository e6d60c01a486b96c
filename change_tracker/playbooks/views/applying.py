"""The playbooks of one initiative: choosing one, and applying it with everything said before."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction, MitigationActionQuerySet
from change_tracker.people.models import Person
from change_tracker.playbooks.forms import ApplyForm, SaveForm
from change_tracker.playbooks.models import Playbook, PlaybookStep
from change_tracker.playbooks.queries import in_initiative, playbooks_for
from change_tracker.playbooks.services import (
    Line,
    Proposal,
    Taking,
    apply_playbook,
    propose,
    save_playbook,
    worth_saving,
)
from change_tracker.playbooks.wording import applied_words, date_words, rule_words
from change_tracker.resistance.queries import registers_for
from change_tracker.resistance.views.entries import choices_for
from change_tracker.resistance.views.register import RegisterMixin
from change_tracker.training.models import TrainingPlan


class PlaybooksMixin(RegisterMixin):
    """A page about playbooks in one initiative, for those who read its register."""

    @cached_property
    def initiative(self) -> Any:
        """The initiative, with `may_apply`: whether the caller may plan work here; and `me`."""
        creators = MitigationActionQuerySet.creators
        planners = Initiative.objects.with_role(self.user, *creators)
        rows: Any = with_head(registers_for(self.user), self.user).annotate(
            may_apply=Exists(planners.filter(pk=OuterRef("pk"))),
            me=Subquery(Person.objects.of_user(self.user).values("pk")[:1]),
        )
        return get_object_or_404(rows, slug=self.kwargs["slug"])

    @cached_property
    def may_save(self) -> bool:
        """Whether the caller may make a playbook of what is done here."""
        return Playbook.objects.all().may_create(self.user, {"initiative": self.initiative})

    def actions_url(self) -> str:
        """The list of actions."""
        return reverse("change_tracker:actions", args=[self.initiative.slug])


class InitiativePlaybooksPage(PlaybooksMixin):
    """Which playbooks there are for it, and which it has."""

    template_name = "change_tracker/playbooks/choose.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`playbooks`, with the version that is applied here."""
        rows = in_initiative(playbooks_for(self.user), self.initiative)
        return super().get_context_data(
            initiative=self.initiative,
            playbooks=list(rows),
            may_apply=self.initiative.may_apply and not self.initiative.has_ended,
            may_save=self.may_save,
            **kwargs,
        )


class ApplyPage(FormPage, PlaybooksMixin):
    """Everything that it would do, then one press."""

    template_name = "change_tracker/playbooks/apply.html"
    form_class = ApplyForm
    button = _("Apply it")

    @cached_property
    def playbook(self) -> Any:
        """The playbook, for those who may apply it here."""
        rows = in_initiative(Playbook.objects.visible_to(self.user), self.initiative)
        playbook = get_object_or_404(rows, slug=self.kwargs["playbook"])
        if not self.initiative.may_apply:
            raise PermissionDenied
        return playbook

    @cached_property
    def proposal(self) -> Proposal:
        """What applying it would do today."""
        return propose(self.playbook, self.initiative, self.today)

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the playbook
        """What is applied."""
        return gettext("Apply “%(playbook)s”") % {"playbook": self.playbook.label}

    def form_options(self) -> dict[str, Any]:
        """Everything that is offered is ticked, for all groups; whoever applies it does it."""
        offered = [(line.key, line.title) for line in self.proposal.offered]
        choices = choices_for(self, self.initiative)
        return {
            "offered": offered,
            "groups": choices["groups"],
            "people": choices["people"],
            "asks_last_time": self.proposal.asks_last_time,
            "may_take_nothing": self.proposal.is_newer,
            "initial": {
                "keys": [key for key, _title in offered],
                "owner": self.initiative.me,
                "version": self.playbook.version,
            },
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`actions` and `items`: each with its box, its date and its words."""
        kwargs |= {"initiative": self.initiative, "playbook": self.playbook}
        context = super().get_context_data(
            proposal=self.proposal, back=self.actions_url(), **kwargs
        )
        boxes = zip(self.proposal.offered, context["form"]["keys"].subwidgets, strict=True)
        offered = [(line, box, self._words(line)) for line, box in boxes]
        parts = {
            name: [each for each in offered if each[0].kind == kind]
            for name, kind in (
                ("actions", PlaybookStep.Kind.ACTION),
                ("items", PlaybookStep.Kind.ITEM),
            )
        }
        return context | parts

    def _words(self, line: Line) -> list[str]:
        rule = rule_words(line, self.today) if line.kind == PlaybookStep.Kind.ITEM else ""
        return [words for words in (rule, date_words(line, self.today)) if words]

    def save(self, form: Any) -> tuple[str, str]:
        """Apply it."""
        values = dict(form.cleaned_data)
        applied = apply_playbook(
            self.playbook,
            initiative=self.initiative,
            expected_version=values.pop("version"),
            taking=Taking(**values),
            **self.by(),
        )
        return self.actions_url(), applied_words(applied)


class SavePage(FormPage, PlaybooksMixin):
    """Save what was done here as a playbook."""

    template_name = "change_tracker/playbooks/save.html"
    form_class = SaveForm
    heading = _("Save as a playbook")
    button = _("Save the playbook")

    @cached_property
    def actions(self) -> Any:
        """What can be saved, for those who may."""
        initiative = self.initiative
        if not self.may_save:
            raise PermissionDenied
        mine = MitigationAction.objects.visible_to(self.user).values("pk")
        return worth_saving(initiative).filter(pk__in=mine)

    def form_options(self) -> dict[str, Any]:
        """Every action that was not in vain, and the plan where there is one."""
        actions, initiative = self.actions, self.initiative
        plans = TrainingPlan.objects.visible_to(self.user).filter(initiative=initiative)
        saved = Playbook.objects.changeable_by(self.user).filter(saved_from=initiative)
        return {
            "actions": actions,
            "plans": plans.order_by("title", "pk"),
            "saved": saved.order_by("label", "pk"),
            "initial": {"label": initiative.title, "actions": actions},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where nothing is planned, there is nothing to save."""
        context = {"initiative": self.initiative, "back": self.actions_url()}
        page = super().get_context_data(**context | kwargs)
        return page | {"nothing_to_save": not self.actions}

    def save(self, form: Any) -> tuple[str, str]:
        """Save it, and show it."""
        values = form.values()
        playbook = save_playbook(
            initiative=self.initiative,
            actions=list(values.pop("actions").prefetch_related("sources__type")),
            **values,
            **self.by(),
        )
        url = reverse("change_tracker:playbook", args=[playbook.slug])
        return url, gettext("The playbook is saved. Others can apply it from now on.")
