"""What a pack and the catalogue say about an entry, in a form that can be compared."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from change_tracker.resistance.points import Section
from change_tracker.resistance.services.packs import Entry


def content_of_entry(section: Section, entry: Entry) -> dict[str, Any]:
    """What a pack says about an entry; what it leaves out is what the model says."""
    columns = {name: entry.get(name, section.default(name)) for name in section.plain}
    parents = {name: entry.get(name, "") for name in section.parents}
    links = {
        link.key: sorted([each[link.name], each["basis"]] for each in entry.get(link.key, []))
        for link in section.links
    }
    many = {name: sorted(entry.get(name, [])) for name in section.many}
    parts = {
        part.section.key: [
            {"slug": each["slug"]} | content_of_entry(part.section, each)
            for each in entry.get(part.section.key, [])
        ]
        for part in section.parts
    }
    return columns | parents | links | many | parts | {"provenance": entry.get("provenance", [])}


def content_of_row(section: Section, row: Any) -> dict[str, Any]:
    """What the catalogue says about an entry now, in the same form."""
    columns = {name: getattr(row, name) for name in section.plain}
    parents = {name: getattr(getattr(row, name), "slug", "") for name in section.parents}
    links = {
        link.key: sorted(
            [getattr(each, link.name).slug, each.basis]
            for each in getattr(row, link.related_name).all()
        )
        for link in section.links
    }
    many = {name: sorted(each.slug for each in getattr(row, name).all()) for name in section.many}
    parts = {
        part.section.key: [
            {"slug": each.slug} | content_of_row(part.section, each)
            for each in getattr(row, part.related_name).all()
        ]
        for part in section.parts
    }
    return columns | parents | links | many | parts | {"provenance": row.provenance}


def entry_of(section: Section, content: dict[str, Any]) -> dict[str, Any]:
    """A content as a pack says it: without what goes without saying."""
    entry = {"slug": content["slug"]}
    asked = {"label", *section.choices} - set(section.optional)
    for name in section.plain:
        if name in asked or content[name] != section.default(name):
            entry[name] = content[name]
    entry |= {name: content[name] for name in section.parents if content[name]}
    for link in section.links:
        pairs = [{link.name: slug, "basis": basis} for slug, basis in content[link.key]]
        entry |= {link.key: pairs} if pairs else {}
    entry |= {name: content[name] for name in section.many if content[name]}
    for part in section.parts:
        entries = [entry_of(part.section, each) for each in content[part.section.key]]
        entry |= {part.section.key: entries} if entries else {}
    return entry | ({"provenance": content["provenance"]} if content["provenance"] else {})


def rows_of(section: Section, rows: Any) -> Any:
    """The rows with everything that `content_of_row` reads; a query for each kind of reference."""
    # Without names, select_related() would join everything.
    return rows.select_related(*(section.parents or [None])).prefetch_related(*_reads(section))


def digest(content: dict[str, Any]) -> str:
    """The fingerprint of a content."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _reads(section: Section) -> Iterator[str]:
    yield from (f"{link.related_name}__{link.name}" for link in section.links)
    yield from section.many
    for part in section.parts:
        yield part.related_name
        inside = [*part.section.parents, *_reads(part.section)]
        yield from (f"{part.related_name}__{name}" for name in inside)
