"""The items of a plan and the activities behind them: change, put in order, take out."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.text import markdown
from change_tracker.training import services, standing, wording
from change_tracker.training.activityforms import ActivityForm
from change_tracker.training.forms import EditItemForm, NothingForm
from change_tracker.training.models import LearningActivity, PlanItem
from change_tracker.training.views.editing import EditPage, edit_url


class ItemMixin(EditPage):
    """A page about one item of a plan."""

    @cached_property
    def item(self) -> PlanItem:
        """The item of this plan, or 404."""
        rows = PlanItem.objects.visible_to(self.user).filter(plan=self.plan)
        item: PlanItem = get_object_or_404(
            rows.select_related("activity", "plan__initiative"), pk=self.kwargs["item_pk"]
        )
        return item

    @property
    def title(self) -> dict[str, str]:
        """The name of the item, for sentences."""
        return {"title": self.item.activity.title}

    def subject(self) -> PlanItem:
        """The item."""
        return self.item

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`lede`: which item it is."""
        return {"item": self.item} | super().get_context_data(**kwargs)

    def refusal(self) -> str | Promise:
        """The items of a published plan stay."""
        refused = services.refusal_to_change_items(self.plan)
        return refused.message if refused else ""

    def back(self) -> str:
        """To the item in its plan."""
        return edit_url(self.plan, self.item.pk)


class ItemEdit(ItemMixin):
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

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected = changes.pop("version")
        services.change_item(self.item, expected_version=expected, **self.by(), **changes)
        return self.back(), gettext("“%(title)s” is changed.") % self.title


class ItemShift(ItemMixin):
    """A press of “up” or “down”. Anything else leads to the plan: signing in repeats it as GET."""

    form_class = NothingForm
    heading = _("Put the activities in order")
    button = _("Move it")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Back to the item."""
        self.form_options()
        return redirect(self.back())

    def save(self, form: Any) -> tuple[str, str]:
        """One place towards the beginning, or else towards the end."""
        upwards = self.request.POST.get("to") == "up"
        services.shift_item(self.item, by=-1 if upwards else 1, **self.by())
        words = gettext("“%(title)s” moved up.") if upwards else gettext("“%(title)s” moved down.")
        return self.back(), words % self.title


class ItemRemove(ItemMixin):
    """Take an item out of a draft."""

    form_class = NothingForm
    button = _("Take it out")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the item
        """Which item it is about."""
        return gettext("Take “%(title)s” out of the plan") % self.title

    def consequences(self) -> list[str]:
        """What stays."""
        return [gettext("The activity itself stays, and can be put into this or another plan.")]

    def save(self, form: Any) -> tuple[str, str]:
        """Take it out."""
        services.delete_item(self.item, **self.by())
        return edit_url(self.plan), gettext("“%(title)s” is out of the plan.") % self.title


class ActivityEdit(ItemMixin):
    """What an activity is called and says; a preview shows it as people will read it."""

    template_name = "change_tracker/activity_form.html"
    form_class = ActivityForm
    heading = _("Change the activity")
    button = _("Save")

    @cached_property
    def activity(self) -> LearningActivity:
        """The activity of the item; 403 for those who may not change it."""
        mine = LearningActivity.objects.changeable_by(self.user)
        activity = mine.filter(pk=self.item.activity_id).first()
        if activity is None:
            raise PermissionDenied
        return activity

    def refusal(self) -> str | Promise:
        """Its text may change at any time."""
        return ""

    def consequences(self) -> list[str]:
        """Who reads the new text."""
        return wording.reach_lines(**standing.reach_of_activity(self.activity))

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        names = (
            "title",
            "kind",
            "body",
            "url",
            "minutes",
            "completion_rule",
            "pass_score",
            "version",
        )
        initial: dict[str, Any] = {name: getattr(self.activity, name) for name in names}
        initial |= {"topics": self.activity.topics.all(), "minutes": initial["minutes"] or None}
        return super().form_options() | {"user": self.user, "initial": initial}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save, or show what it would look like, with every value kept."""
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        shown = markdown(request.POST.get("body", ""))
        form = self.get_form(request.POST)
        context = self.get_context_data(form=form, preview=shown, is_preview=True)
        return self.render_to_response(context, status=200 if form.is_valid() else 400)

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected = changes.pop("version")
        services.change_activity(self.activity, expected_version=expected, **self.by(), **changes)
        return self.back(), gettext("“%(title)s” is changed.") % {"title": changes["title"]}
