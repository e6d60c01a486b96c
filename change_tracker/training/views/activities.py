"""The activity behind an item: its text, and a new version of it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import words_after
from change_tracker.core.text import markdown
from change_tracker.training import revisewords, services, standing, wording
from change_tracker.training.activityforms import ActivityForm
from change_tracker.training.forms import VersionForm
from change_tracker.training.models import LearningActivity
from change_tracker.training.services import NewVersion, OlderVersions
from change_tracker.training.views.items import ItemMixin


class ActivityMixin(ItemMixin):
    """A page about the activity of an item, for those who may change it."""

    @cached_property
    def activity(self) -> LearningActivity:
        """The activity of the item; 403 for those who may not change it."""
        if not self.item.may_change_activity:
            raise PermissionDenied
        activity: LearningActivity = self.item.activity
        return activity

    def refusal(self) -> str | Promise:
        """It may change at any time."""
        return ""


class ActivityEdit(ActivityMixin):
    """What an activity is called and says; a preview shows it as people will read it."""

    template_name = "change_tracker/activity_form.html"
    form_class = ActivityForm
    heading = _("Change the activity")
    button = _("Save")

    def consequences(self) -> list[str]:
        """Who reads the new text."""
        return wording.reach_lines(**standing.reach_of_activity(self.activity))

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        names = (
            "title",
            "kind_id",
            "body",
            "url",
            "minutes",
            "completion_rule",
            "pass_score",
            "valid_months",
            "version",
        )
        activity = self.activity
        initial: dict[str, Any] = {name: getattr(activity, name) for name in names}
        initial |= {"kind": initial.pop("kind_id"), "topics": activity.topics.all()}
        initial["minutes"] = initial["minutes"] or None
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
        words = gettext("“%(title)s” is changed.") % {"title": changes["title"]}
        return self.back(), words_after(self.activity, expected, words)


class ActivityVersion(ActivityMixin):
    """Its content is a new version: what that means for those who did an older one."""

    template_name = "change_tracker/activity_version.html"
    form_class = VersionForm
    button = _("Make it a new version")

    @cached_property
    def shown(self) -> NewVersion:
        """What it does."""
        return services.preview_version(self.activity)

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the version
        """Which version it is to be."""
        return gettext("Version %(number)s of “%(title)s”") % {
            "number": self.shown.version,
            **self.title,
        }

    def form_options(self) -> dict[str, Any]:
        """Whether somebody has to say what about older versions."""
        options = super().form_options()
        return options | {"finished": self.shown.finished}

    def consequences(self) -> list[str]:
        """Who does the new one."""
        return revisewords.version_lines(self.shown)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`digest` of what is shown."""
        return super().get_context_data(digest=self.shown.digest, **kwargs)

    def again(self, form: Any, status: int) -> HttpResponse:
        """With the numbers of now."""
        self.__dict__.pop("shown", None)
        return super().again(form, status)

    def save(self, form: Any) -> tuple[str, str]:
        """Make it, as it was shown or not at all."""
        done = services.raise_version(
            activity=self.activity,
            completed=OlderVersions(form.cleaned_data.get("completed", OlderVersions.KEEP)),
            expected=self.request.POST.get("digest", ""),
            **self.actor_and_time(),
        )
        return self.back(), revisewords.version_words(done)
