"""Everything about an initiative on one page, and what it says of itself."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import words_after
from change_tracker.initiatives.forms import CopyForm, InitiativeForm
from change_tracker.initiatives.head import reads_register
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.queries import groups_of, milestones_for, objectives_for, parts_of
from change_tracker.initiatives.services import change_initiative, copy_initiative
from change_tracker.initiatives.views.base import InitiativePage, SetUpFormPage
from change_tracker.initiatives.views.golive import GoLiveMixin
from change_tracker.initiatives.views.moves import steps_of


class SetUpPage(InitiativePage):
    """What it says, who carries it, what it wants, whom it touches, and what may come next."""

    template_name = "change_tracker/setup.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`parts`, `objectives`, `milestones`, `lines` of groups, and `steps`."""
        initiative = self.initiative
        return super().get_context_data(
            parts=parts_of(self.user, initiative, self.today),
            objectives=objectives_for(self.user).filter(initiative=initiative),
            milestones=milestones_for(self.user).filter(initiative=initiative),
            lines=groups_of(initiative, self.user),
            steps=steps_of(initiative, **self.by()),
            is_draft=initiative.state == Initiative.State.DRAFT,
            current="setup",
            may_copy=initiative.may_change
            and Initiative.objects.visible_to(self.user).may_create(self.user, {}),
            shows_register=reads_register(self.user, initiative),
            **kwargs,
        )


class CopyPage(SetUpFormPage):
    """Begin another one with what this one says."""

    form_class = CopyForm
    heading = _("Copy this initiative")
    button = _("Make the copy")
    part = "state"

    def form_options(self) -> dict[str, Any]:
        """For those who may change this one, and open another."""
        self.changeable()
        if not Initiative.objects.visible_to(self.user).may_create(self.user, {}):
            raise PermissionDenied
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What goes along, and what does not."""
        lede = gettext(
            "Its words, goals, groups and sponsors go along; dates, readings, resistance and "
            "actions do not. The copy is a draft, and you lead it."
        )
        return super().get_context_data(lede=lede, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Make it, and go on to its set-up."""
        copy = copy_initiative(self.initiative, **self.by(), **form.cleaned_data)
        url = reverse("change_tracker:initiative-setup", args=[copy.slug])
        return url, gettext("“%(title)s” is made. Only those whom it names see it yet.") % {
            "title": copy
        }


class EditPage(GoLiveMixin, SetUpFormPage):
    """Change what it says of itself."""

    template_name = "change_tracker/setup/edit.html"
    form_class = InitiativeForm
    heading = _("Change what it says of itself")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        initiative = self.changeable()
        names = InitiativeForm.base_fields
        return {"initial": {name: getattr(initiative, name) for name in names}}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        change_initiative(self.initiative, expected_version=version, **self.by(), **changes)
        return self.back(), words_after(
            self.initiative, version, gettext("The initiative is changed.")
        )
