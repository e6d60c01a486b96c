"""Reading a catalogue pack, and telling everything that is wrong with it before it is loaded."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeGuard

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Link, Section

SCHEMA = 1
DEFAULT_PACK = "customer-service"
MAX_BYTES = 5_000_000
HEAD = ("schema", "pack", "version")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
SLUG_LENGTH, LABEL_LENGTH = 80, 200
LAST_VERSION = 2_147_483_647

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a pack: in which entry, in which field, and what."""

    entry: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.field}: {self.message}"


class PackError(ChangeTrackerError):
    """The pack cannot be loaded; `problems` names every entry and field."""

    code = "broken_pack"

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        count = ngettext("%(count)d problem", "%(count)d problems", len(problems))
        super().__init__(
            _("The pack cannot be loaded (%(count)s): %(problems)s")
            % {
                "count": count % {"count": len(problems)},
                "problems": "; ".join(str(each) for each in problems),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack that has been checked: `entries` by section, in the order of loading."""

    slug: str
    version: int
    entries: dict[str, list[Entry]]


def shipped_packs() -> list[str]:
    """The slugs of the packs inside the package."""
    folder = resources.files("change_tracker.resistance") / "packs"
    names = (each.name for each in folder.iterdir())
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def read_pack(name: str = DEFAULT_PACK) -> Any:
    """The content of a pack that ships, by slug, or of a JSON file, by path. Checks nothing more.

    Raises PackError when there is no such pack or file, or it is not JSON.
    """
    if name in shipped_packs():
        shipped = resources.files("change_tracker.resistance") / "packs" / f"{name}.json"
        return json.loads(shipped.read_text(encoding="utf-8"))
    try:
        if Path(name).stat().st_size > MAX_BYTES:
            raise PackError(Problem(name, "file", _("It is larger than 5 MB.")))
        return json.loads(Path(name).read_text(encoding="utf-8-sig"))
    except OSError as error:
        known = ", ".join(shipped_packs())
        message = _("There is no such file, and no such pack among: %(known)s.")
        raise PackError(Problem(name, "file", message % {"known": known})) from error
    except (ValueError, RecursionError) as error:
        message = _("It is not valid JSON: %(error)s")
        raise PackError(Problem(name, "file", message % {"error": error})) from error


def check_pack(content: Any) -> Pack:
    """A checked pack. Raises PackError with every problem at once; touches no database."""
    if not isinstance(content, dict):
        raise PackError(Problem("pack", "schema", _("A pack is an object with sections.")))
    problems = list(_problems(content))
    if problems:
        raise PackError(*problems)
    entries = {section.key: content.get(section.key, []) for section in CATALOGUE_SECTIONS}
    return Pack(slug=content["pack"], version=content["version"], entries=entries)


def _problems(content: dict[str, Any]) -> Iterator[Problem]:
    yield from _head_problems(content)
    sections = {section.key: section for section in CATALOGUE_SECTIONS}
    for key in content.keys() - sections.keys() - set(HEAD):
        yield Problem("pack", key, _("There is no such section."))
    known = {key: _slugs(content.get(key)) for key in sections}
    for key, section in sections.items():
        entries = content.get(key, [])
        if not isinstance(entries, list):
            yield Problem("pack", key, _("This has to be a list of entries."))
            continue
        yield from _section_problems(section, entries, known)


def _head_problems(content: dict[str, Any]) -> Iterator[Problem]:
    if content.get("schema") != SCHEMA:
        yield Problem("pack", "schema", _("Only schema %(number)d is known.") % {"number": SCHEMA})
    if not _is_slug(content.get("pack")):
        yield Problem("pack", "pack", _not_a_slug())
    version = content.get("version")
    if type(version) is not int or not 1 <= version <= LAST_VERSION:
        yield Problem("pack", "version", _("This has to be a whole number from 1."))


def _section_problems(
    section: Section, entries: list[Any], known: dict[str, set[str]]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        where = f"{section.key} {number}"
        if not isinstance(entry, dict):
            yield Problem(where, "entry", _("An entry is an object with a slug and a label."))
            continue
        slug = entry.get("slug")
        if _is_slug(slug):
            where = f"{section.key}/{slug}"
            if slug in seen:
                yield Problem(where, "slug", _("Another entry of this section has the same slug."))
            seen.add(slug)
        else:
            yield Problem(where, "slug", _not_a_slug())
        for field, message in _entry_problems(section, entry, known):
            yield Problem(where, field, message)


def _entry_problems(
    section: Section, entry: Entry, known: dict[str, set[str]]
) -> Iterator[tuple[str, str]]:
    yield from _text_problems(section, entry)
    for column, values in section.choices.items():
        if entry.get(column) not in values:
            yield column, _not_among(entry.get(column), values)
    for column, parent in section.parents.items():
        if not _refers(entry.get(column), known[parent]):
            yield column, _unknown(entry.get(column), parent)
    yield from _provenance_problems(entry.get("provenance", []))
    for link in section.links:
        yield from _link_problems(link, entry.get(link.key, []), known[link.section])
    fields = {"slug", "label", "provenance", *section.choices, *section.texts, *section.parents}
    for key in entry.keys() - fields - {link.key for link in section.links}:
        yield key, _("There is no such field.")


def _text_problems(section: Section, entry: Entry) -> Iterator[tuple[str, str]]:
    label = entry.get("label")
    if not isinstance(label, str) or not label.strip():
        yield "label", _("This is missing.")
    elif len(label) > LABEL_LENGTH:
        yield "label", _("It has more than %(number)d characters.") % {"number": LABEL_LENGTH}
    for column in section.texts:
        if not isinstance(entry.get(column, ""), str):
            yield column, _("This has to be text.")


def _provenance_problems(provenance: Any) -> Iterator[tuple[str, str]]:
    ok = isinstance(provenance, list) and all(
        isinstance(each, dict)
        and set(each) == {"doc", "phrase"}
        and all(isinstance(text, str) and text.strip() for text in each.values())
        for each in provenance
    )
    if not ok:
        yield "provenance", _("This has to be a list of objects with “doc” and “phrase”.")


def _link_problems(link: Link, links: Any, known: set[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(links, list) or (link.required and not links):
        yield link.key, _("This has to be a list with at least one reference.")
        return
    seen: set[str] = set()
    for each in links:
        if not isinstance(each, dict) or set(each) != {link.name, "basis"}:
            yield (
                link.key,
                _("A reference has “%(name)s” and “basis”, nothing else.") % {"name": link.name},
            )
            continue
        target = each[link.name]
        if not _refers(target, known):
            yield link.key, _unknown(target, link.section)
        elif target in seen:
            yield link.key, _("“%(slug)s” is named twice.") % {"slug": target}
        else:
            seen.add(target)
        if each["basis"] not in Basis.values:
            yield link.key, _not_among(each["basis"], Basis.values)


def _slugs(entries: Any) -> set[str]:
    if not isinstance(entries, list):
        return set()
    found = (entry.get("slug") for entry in entries if isinstance(entry, dict))
    return {slug for slug in found if _is_slug(slug)}


def _is_slug(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= SLUG_LENGTH and bool(SLUG.match(value))


def _refers(value: Any, known: set[str]) -> bool:
    return isinstance(value, str) and value in known


def _not_a_slug() -> str:
    return _("This has to be lower-case letters, digits and hyphens, 80 at most.")


def _not_among(value: Any, values: list[str]) -> str:
    if value is None:
        return _("This is missing; one of: %(values)s.") % {"values": ", ".join(values)}
    return _("“%(value)s” is not one of: %(values)s.") % {
        "value": value,
        "values": ", ".join(values),
    }


def _unknown(value: Any, section: str) -> str:
    if value is None:
        return _("This is missing; name an entry of %(section)s.") % {"section": section}
    return _("There is no entry “%(slug)s” in %(section)s.") % {"slug": value, "section": section}
