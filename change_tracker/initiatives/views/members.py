"""Who carries an initiative: name somebody, whom a search finds, and take a role away."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import key_of
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives.forms import HandOverForm, MemberForm
from change_tracker.initiatives.models import InitiativeMember, Role
from change_tracker.initiatives.queries import left_leads, members_for, set_ups_for
from change_tracker.initiatives.services import (
    add_member,
    hand_over,
    is_needed,
    people_to_name,
    remove_member,
    work_of,
)
from change_tracker.initiatives.views.base import PartPage, SetUpFormPage


class NewMemberPage(SetUpFormPage):
    """Search for a person, choose one, say which part they play. Works for any number of people."""

    form_class = MemberForm
    heading = _("Name somebody")
    button = _("Name them")
    part = "people"

    @cached_property
    def role(self) -> str:
        """The role that the address suggests, if there is such a one."""
        asked = self.request.GET.get("role", "")
        return asked if asked in Role.values else ""

    def form_options(self) -> dict[str, Any]:
        """Who may be named, for those who may name somebody."""
        rows = InitiativeMember.objects.visible_to(self.user)
        if not rows.may_create(self.user, {"initiative": self.initiative}):
            raise PermissionDenied
        return {"people": people_to_name(self.today), "role": self.role}

    def save(self, form: Any) -> str:
        """Give the role; the toast takes it away again."""
        added = add_member(initiative=self.initiative, **self.by(), **form.cleaned_data)
        words = gettext("%(name)s is named: %(role)s.") % {
            "name": added.person,
            "role": added.get_role_display(),
        }
        undo = reverse("change_tracker:member-remove", args=[self.initiative.slug, added.pk])
        leave_toast(self.request, words, undo)
        return self.back(self.part)


class HandOverPage(SetUpFormPage):
    """Give a role to somebody else in one step; also that of a lead who has left."""

    form_class = HandOverForm
    template_name = "change_tracker/setup/hand_over.html"
    button = _("Hand it over")
    part = "people"

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the person
        """Whose role it is."""
        words = {"name": self.member.person, "role": self.member.get_role_display()}
        return gettext("%(name)s, %(role)s: hand over") % words

    @cached_property
    def member(self) -> Any:
        """The role, for those who may give it on; 404 where the inside is not for them."""
        rows = members_for(self.user).filter(initiative=self.initiative)
        member = get_object_or_404(rows, pk=self.kwargs["pk"])
        left = left_leads(self.user, self.today)
        if not member.may_change and not left.filter(pk=member.pk).exists():
            raise PermissionDenied
        return member

    def form_options(self) -> dict[str, Any]:
        """Who may be chosen."""
        people = people_to_name(self.today).exclude(pk=self.member.person_id)
        return {"people": people, "open_work": len(self.work)}

    @cached_property
    def work(self) -> list[str]:
        """The open work that can go over as well."""
        return work_of(self.user, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What it does."""
        lede = gettext(
            "Whoever takes it over has the role at once, and it is never without anybody."
        )
        return super().get_context_data(lede=lede, work=self.work, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Hand it over; whoever may not read the initiative any more goes on to the list."""
        said = form.cleaned_data
        with_work = said.get("with_work", False)
        given = hand_over(self.member, to=said["person"], with_work=with_work, **self.by())
        words = gettext("%(name)s is now %(role)s.") % {
            "name": given.person,
            "role": given.get_role_display(),
        }
        stays = set_ups_for(self.user).filter(pk=self.initiative.pk).exists()
        return self.back(self.part) if stays else reverse("change_tracker:initiatives"), words


class RemoveMemberPage(PartPage):
    """Take a role away. The last lead, or sponsor of what is published, is replaced first."""

    form_class = forms.Form
    template_name = "change_tracker/setup/remove.html"
    button = _("Take the role away")
    part = "people"

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the person
        """Whose role it is."""
        words = {"name": self.row.person, "role": self.row.get_role_display()}
        return gettext("%(name)s, %(role)s: take the role away?") % words

    def rows(self) -> Any:
        """Members."""
        return members_for(self.user)

    @property
    def is_me(self) -> bool:
        """Whether the caller gives up a role of their own."""
        return bool(self.row.person.user_id == key_of(self.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`is_needed`, and `is_me`, who would lose their own rights."""
        needed = is_needed(self.row, self.initiative, self.today)
        return super().get_context_data(
            member=self.row, is_needed=needed, is_me=self.is_me, **kwargs
        )

    def save(self, form: Any) -> tuple[str, str]:
        """Take it away; whoever may not read the initiative any more goes on to the list."""
        words = gettext("%(name)s is no longer %(role)s.") % {
            "name": self.row.person,
            "role": self.row.get_role_display(),
        }
        remove_member(self.row, **self.by())
        stays = set_ups_for(self.user).filter(pk=self.initiative.pk).exists()
        return self.back(self.part) if stays else reverse("change_tracker:initiatives"), words
