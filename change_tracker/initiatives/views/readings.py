"""The place of an objective: its trend, and the readings that make it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.files import FilePage
from change_tracker.core.formpages import FormPage, unchanged_words, words_after
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.tables import Problem, RefusedImportError
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives import services
from change_tracker.initiatives.head import reads_figures, reads_register
from change_tracker.initiatives.models import Initiative, Measurement, Objective
from change_tracker.initiatives.queries import initiative_of
from change_tracker.initiatives.readingforms import (
    EditReadingForm,
    ReadingForm,
    ReadingsFileForm,
)
from change_tracker.initiatives.readinglines import COLUMNS, HEADINGS, table_of
from change_tracker.initiatives.trend import amount, standing_words, trend_of
from change_tracker.initiatives.views.base import InitiativePage

SHOWN_PROBLEMS = 100


class ObjectiveMixin(PageMixin):
    """A page about one objective, for everybody who sees its initiative."""

    @property
    def tab(self) -> str:  # type: ignore[override]  # those whom it merely touches come from theirs
        """Initiatives, for those who have them."""
        return "initiatives" if reads_figures(self.user, self.initiative) else "my-training"

    @cached_property
    def initiative(self) -> Any:
        """The initiative in the address."""
        return the_one_or_404(initiative_of(self.user, slug=self.kwargs["slug"]))

    @cached_property
    def objective(self) -> Any:
        """The objective in the address, with its latest reading."""
        rows: Any = Objective.objects.visible_to(self.user)
        rows = rows.filter(initiative=self.initiative).with_latest()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def own_url(self) -> str:
        """The place of the objective."""
        return place_of(self.initiative, self.objective)


def place_of(initiative: Initiative, objective: Objective) -> str:
    """The address of an objective."""
    return reverse("change_tracker:objective", args=[initiative.slug, objective.pk])


class ObjectivePlace(ObjectiveMixin):
    """From where to where, the trend as a picture and as a table."""

    template_name = "change_tracker/objective.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`goal`, its `readings`, the newest first, their `trend` and what it says."""
        goal = self.objective
        readings = self.readings()
        return super().get_context_data(
            initiative=self.initiative,
            goal=goal,
            readings=readings,
            trend=trend_of(goal, readings[::-1], self.today),
            standing=standing_words(goal, goal.latest_value),
            shows_nav=reads_figures(self.user, self.initiative),
            shows_register=reads_register(self.user, self.initiative),
            current="setup",
            may_add=Measurement.objects.all().may_create(self.user, {"objective": goal}),
            **kwargs,
        )

    def readings(self) -> list[Any]:
        """Its readings, the newest first, with `may_change`."""
        changeable = Measurement.objects.changeable_by(self.user).filter(pk=OuterRef("pk"))
        rows = Measurement.objects.visible_to(self.user).filter(objective=self.objective)
        return list(rows.annotate(may_change=Exists(changeable)).order_by("-measured_on"))


class ReadingFormPage(FormPage, ObjectiveMixin):
    """A form about one reading, which leads back to the objective."""

    template_name = "change_tracker/setup/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back, and what is measured."""
        goal = self.objective
        lede = f"{goal.title} ({goal.unit})" if goal.unit else goal.title
        kwargs |= {"initiative": self.initiative, "back": self.own_url, "lede": lede}
        return super().get_context_data(**kwargs)

    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.user, "now": timezone.now()}


class NewReadingPage(ReadingFormPage):
    """Say what it was found to be on a day."""

    form_class = ReadingForm
    heading = _("Add a reading")
    button = _("Add it")

    def form_options(self) -> dict[str, Any]:
        """Of today, for those who may."""
        if not Measurement.objects.all().may_create(self.user, {"objective": self.objective}):
            raise PermissionDenied
        return {"initial": {"measured_on": self.today}}

    def save(self, form: Any) -> str | tuple[str, str]:
        """Add it; the toast takes it back, but never one that was there before."""
        there = self.objective.measurements.filter(measured_on=form.cleaned_data["measured_on"])
        before = list(there.values_list("pk", flat=True))
        added = services.record_reading(objective=self.objective, **self.by(), **form.cleaned_data)
        if added.pk in before:
            return self.own_url, unchanged_words()
        words = gettext("%(value)s is added.") % {"value": amount(added.value, self.objective.unit)}
        undo = reverse("change_tracker:reading-delete", args=[self.initiative.slug, added.pk])
        leave_toast(self.request, words, undo)
        return self.own_url


