"""The items of a plan and the activities behind them: change, put in order, take out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import StaleRowError
from change_tracker.core.formpages import words_after
from change_tracker.training import services
from change_tracker.training.errors import LastItemError, PlanClosedError
from change_tracker.training.forms import EditItemForm, ItemForm, NothingForm, addable
from change_tracker.training.itemsform import ItemsForm
from change_tracker.training.models import PlanItem, TrainingPlan
from change_tracker.training.services import Wanted
from change_tracker.training.services.revisions import changed, shifted, without
from change_tracker.training.views.editing import EditPage, edit_url, items_of
from change_tracker.training.views.planning import url_of
from change_tracker.training.views.revising import RevisingPage


class ItemMixin(EditPage):
    """A page about one item of a plan."""

    @cached_property
    def item(self) -> Any:
        """The item of this plan with `may_change_activity`, or 404."""
        rows = items_of(self.plan, self.user).select_related("activity", "plan__initiative")
        return get_object_or_404(rows, pk=self.kwargs["item_pk"])

    @property
    def title(self) -> dict[str, str]:
        """The name of the item, for sentences."""
        return {"title": self.item.activity.title}

    def subject(self) -> PlanItem:
        """The item."""
        item: PlanItem = self.item
        return item

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`lede`: which item it is."""
        return {"item": self.item} | super().get_context_data(**kwargs)

    def back(self) -> str:
        """To the item in its plan."""
        return edit_url(self.plan, self.item.pk)


class ItemNew(RevisingPage):
    """One more activity."""

    form_class = ItemForm
    heading = _("Add an activity")
    button = _("Add it")

    def form_options(self) -> dict[str, Any]:
        """What there is to choose from."""
        return super().form_options() | {"user": self.user, "plan": self.plan}

    def back(self) -> str:
        """To the plan."""
        return url_of(self.plan)

    def values(self, form: Any) -> dict[str, Any]:
        """The activity, there already or new, and whether it is required."""
        values = dict(form.cleaned_data)
        return {
            "activity": values.pop("activity"),
            "is_required": not values.pop("is_optional"),
            "new_activity": {name: value for name, value in values.items() if value},
        }

    def wanted(self, form: Any) -> list[Wanted]:
        """At the end."""
        return [*map(Wanted.of, self.items), Wanted(**self.values(form))]

    def change(self, form: Any) -> tuple[str, str]:
        """At the end of the draft."""
        item = services.append_item(plan=self.plan, **self.values(form), **self.by())
        return url_of(self.plan), gettext("“%(title)s” is added.") % {"title": item.activity}


class ItemEdit(ItemMixin, RevisingPage):
    """Whether everyone has to do it, and by when."""

    form_class = EditItemForm
    button = _("Save")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the item
        """Which item it is about."""
        return gettext("“%(title)s” in this plan") % self.title

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        names = ("is_required", "due_rule", "due_on", "due_days", "due_unit", "version")
        initial = {name: getattr(self.item, name) for name in names}
        return super().form_options() | {"initial": initial}

    def wanted(self, form: Any) -> list[Wanted]:
        """With what was typed, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        if changes.pop("version") != self.item.version:
            raise StaleRowError
        return changed(self.items, self.item, **changes)

    def change(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected = changes.pop("version")
        services.change_item(self.item, expected_version=expected, **self.by(), **changes)
        words = gettext("“%(title)s” is changed.") % self.title
        return self.back(), words_after(self.item, expected, words)


class ItemsEdit(RevisingPage):
    """All activities of a published plan at once: one form, one check, one revision."""

    template_name = "change_tracker/plan_items.html"
    form_class = ItemsForm
    heading = _("Change several activities at once")
    button = _("Look at what it does")

    def form_options(self) -> dict[str, Any]:
        """The items as they are, and what could be added."""
        return super().form_options() | {
            "items": self.items,
            "choices": addable(self.plan, self.user),
            "initial": {"version": self.plan.version},
        }

    def refusal(self) -> str | Promise:
        """Of a draft each part is changed at once."""
        if self.plan.state == TrainingPlan.State.DRAFT:
            return gettext("Nobody has this plan yet: change its activities one by one.")
        return super().refusal()

    def wanted(self, form: Any) -> list[Wanted]:
        """As the form says, if nobody was quicker."""
        if form.cleaned_data["version"] != self.plan.version:
            raise StaleRowError
        return list(form.wanted())

    def change(self, form: Any) -> tuple[str, str]:
        """Refused: see `refusal`."""
        raise PlanClosedError


class ItemShift(ItemMixin, RevisingPage):
    """A press of “up” or “down”. Anything else leads to the plan: signing in repeats it as GET."""

    form_class = NothingForm
    heading = _("Put the activities in order")
    button = _("Move it")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Back to the item."""
        self.form_options()
        return redirect(self.back())

    @property
    def upwards(self) -> bool:
        """Towards the beginning, or else towards the end."""
        return self.request.POST.get("to") == "up"

    def wanted(self, form: Any) -> list[Wanted]:
        """In the other order."""
        return shifted(self.items, self.item, by=-1 if self.upwards else 1)

    def change(self, form: Any) -> tuple[str, str]:
        """One place further."""
        upwards = self.upwards
        services.shift_item(self.item, by=-1 if upwards else 1, **self.by())
        words = gettext("“%(title)s” moved up.") if upwards else gettext("“%(title)s” moved down.")
        return self.back(), words % self.title


class ItemRemove(ItemMixin, RevisingPage):
    """Take an item out; where people have the plan, the next page says what that means."""

    form_class = NothingForm

    @property
    def button(self) -> str:  # type: ignore[override]  # the check comes first, or nothing does
        """What pressing it does."""
        return gettext("Go on") if self.is_given else gettext("Take it out")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the item
        """Which item it is about."""
        return gettext("Take “%(title)s” out of the plan") % self.title

    def consequences(self) -> list[str]:
        """What stays, and that nothing happens yet."""
        said = [gettext("The activity itself stays, and can be put into this or another plan.")]
        if self.is_given:
            said.append(gettext("The next page says whom it reaches. Nothing happens before."))
        return said

    def refusal(self) -> str | Promise:
        """People who have the plan have something to do in it."""
        if self.is_given and len(self.items) == 1:
            return LastItemError().message
        return super().refusal()

    def wanted(self, form: Any) -> list[Wanted]:
        """The others."""
        return without(self.items, self.item)

    def change(self, form: Any) -> tuple[str, str]:
        """Take it out."""
        services.delete_item(self.item, **self.by())
        return edit_url(self.plan), gettext("“%(title)s” is out of the plan.") % self.title
