"""A file that is open: what stands above its columns is known, its rows are still to be read."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from change_tracker.core.conf import get_conf
from change_tracker.core.tables.blocks import Block, blocks
from change_tracker.core.tables.cells import FAILURES, said_all
from change_tracker.core.tables.columns import Mapping, place_columns, unused_columns
from change_tracker.core.tables.rows import Lines, Problem, Table, UnreadableFileError


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One sheet: its header, and the lines below it, which can be read once."""

    header: Sequence[str]
    lines: Lines
    notes: Sequence[Problem] = ()

    @property
    def headings(self) -> list[str]:
        """The names of its columns."""
        return [name for name in self.header if name]

    def place(
        self,
        *,
        columns: Sequence[str],
        required: Sequence[str],
        mapping: Mapping,
        by_name: bool = True,
    ) -> dict[str, int]:
        """Where each of our columns stands, in their order; reads no row, however many there are.

        `by_name` finds columns that are not mapped. Raises UnreadableFileError that lists what the
        file has.
        """
        places = place_columns(
            self.header, columns=columns, required=required, mapping=mapping, by_name=by_name
        )
        return {ours: places[ours] for ours in columns if ours in places}

    def table(
        self,
        *,
        columns: Sequence[str],
        required: Sequence[str],
        mapping: Mapping,
        by_name: bool = True,
        prose: Collection[str] = (),
    ) -> Table:
        """Its rows under our names; those of our columns that are `prose` keep the lines within
        their cells. Raises UnreadableFileError as `place` does, and for too many rows.
        """
        places = self.place(columns=columns, required=required, mapping=mapping, by_name=by_name)
        worded = {place for ours, place in places.items() if ours in prose}
        found = blocks(self.lines, len(self.header), worded)
        numbers, cells, problems = self._read(found, places)
        unused = unused_columns(self.header, places)
        return Table(numbers, cells, (*self.notes, *unused, *problems))

    def _read(
        self, found: Iterable[Block], places: dict[str, int]
    ) -> tuple[list[int], dict[str, list[str]], list[Problem]]:
        limit = get_conf().import_max_rows
        numbers: list[int] = []
        cells: dict[str, list[str]] = {ours: [] for ours in places}
        problems: list[Problem] = []
        for block in found:
            numbers += block.numbers
            problems += block.problems
            if len(numbers) > limit:
                raise UnreadableFileError(
                    _("The file has more than %(limit)s rows.") % {"limit": limit}
                )
            for ours, index in places.items():
                texts = block.columns[index]
                problems += _failed(self.header[index], block.numbers, texts)
                cells[ours] += said_all(texts)
        return numbers, cells, problems


def _failed(heading: str, numbers: Sequence[int], texts: Sequence[str]) -> Iterator[Problem]:
    """Formulas that came to nothing: what they should have said is not known."""
    if FAILURES.isdisjoint(texts):
        return
    for number, text in zip(numbers, texts, strict=True):
        if text in FAILURES:
            reason = _("The formula in this cell has failed: %(text)s") % {"text": text}
            yield Problem(number, heading, reason, is_error=True)
