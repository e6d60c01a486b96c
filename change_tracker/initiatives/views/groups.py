"""Whom an initiative touches: the forms that add, change and take out a group."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.initiatives import services
from change_tracker.initiatives.groupforms import (
    DATES,
    STANCE,
    TOUCH,
    EditGroupForm,
    WholeGroupForm,
)
from change_tracker.initiatives.models import AffectedGroup
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people.models import Audience
from change_tracker.people.queries import head_count


def added_words(audience: Audience) -> str:
    """What a toast says of a group that was added."""
    people = head_count(audience)
    return ngettext(
        "“%(name)s” is added: %(people)s person.",
        "“%(name)s” is added: %(people)s people.",
        people,
    ) % {"name": audience, "people": people}


class ChooseGroupMixin(FormPage, InitiativePage):
    """A form that adds a group; `?audience=` begins with one."""

    def form_options(self) -> dict[str, Any]:
        """Choices, for those who may change the initiative."""
        initial = {"audience": self.request.GET.get("audience", "")}
        return {
            "user": self.user,
            "initiative": self.changeable(),
            "today": self.today,
            "initial": initial,
        }

    def save(self, form: Any) -> tuple[str, str]:
        """Add it, and make it before where it is a new one."""
        audience = form.cleaned_data["audience"]
        if audience is None:
            group = services.touch_new_group(
                initiative=self.initiative,
                name=form.cleaned_data["name"],
                clauses=form.clauses(),
                **self.actor_and_time(),
                **form.touch(),
            )
        else:
            group = services.add_affected_group(
                initiative=self.initiative, audience=audience, **self.by(), **form.touch()
            )
        return self.groups_url(), added_words(group.audience)


class GroupNew(ChooseGroupMixin):
    """One more group, with all that can be said of it."""

    template_name = "change_tracker/group_form.html"
    form_class = WholeGroupForm
    heading = _("Add a group")
    button = _("Add this group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way `back`."""
        return super().get_context_data(back=self.groups_url(), **kwargs)


class GroupPage(FormPage, InitiativePage):
    """A form about one group."""

    template_name = "change_tracker/group_form.html"

    @cached_property
    def group(self) -> AffectedGroup:
        """The group, for those who may change it; 404 where it is none of this initiative."""
        seen = AffectedGroup.objects.visible_to(self.user).filter(initiative=self.initiative)
        group: AffectedGroup = get_object_or_404(
            seen.select_related("audience"), pk=self.kwargs["pk"]
        )
        if not self.may_change:
            raise PermissionDenied
        return group

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`group`, how many `people` are in it, and the way `back`."""
        return super().get_context_data(
            group=self.group,
            people=head_count(self.group.audience),
            back=self.groups_url(),
            **kwargs,
        )


class GroupEdit(GroupPage):
    """Change how the initiative touches it."""

    form_class = EditGroupForm
    button = _("Save")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it depends on the group
        """What the group is called."""
        return str(self.group.audience)

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        names = (*TOUCH, *DATES, *STANCE, "version")
        return {"initial": {name: getattr(self.group, name) for name in names}}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        services.change_part(
            self.group,
            expected_version=form.cleaned_data["version"],
            **self.by(),
            **form.touch(),
        )
        words = gettext("“%(name)s” is changed.") % {"name": self.group.audience}
        return self.groups_url(), words_after(self.group, form.cleaned_data["version"], words)


class GroupDelete(GroupPage):
    """Take it out of the draft, after a look at what that means."""

    template_name = "change_tracker/group_delete.html"
    form_class = forms.Form
    button = _("Take it out")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it depends on the group
        """What would happen."""
        return gettext("Take “%(name)s” out of the initiative?") % {"name": self.group.audience}

    def form_options(self) -> dict[str, Any]:
        """Nothing to fill in; for those who may change it."""
        self.group  # noqa: B018  refuses whoever may not
        return {}

    def save(self, form: Any) -> tuple[str, str]:
        """Take it out; the domain refuses where it is no draft."""
        name = str(self.group.audience)
        services.delete_part(self.group, **self.by())
        return self.groups_url(), gettext("“%(name)s” is taken out.") % {"name": name}
