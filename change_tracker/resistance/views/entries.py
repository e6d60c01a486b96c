"""One entry of the register, and the forms that add and change one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.core.neighbours import nearest_and
from change_tracker.core.pages import PageMixin
from change_tracker.core.together import Part
from change_tracker.initiatives.models import AffectedGroup, Initiative
from change_tracker.initiatives.services import people_to_assign
from change_tracker.people.models import Audience
from change_tracker.resistance.forms import EditEntryForm, EntryForm
from change_tracker.resistance.history import chart_of
from change_tracker.resistance.models import ResistanceReview, ResistanceSource, SourceType
from change_tracker.resistance.models.register import ENDED_STATES
from change_tracker.resistance.moves import is_back, moves_of, trend_of
from change_tracker.resistance.queries import (
    entries_for,
    people_of,
    reason_of,
    with_may_review,
    with_voices,
    work_on,
)
from change_tracker.resistance.services import register
from change_tracker.resistance.services.suggesting import suggest_strategies
from change_tracker.resistance.views.register import RegisterBase, RegisterMixin

State = ResistanceSource.State


class EntryMixin(RegisterBase):
    """A page about one entry."""

    @cached_property
    def entry(self) -> Any:
        """The entry, for those who may read the register; else 404."""
        rows = entries_for(self.user).filter(initiative__slug=self.kwargs["slug"])
        rows = with_may_review(with_voices(rows, self.user), self.user)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def changeable(self) -> Any:
        """The entry, for those who may change it; others are refused."""
        if not self.entry.may_change:
            raise PermissionDenied
        return self.entry

    def entry_url(self) -> str:
        """The page of the entry."""
        return reverse("change_tracker:register-entry", args=self.kwargs.values())


class EntryPage(EntryMixin):
    """One entry: what is heard, how strong it was over time, what is done, what may come next."""

    template_name = "change_tracker/register/entry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`entry`, `reviews`, `work`, `suggestions` and `moves`."""
        entry = self.entry
        may_plan = entry.may_change and not entry.initiative.has_ended
        rows: Any = ResistanceReview.objects.visible_to(self.user)
        reviews = list(rows.filter(source=entry).select_related("reviewer"))
        sources = ResistanceSource.objects.visible_to(self.user).filter(pk=entry.pk)
        work = work_on(self.user, sources).get(entry.pk, [])
        heard = ["concerns"] if entry.voices else []
        names = Part(entry.audiences.all(), ("name",), make=lambda name: name)
        near, (groups,) = nearest_and(entry, self.user, ["plans", *heard], names)
        return super().get_context_data(
            entry=entry,
            initiative=entry.initiative,
            groups=sorted(groups),
            reviews=reviews,
            trend=trend_of(entry),
            chart=chart_of(reviews, entry.target_level),
            work=work,
            suggestions=suggest_strategies(entry) if may_plan else [],
            may_plan=may_plan,
            moves=moves_of(entry) if entry.may_change else [],
            is_back=entry.may_change and is_back(entry, self.by()["now"]),
            is_due=entry.state not in ENDED_STATES
            and entry.review_on is not None
            and entry.review_on <= self.today,
            because=reason_of(self.user, entry),
            # As far as it is seen here; the service knows.
            is_untouched=entry.state == State.IDENTIFIED and not (reviews or work or entry.voices),
            near=near,
            **kwargs,
        )


def choices_for(page: PageMixin, initiative: Initiative, entry: Any = None) -> dict[str, Any]:
    """What the form of an entry offers to the caller; what is set now stays."""
    user = page.user
    kinds = SourceType.objects.visible_to(user).select_related("category")
    touched = AffectedGroup.objects.visible_to(user).filter(initiative=initiative)
    groups = Audience.objects.visible_to(user).filter(pk__in=touched.values("audience"))
    if entry is not None:
        # Also one whose rule is not for them: what a form does not offer, it takes away.
        chosen = Q(pk__in=groups.ids()) | Q(pk__in=entry.audiences.ids())
        groups = Audience.objects.filter(chosen)
    owner = entry.owner_id if entry is not None else None
    people = people_of(initiative, people_to_assign(user), also=owner)
    return {
        "kinds": kinds.order_by("category", "pk"),
        "groups": groups.order_by("name", "pk"),
        "people": people,
    }


class NewEntryPage(FormPage, RegisterMixin):
    """Add what you hear."""

    form_class = EntryForm
    template_name = "change_tracker/register/form.html"
    heading = _("Add what you hear")
    button = _("Add it")

    def form_options(self) -> dict[str, Any]:
        """Choices, for those who may add."""
        if not self.may_add:
            raise PermissionDenied
        return choices_for(self, self.initiative)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The register is the way back."""
        back = reverse("change_tracker:register", args=[self.initiative.slug])
        return super().get_context_data(initiative=self.initiative, back=back, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Record it."""
        added = register.record_resistance(
            initiative=self.initiative, **self.by(), **form.cleaned_data
        )
        url = reverse("change_tracker:register-entry", args=[self.initiative.slug, added.pk])
        return url, gettext("It is in the register. Next, say how strong it is.")


class EntryFormPage(FormPage, EntryMixin):
    """A form about one entry."""

    template_name = "change_tracker/register/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The entry is the way back."""
        return super().get_context_data(
            entry=self.entry, initiative=self.entry.initiative, back=self.entry_url(), **kwargs
        )


class EditEntryPage(EntryFormPage):
    """Change what the register says."""

    form_class = EditEntryForm
    heading = _("Change an entry")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """Choices, and what it says now."""
        entry = self.changeable()
        names = (
            *("statement", "last_time", "this_time"),
            *("origin", "owner", "target_level", "review_on", "version"),
        )
        initial = {name: getattr(entry, name) for name in names}
        initial |= {"source_type": entry.type, "audiences": entry.audiences.all()}
        return choices_for(self, entry.initiative, entry) | {"initial": initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected_version, kind = changes.pop("version"), changes.pop("source_type")
        register.change_resistance(
            self.entry,
            type=kind,
            expected_version=expected_version,
            **self.by(),
            **changes,
        )
        return self.entry_url(), words_after(
            self.entry, expected_version, gettext("The entry is changed.")
        )
