"""Telling everything that is wrong with a catalogue pack before it is loaded."""

import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from change_tracker.core.validators import NO_TEXT, web_address
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Link, Section
from change_tracker.resistance.services.packs import Entry, Pack, PackError, Problem

SCHEMA = 1
HEAD = ("schema", "pack", "version")
SLUG_PATTERN = "[a-z0-9]+(?:-[a-z0-9]+)*"
SLUG = re.compile(rf"{SLUG_PATTERN}\Z")
SLUG_LENGTH, LABEL_LENGTH = 80, 200
LAST_VERSION = 2_147_483_647
#: What is said of the words that an entry goes back to, and what may be.
PHRASE, ORIGIN = {"doc", "phrase"}, {"title", "url"}


def check_pack(content: Any) -> Pack:
    """A checked pack. Raises PackError with every problem at once; touches no database."""
    if not isinstance(content, dict):
        raise PackError(Problem("pack", "schema", _("A pack is an object with sections.")))
    problems = list(_problems(content)) or list(_problems_between(content))
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
        for where, field, message in _list_problems(section, entries, known):
            yield Problem(where, field, message)


def _problems_between(content: dict[str, Any]) -> Iterator[Problem]:
    for section in CATALOGUE_SECTIONS:
        for where, field, message in section.check_pack(content) if section.check_pack else ():
            yield Problem(where, field, message)


def _head_problems(content: dict[str, Any]) -> Iterator[Problem]:
    if content.get("schema") != SCHEMA:
        yield Problem("pack", "schema", _("Only schema %(number)d is known.") % {"number": SCHEMA})
    if not is_slug(content.get("pack")):
        yield Problem("pack", "pack", _not_a_slug())
    version = content.get("version")
    if type(version) is not int or not 1 <= version <= LAST_VERSION:
        yield Problem("pack", "version", _("This has to be a whole number from 1."))


def _list_problems(
    section: Section, entries: list[Any], known: dict[str, set[str]]
) -> Iterator[tuple[str, str, str]]:
    """Each problem of each entry: which one, in which field, and what."""
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        where = f"{section.key} {number}"
        if not isinstance(entry, dict):
            yield where, "entry", _("An entry is an object with a slug and a label.")
            continue
        slug = entry.get("slug")
        if is_slug(slug):
            where = f"{section.key}/{slug}"
            if slug in seen:
                yield where, "slug", _("Another entry of this section has the same slug.")
            seen.add(slug)
        else:
            yield where, "slug", _not_a_slug()
        for field, message in _entry_problems(section, entry, known):
            yield where, field, message


def _entry_problems(
    section: Section, entry: Entry, known: dict[str, set[str]]
) -> Iterator[tuple[str, str]]:
    yield from _text_problems(section, entry)
    yield from _value_problems(section, entry)
    yield from _reference_problems(section, entry, known)
    yield from _provenance_problems(entry.get("provenance", []))
    for part in section.parts:
        yield from _part_problems(part.section, entry.get(part.section.key, []), known)
    for key, value in entry.items():
        if any(NO_TEXT.search(text) for text in _texts_of(value)):
            yield key, _("There is a character in it that cannot be stored.")
    for key in entry.keys() - fields_of(section):
        yield key, _("There is no such field.")
    if section.check is not None:
        yield from section.check(entry)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_of(each)


def fields_of(section: Section) -> set[str]:
    """Every field that an entry of `section` may have."""
    references = {*section.parents, *section.many, *(link.key for link in section.links)}
    parts = {part.section.key for part in section.parts}
    return {"slug", "provenance", *section.plain} | references | parts


def _value_problems(section: Section, entry: Entry) -> Iterator[tuple[str, str]]:
    for column, values in section.choices.items():
        left_out = column in section.optional and column not in entry
        if not left_out and entry.get(column) not in values:
            yield column, _not_among(entry.get(column), values)
    for column, (least, most) in section.numbers.items():
        number = entry.get(column, least)
        if type(number) is not int or not least <= number <= most:
            text = _("This has to be a whole number from %(least)s to %(most)s.")
            yield column, text % {"least": least, "most": most}
    for column in section.flags:
        if not isinstance(entry.get(column, False), bool):
            yield column, _("This has to be true or false.")


def _reference_problems(
    section: Section, entry: Entry, known: dict[str, set[str]]
) -> Iterator[tuple[str, str]]:
    for column, parent in section.parents.items():
        left_out = column in section.optional and column not in entry
        if not left_out and not _refers(entry.get(column), known[parent]):
            yield column, _unknown(entry.get(column), parent)
    for column, target in section.many.items():
        yield from _many_problems(column, entry.get(column, []), target, known[target])
    for link in section.links:
        yield from _link_problems(link, entry.get(link.key, []), known[link.section])


def _many_problems(
    column: str, slugs: Any, target: str, known: set[str]
) -> Iterator[tuple[str, str]]:
    if not isinstance(slugs, list):
        yield column, _("This has to be a list of slugs.")
        return
    for place, slug in enumerate(slugs):
        if not _refers(slug, known):
            yield column, _unknown(slug, target)
        elif slug in slugs[:place]:
            yield column, _("“%(slug)s” is named twice.") % {"slug": slug}


def _part_problems(
    section: Section, entries: Any, known: dict[str, set[str]]
) -> Iterator[tuple[str, str]]:
    if not isinstance(entries, list):
        yield section.key, _("This has to be a list of entries.")
        return
    for where, field, message in _list_problems(section, entries, known):
        yield f"{where}/{field}", message


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
    if not isinstance(provenance, list) or not all(_is_phrase(each) for each in provenance):
        words = _("Name “doc” and “phrase” of each; “title” and “url” if there are any.")
        yield "provenance", words
        return
    for each in provenance:
        try:
            web_address(each.get("url", "https://example.org/"))
        except ValidationError as error:
            yield "provenance", f"{each['url']}: {error.messages[0]}"


def _is_phrase(each: Any) -> bool:
    """Words of a document, which may have a title and an address."""
    return (
        isinstance(each, dict)
        and PHRASE <= each.keys() <= PHRASE | ORIGIN
        and all(isinstance(text, str) and text.strip() for text in each.values())
    )


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
    return {slug for slug in found if is_slug(slug)}


def is_slug(value: Any) -> TypeGuard[str]:
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
