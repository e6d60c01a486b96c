"""What an initiative learnt: the list, and the forms that keep it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.resistance.lessonforms import EditLessonForm, LessonForm
from change_tracker.resistance.models import Lesson, StrategyType
from change_tracker.resistance.services.lessons import add_lesson, change_lesson, delete_lesson
from change_tracker.resistance.views.register import RegisterMixin


class LessonsMixin(RegisterMixin):
    """A page about what one initiative learnt, for those who read its register."""

    def rows(self) -> Any:
        """Its lessons, with `may_change`; what eased it first."""
        changeable = Lesson.objects.changeable_by(self.user).filter(pk=OuterRef("pk"))
        rows = Lesson.objects.visible_to(self.user).filter(initiative=self.initiative)
        return rows.select_related("strategy").annotate(may_change=Exists(changeable))

    @property
    def may_write(self) -> bool:
        """Whether the caller may write one."""
        return Lesson.objects.all().may_create(self.user, {"initiative": self.initiative})

    def lessons_url(self) -> str:
        """The list."""
        return reverse("change_tracker:lessons", args=[self.initiative.slug])


class LessonsPage(LessonsMixin):
    """What eased resistance, and what did not."""

    template_name = "change_tracker/lessons.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`parts` of lessons under a heading each."""
        lessons = list(self.rows())
        return super().get_context_data(
            initiative=self.initiative,
            lessons=lessons,
            parts=[
                (_("What eased it"), [each for each in lessons if each.eased]),
                (_("What did not"), [each for each in lessons if not each.eased]),
            ],
            may_write=self.may_write,
            shows_register=True,
            current="register",
            **kwargs,
        )


class LessonFormPage(FormPage, LessonsMixin):
    """A form about a lesson."""

    template_name = "change_tracker/lesson.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list is the way back."""
        kwargs |= {"initiative": self.initiative, "back": self.lessons_url()}
        return super().get_context_data(**kwargs)

    def strategies(self) -> Any:
        """What may be chosen."""
        return StrategyType.objects.visible_to(self.user).order_by("label")


class NewLessonPage(LessonFormPage):
    """Write one down."""

    form_class = LessonForm
    heading = _("What did you learn?")
    button = _("Write it down")

    def form_options(self) -> dict[str, Any]:
        """The strategies, for those who may write."""
        if not self.may_write:
            raise PermissionDenied
        return {"strategies": self.strategies()}

    def save(self, form: Any) -> tuple[str, str]:
        """Keep it."""
        add_lesson(initiative=self.initiative, **self.by(), **form.cleaned_data)
        return self.lessons_url(), gettext("It is written down.")


class LessonPage(LessonFormPage):
    """A page about one lesson that the caller may change."""

    @cached_property
    def lesson(self) -> Any:
        """The lesson: 404 where it is not for them, 403 where it is not theirs to change."""
        lesson = get_object_or_404(self.rows(), pk=self.kwargs["pk"])
        if not lesson.may_change:
            raise PermissionDenied
        return lesson

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `lesson`."""
        return super().get_context_data(lesson=self.lesson, **kwargs)


class EditLessonPage(LessonPage):
    """Say it otherwise."""

    form_class = EditLessonForm
    heading = _("Change a lesson")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        lesson = self.lesson
        initial = {
            "eased": "yes" if lesson.eased else "no",
            "strategy": lesson.strategy_id,
            "words": lesson.words,
            "version": lesson.version,
        }
        return {"strategies": self.strategies(), "initial": initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        change_lesson(self.lesson, expected_version=version, **self.by(), **changes)
        return self.lessons_url(), words_after(
            self.lesson, version, gettext("The lesson is changed.")
        )


class DeleteLessonPage(LessonPage):
    """Take it back."""

    form_class = forms.Form
    heading = _("Take this lesson back?")
    button = _("Take it back")
    is_final = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which one."""
        return super().get_context_data(lede=self.lesson.words, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may."""
        self.lesson  # noqa: B018  refuses whoever may not
        return {}

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it."""
        delete_lesson(self.lesson, **self.by())
        return self.lessons_url(), gettext("The lesson is taken back.")
