"""Fields that choose people and units, for thousands of them and without a script.

People are looked for by name first, then chosen among those found: what is typed elsewhere in the
form is kept (see `FormPage`). Enter in any field presses the button of the form; words that were
not looked for yet are looked for then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import TicksField
from change_tracker.core.keys import keys_in
from change_tracker.people.models import OrgUnit, Person

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a picker sends: the keys chosen, the words typed, and those last looked for."""

    chosen: tuple[str, ...] = ()
    words: str = ""
    searched: str = ""


class PickerWidget(forms.Widget):
    """Reads what the part of the page sends; the part itself is a template."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Asked:
        """The three inputs of the picker."""
        chosen = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return Asked(
            chosen=tuple(dict.fromkeys(each for each in chosen if each)),
            words=data.get(f"{name}-words", "").strip(),
            searched=data.get(f"{name}-searched", ""),
        )


class PickedField(forms.BoundField):
    """The picker on a page: who is chosen, and who was found."""

    field: "PeopleField"

    @cached_property
    def asked(self) -> Asked:
        """What was sent, or who is set already."""
        value = self.value()
        if isinstance(value, Asked):
            return value
        some = value if isinstance(value, list | tuple | QuerySet) else [value]
        return Asked(tuple(str(getattr(each, "pk", each)) for each in some if each))

    @property
    def searches(self) -> bool:
        """Whether words were typed that were not looked for yet."""
        return bool(self.asked.words) and self.asked.words != self.asked.searched

    @cached_property
    def chosen(self) -> list[Person]:
        """Who is chosen, as far as there is such a person to choose."""
        return self.field.people_of(self.asked.chosen)

    @cached_property
    def matches(self) -> list[Person]:
        """Who has such a name, and one more than is shown where there are more."""
        people = self.field.people.called(self.asked.words)
        others = people.exclude(pk__in=[each.pk for each in self.chosen])
        return list(others.select_related("unit").order_by("display_name", "pk")[: MOST_FOUND + 1])

    @property
    def found(self) -> list[Person]:
        """Who is offered beside those chosen."""
        return self.matches[:MOST_FOUND]

    @property
    def has_more(self) -> bool:
        """Whether more have such a name than are offered."""
        return len(self.matches) > MOST_FOUND


class PeopleField(forms.Field):
    """People, looked for by name among `people`."""

    widget = PickerWidget
    part = "change_tracker/parts/people_picker.html"
    is_single = False
    people: Any = Person.objects.none()
    default_error_messages = {
        "required": _("Look for a name, then choose."),
        "unchosen": _("Choose somebody of those found, or empty the search."),
        "unknown": _("Somebody whom you chose cannot be chosen any more. Look for them again."),
    }

    def people_of(self, keys: tuple[str, ...]) -> list[Person]:
        """The people with those keys, by name."""
        known = self.people.filter(pk__in=keys_in(keys))
        return list(known.select_related("unit").order_by("display_name", "pk"))

    def get_bound_field(self, form: Any, field_name: str) -> PickedField:
        """The picker on a page."""
        return PickedField(form, self, field_name)

    def clean(self, value: Any) -> Any:
        """The people chosen; words without a choice are an unfinished search."""
        asked = value or Asked()
        chosen = self.people_of(asked.chosen)
        if len(chosen) < len(asked.chosen):
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        if asked.words and not chosen:
            raise ValidationError(self.error_messages["unchosen"], code="unchosen")
        if self.required and not chosen:
            raise ValidationError(self.error_messages["required"], code="required")
        return chosen


class PersonField(PeopleField):
    """One person, looked for by name among `people`."""

    is_single = True

    def clean(self, value: Any) -> Person | None:
        """The person chosen, or None."""
        chosen = super().clean(value)
        return chosen[0] if chosen else None


class _ByTree(ModelChoiceIterator):  # type: ignore[type-arg]  # generic in stubs only
    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        units = self.queryset.values_list("pk", *UnitField.columns)
        yield from UnitField.arranged([(pk, said) for pk, *said in units])


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """A unit, listed with the units above it."""

    iterator = _ByTree
    #: what `arranged` needs of each
    columns = ("path", "name")

    @staticmethod
    def words(*said: str) -> tuple[str, ...]:
        """What it is called depends on the others."""
        return said

    @staticmethod
    def arranged(units: Sequence[tuple[Any, Sequence[str]]]) -> list[tuple[Any, str]]:
        """Units under the names of those above them, in the order of these names."""
        names = {str(pk): name for pk, (_path, name) in units}
        labels = {
            pk: " / ".join(names[each] for each in path.split("/") if each in names) or name
            for pk, (path, name) in units
        }
        return sorted(labels.items(), key=lambda each: (each[1].casefold(), each[0]))

    def __init__(self, **options: Any) -> None:
        options.setdefault("queryset", OrgUnit.objects.none())
        options.setdefault("empty_label", _("Choose one"))
        super().__init__(**options)


class UnitsField(TicksField):
    """Several units to tick, each listed with the units above it."""

    iterator = _ByTree

    def __init__(self, **options: Any) -> None:
        options.setdefault("queryset", OrgUnit.objects.none())
        super().__init__(**options)


class SuggestingInput(forms.TextInput):
    """Text, with words that may be meant; the browser offers them while one types."""

    suggestions: tuple[str, ...] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and its list."""
        key = f"{(attrs or {}).get('id', name)}_list"
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        words = ((each,) for each in self.suggestions)
        options = format_html_join("", '<option value="{}">', words)
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)
