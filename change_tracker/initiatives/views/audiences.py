"""The groups of people that an initiative touches: making one, and changing whom it holds."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Subquery
from django.http import QueryDict
from django.shortcuts import get_list_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.initiatives.models import AffectedGroup
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people.models import Audience
from change_tracker.people.queries import people_once, with_clauses
from change_tracker.people.ruleforms import RULE_KINDS, FirstClauseForm
from change_tracker.people.services.audiences import create_audience


class RulePage(FormPage, InitiativePage):
    """A form that asks for one line of a rule, of the kind that is asked for in the address."""

    @property
    def sent(self) -> QueryDict:
        """What was sent; the way back of a toast sends its line in the address."""
        in_address = self.request.method == "POST" and "effect" in self.request.GET
        return self.request.GET if in_address else self.request.POST

    @property
    def kind(self) -> str:
        """The kind of line; the first one where none is asked for, or one that there is not."""
        asked = self.sent.get("kind") or self.request.GET.get("kind", "")
        return asked if asked in RULE_KINDS else next(iter(RULE_KINDS))

    def form_options(self) -> dict[str, Any]:
        """Choices for the caller."""
        return {"user": self.user, "today": self.today, "kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `kinds` to choose from, and the way `back`."""
        kinds = [(kind, each.label) for kind, each in RULE_KINDS.items()]
        return super().get_context_data(
            kinds=kinds, kind=self.kind, back=self.groups_url(), **kwargs
        )


class AudienceNew(RulePage):
    """A new audience, with the first line of its rule."""

    template_name = "change_tracker/audience_new.html"
    form_class = FirstClauseForm
    heading = _("A new group of people")
    button = _("Make this group")

    def form_options(self) -> dict[str, Any]:
        """For those who may make audiences, in an initiative that they see."""
        self.initiative  # noqa: B018  404 where they do not
        if not Audience.objects.visible_to(self.user).may_create(self.user, {}):
            raise PermissionDenied
        return super().form_options()

    def save(self, form: Any) -> tuple[str, str]:
        """Make it, with its members."""
        audience = create_audience(
            name=form.cleaned_data["name"], clauses=[form.clause()], **self.actor_and_time()
        )
        url = reverse("change_tracker:audience-edit", args=[self.initiative.slug, audience.pk])
        return url, gettext("The group is made. Below stands whom it finds today.")


class AudienceMixin(InitiativePage):
    """A page about one audience, for those who may change it."""

    @cached_property
    def rows(self) -> list[Any]:
        """The audience, once for each line of its rule, for those who may change it; one query.

        With how many `people` are in it, and the key of the `group` that it is of the initiative.
        """
        pk, initiative = self.kwargs["pk"], self.initiative  # 404 where they do not see it
        groups = AffectedGroup.objects.visible_to(self.user).filter(initiative=initiative)
        seen = Audience.objects.visible_to(self.user).annotate(
            may_change=Exists(Audience.objects.changeable_by(self.user).filter(pk=pk)),
            group=Subquery(groups.filter(audience=pk).values("pk")[:1]),
        )
        lines = with_clauses(seen).annotate(people=people_once("pk"))
        rows = get_list_or_404(lines.order_by("line_id"), pk=pk)
        if not rows[0].may_change:
            raise PermissionDenied
        return rows

    @property
    def audience(self) -> Any:
        """The audience, for those who may change it."""
        return self.rows[0]
