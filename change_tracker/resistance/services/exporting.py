"""The catalogue as a pack, which can be loaded again, here or elsewhere."""

import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.access import User
from change_tracker.resistance.models import CataloguePack
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Section
from change_tracker.resistance.services.checking import SCHEMA, is_slug
from change_tracker.resistance.services.contents import content_of_row, entry_of, rows_of
from change_tracker.resistance.services.packs import PackError, Problem

#: What the whole catalogue is called as a pack, unless somebody calls it otherwise.
ALL = "our-catalogue"


def export_pack(name: str, *, user: User | None = None) -> dict[str, Any]:
    """The pack `name` as it reads here today, with what its entries refer to; where no such pack is
    loaded, everything that there is, under that name and as its first version. `ALL` is everything
    even where a pack of that name was loaded, from such a file.

    `user` gets what they may read, None everything. Loading it here changes nothing; where nothing
    is loaded it makes the same entries. Raises PackError where `name` cannot be that of a pack.
    """
    if not is_slug(name):
        message = _("This has to be lower-case letters, digits and hyphens, 80 at most.")
        raise PackError(Problem(name, "pack", message))
    pack = CataloguePack.objects.filter(slug=name).first()
    of_pack = None if pack is None or name == ALL else pack.pk
    chosen = _everything if of_pack is None else lambda row: row.pack_id == of_pack
    head = {"schema": SCHEMA, "pack": name, "version": pack.pack_version if pack else 1}
    return head | _entries(chosen, user)


def as_text(content: dict[str, Any]) -> str:
    """A pack as the text of its file."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _everything(row: Any) -> bool:
    return True


def _entries(chosen: Callable[[Any], bool], user: User | None) -> dict[str, Any]:
    """The chosen entries by section, and those that they need.

    An entry refers to sections before its own, so the last section says first what it needs.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    needed: dict[str, set[str]] = {}
    for section in reversed(list(CATALOGUE_SECTIONS)):
        rows: Any = section.model._default_manager.all()
        rows = rows if user is None else rows.visible_to(user)
        wanted = needed.get(section.key, set())
        found[section.key] = [
            entry_of(section, {"slug": row.slug} | content_of_row(section, row))
            for row in rows_of(section, rows).order_by("pk")
            if row.slug in wanted or chosen(row)
        ]
        for entry in found[section.key]:
            _note_references(section, entry, needed)
    return {key: entries for key, entries in reversed(found.items()) if entries}


def _note_references(section: Section, entry: dict[str, Any], needed: dict[str, set[str]]) -> None:
    for name, parent in section.parents.items():
        needed.setdefault(parent, set()).update({entry[name]} if name in entry else ())
    for name, target in section.many.items():
        needed.setdefault(target, set()).update(entry.get(name, ()))
    for link in section.links:
        slugs = (each[link.name] for each in entry.get(link.key, ()))
        needed.setdefault(link.section, set()).update(slugs)
    for part in section.parts:
        for each in entry.get(part.section.key, ()):
            _note_references(part.section, each, needed)
