"""Which column of a file is which of ours."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping

from django.utils.translation import gettext as _

from change_tracker.core.tables.rows import Problem, UnreadableFileError

#: Their column -> ours; one of theirs may feed several of ours.
Mapping = AnyMapping[str, Sequence[str]]


class KnownAs:
    """What people call our columns, in any language; no database."""

    def __init__(self, names: AnyMapping[str, Iterable[str]]) -> None:
        self._ours = {plain(each): ours for ours, some in names.items() for each in some}
        self._ours |= {plain(ours): ours for ours in names}

    def recognise(self, headings: Iterable[str]) -> dict[str, str]:
        """Our column → the first of `headings` that is called so; what is not known is left out."""
        found: dict[str, str] = {}
        # What is called as we call it goes first, whatever else could be meant.
        ours = set(self._ours.values())
        for heading in sorted(headings, key=lambda each: plain(each) not in ours):
            name = self._ours.get(plain(heading))
            if name is not None:
                found.setdefault(name, heading)
        return found


def parse_maps(maps: Iterable[str], *, columns: Sequence[str]) -> dict[str, list[str]]:
    """A mapping from texts such as "Job Title=job_title".

    Raises UnreadableFileError that names the text which cannot be used and lists our `columns`.
    """
    mapping: dict[str, list[str]] = {}
    for text in maps:
        theirs, equals, ours = (part.strip() for part in text.rpartition("="))
        if not (equals and theirs) or ours not in columns:
            raise UnreadableFileError(
                _("“%(text)s” is not of the form “Their column=ours”. Ours are: %(columns)s.")
                % {"text": text, "columns": ", ".join(columns)}
            )
        mapping.setdefault(theirs, []).append(ours)
    return mapping


def place_columns(
    header: Sequence[str],
    *,
    columns: Sequence[str],
    required: Sequence[str],
    mapping: Mapping,
    by_name: bool = True,
) -> dict[str, int]:
    """Where each of our columns stands in the file.

    A column is ours by `mapping`, else `by_name`, whatever its case, with "_", "-" or a space
    between words. Raises UnreadableFileError that lists what the file has.
    """
    places = _mapped(header, columns, mapping)
    named = {plain(name): index for index, name in enumerate(header) if name and by_name}
    for ours in columns:
        if ours in named and ours not in places:
            places[ours] = named[ours]
    _refuse_doubles(header, places)
    missing = [ours for ours in required if ours not in places]
    if missing:
        raise _error(
            _("The file has no column for: %(missing)s."), header, missing=", ".join(missing)
        )
    return places


def unused_columns(header: Sequence[str], places: dict[str, int]) -> list[Problem]:
    """A note on the columns that nothing is read from."""
    used = set(places.values())
    names = [name for index, name in enumerate(header) if name and index not in used]
    if not names:
        return []
    return [Problem(1, "", _("Not used: %(columns)s.") % {"columns": ", ".join(names)})]


def _mapped(header: Sequence[str], columns: Sequence[str], mapping: Mapping) -> dict[str, int]:
    exact = {name: index for index, name in reversed(list(enumerate(header)))}
    loose = {plain(name): index for name, index in exact.items()}
    places: dict[str, int] = {}
    for given, targets in mapping.items():
        theirs = " ".join(given.split())
        index = exact.get(theirs, loose.get(plain(theirs)))
        if index is None or not theirs:
            raise _error(_("The file has no column “%(name)s”."), header, name=given)
        for ours in targets:
            if ours not in columns:
                raise UnreadableFileError(
                    _("We have no column “%(name)s”. Ours are: %(columns)s.")
                    % {"name": ours, "columns": ", ".join(columns)}
                )
            if places.setdefault(ours, index) != index:
                raise UnreadableFileError(
                    _("Two columns are mapped to “%(name)s”; map one.") % {"name": ours}
                )
    return places


def _refuse_doubles(header: Sequence[str], places: dict[str, int]) -> None:
    counts = Counter(plain(name) for name in header if name)
    for index in places.values():
        if counts[plain(header[index])] > 1:
            raise _error(
                _("The column “%(name)s” is in the file twice."), header, name=header[index]
            )


def plain(name: str) -> str:
    """A heading without what does not tell it from others: case, and how words are joined."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def _error(message: str, header: Sequence[str], **facts: str) -> UnreadableFileError:
    listed = ", ".join(f"“{name}”" for name in header if name) or _("none")
    return UnreadableFileError(
        message % facts + " " + _("The file's columns are: %(columns)s.") % {"columns": listed}
    )
