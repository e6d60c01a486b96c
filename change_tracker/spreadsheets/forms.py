"""The forms of those who bring a spreadsheet in."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import TableField
from change_tracker.spreadsheets.sheets import BY_KEY, SHEETS


class SpreadsheetForm(forms.Form):
    """Which file."""

    file = TableField(
        label=_("Excel or CSV file (.xlsx, .csv)"),
        help_text=_("A workbook with one sheet for each kind, or one of the sheets as CSV."),
    )


class LayoutForm(forms.Form):
    """Which sheet of the file is which of ours, and which of its columns."""

    def __init__(
        self,
        data: Any = None,
        *,
        headings: Mapping[str, list[str]],
        layout: Mapping[str, Mapping[str, Any]],
    ) -> None:
        super().__init__(data)
        self._headings, self._layout = headings, layout
        kinds = [("", _("Do not read it")), *((each.key, each.title) for each in SHEETS)]
        for place, title in enumerate(headings):
            said = layout.get(title, {"kind": "", "columns": {}})
            self.fields[f"kind_{place}"] = forms.ChoiceField(
                label=_("What is in it?"), choices=kinds, required=False, initial=said["kind"]
            )
            self._add_columns(place, title, said)

    def _add_columns(self, place: int, title: str, said: Mapping[str, Any]) -> None:
        theirs = [(each, each) for each in dict.fromkeys(self._headings[title])]
        sheet = BY_KEY.get(said["kind"])
        for column in sheet.columns if sheet else ():
            nothing = _("Choose a column") if column.required else _("Not in the file")
            self.fields[f"{place}_{column.name}"] = forms.ChoiceField(
                label=str(column.heading),
                choices=[("", nothing), *theirs],
                required=column.required and not self._is_turned(place, said),
                initial=said["columns"].get(column.name, ""),
            )

    def _is_turned(self, place: int, said: Mapping[str, Any]) -> bool:
        """Whether the sheet was said to be another one than its columns are of."""
        return self.is_bound and self._kind(place, said["kind"]) != said["kind"]

    def _kind(self, place: int, before: str) -> str:
        """What was said of a sheet; one of which nothing is said stays what it was."""
        return str(self.data.get(f"kind_{place}", before))

    def clean(self) -> dict[str, Any]:
        """Refuse to read nothing at all."""
        if not any(self.kinds.values()):
            raise ValidationError(
                _("Say of one sheet at least what is in it: as it is, nothing would be brought in.")
            )
        return super().clean() or {}

    @property
    def sheets(self) -> Iterator[dict[str, Any]]:
        """The fields sheet by sheet; `name` is that of the sheet, none for a CSV file."""
        for place, title in enumerate(self._headings):
            own = [
                self[name]
                for name in self.fields
                if name == f"kind_{place}" or name.startswith(f"{place}_")
            ]
            yield {"name": title, "fields": own}

    @property
    def kinds(self) -> dict[str, str]:
        """Which sheet was said to be which."""
        return {
            title: self._kind(place, self._layout.get(title, {"kind": ""})["kind"])
            for place, title in enumerate(self._headings)
        }

    @property
    def is_other(self) -> bool:
        """Whether a sheet is another one than before, so that its columns are to be named."""
        return any(
            kind != self._layout.get(title, {"kind": ""})["kind"]
            for title, kind in self.kinds.items()
        )

    @property
    def layout(self) -> dict[str, dict[str, Any]]:
        """What was said."""
        return {
            title: {
                "kind": kind,
                "columns": {
                    each.name: said
                    for each in (BY_KEY[kind].columns if kind else ())
                    if (said := self.cleaned_data.get(f"{place}_{each.name}"))
                },
            }
            for place, (title, kind) in enumerate(self.kinds.items())
        }