class ReadingPage(ReadingFormPage):
    """A page about one reading that the caller may change."""

    @cached_property
    def reading(self) -> Any:
        """The reading: 404 where it is not for them, 403 where it is not theirs to change."""
        rows = Measurement.objects.visible_to(self.user)
        rows = rows.filter(objective__initiative=self.initiative).select_related("objective")
        reading = get_object_or_404(rows, pk=self.kwargs["pk"])
        if not Measurement.objects.changeable_by(self.user).filter(pk=reading.pk).exists():
            raise PermissionDenied
        return reading

    @cached_property
    def objective(self) -> Any:
        """What it is a reading of."""
        return self.reading.objective

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `reading`."""
        return super().get_context_data(reading=self.reading, **kwargs)


class EditReadingPage(ReadingPage):
    """Correct a reading."""

    template_name = "change_tracker/setup/reading.html"
    form_class = EditReadingForm
    heading = _("Correct a reading")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        names = EditReadingForm.base_fields
        return {"initial": {name: getattr(self.reading, name) for name in names}}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        services.change_reading(self.reading, expected_version=version, **self.by(), **changes)
        words = gettext("The reading is corrected.")
        return self.own_url, words_after(self.reading, version, words)


class DeleteReadingPage(ReadingPage):
    """Take a reading back."""

    form_class = forms.Form
    heading = _("Take this reading back?")
    button = _("Take it back")
    is_final = True

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may."""
        self.reading  # noqa: B018  refuses whoever may not
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which one."""
        return super().get_context_data(**kwargs) | {"lede": self._words}

    @property
    def _words(self) -> str:
        return f"{self.objective.title}: {amount(self.reading.value, self.objective.unit)}"

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it."""
        words = gettext("“%(reading)s” is taken back.") % {"reading": self._words}
        services.delete_reading(self.reading, **self.by())
        return self.own_url, words


class ReadingsMixin(InitiativePage):
    """All readings of an initiative, for those who read its inside."""

    def rows(self) -> Any:
        """By objective and day."""
        rows = Measurement.objects.visible_to(self.user).select_related("objective")
        return rows.filter(objective__initiative=self.initiative).order_by(
            "objective", "measured_on"
        )


class ReadingsFile(ReadingsMixin, FilePage):
    """The readings as a file, in the form in which they are read again."""

    def file_name(self) -> str:
        """Of which initiative."""
        return f"{self.initiative.slug}-readings"

    def head(self) -> list[Any]:
        """The columns of an import: sent back as it is, the file changes nothing."""
        return list(HEADINGS.values())

    def lines(self) -> Iterator[list[Any]]:
        """All of them; an objective without a reading has none to show."""
        return (
            [row.objective.title, row.measured_on, row.value, row.note]
            for row in self.rows().iterator()
        )


class ImportReadingsPage(FormPage, InitiativePage):
    """Readings from a file: all of them, or none and what is wrong with which row."""

    template_name = "change_tracker/readings_import.html"
    form_class = ReadingsFileForm
    heading = _("Bring readings in")
    button = _("Record them")

    def get_form(self, data: Any = None) -> forms.Form:
        """With the file that was sent, for those who may change the initiative."""
        self.changeable()
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The columns, and `problems` of the file just sent."""
        kwargs.setdefault("problems", ())
        return super().get_context_data(
            back=self.back("objectives"),
            columns=COLUMNS,
            **kwargs,
        )

    def again(self, form: Any, status: int) -> Any:
        """With the rows that are wrong."""
        problems: tuple[Problem, ...] = getattr(form, "problems", ())
        context = self.get_context_data(
            form=form,
            problems=problems[:SHOWN_PROBLEMS],
            more=max(len(problems) - SHOWN_PROBLEMS, 0),
        )
        return self.render_to_response(context, status=status)

    def save(self, form: Any) -> tuple[str, str]:
        """Record them."""
        table = table_of(form.cleaned_data["file"].read())
        try:
            done = services.import_readings(initiative=self.initiative, table=table, **self.by())
        except RefusedImportError as refused:
            form.problems = refused.problems
            raise
        return self.back("objectives"), _imported(done)


def _imported(done: services.ReadingsImport) -> str:
    new = ngettext("%(number)s new reading.", "%(number)s new readings.", done.new)
    changed = ngettext(
        "%(number)s has another value than before.",
        "%(number)s have another value than before.",
        done.changed,
    )
    same = ngettext("%(number)s was there already.", "%(number)s were there already.", done.same)
    said = [new % {"number": done.new}]
    said += [changed % {"number": done.changed}] if done.changed else []
    said += [same % {"number": done.same}] if done.same else []
    return " ".join(said)
