"""Loading a checked pack: what is new is added, what was edited here is left alone."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row
from change_tracker.resistance.models import CataloguePack
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Link, Section
from change_tracker.resistance.services.packs import Entry, Pack, check_pack


class OlderPackError(ChangeTrackerError):
    """A later version of the pack is loaded already."""

    code = "older_pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueReport:
    """What loading did to each entry, as `section/slug`.

    `left_alone` were edited here, or belong to this site or to another pack. `dropped` are still
    in the catalogue although the pack no longer has them.
    """

    pack: str
    version: int
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def load_catalogue(content: Any, *, actor: User | None, now: datetime) -> CatalogueReport:
    """Load a pack, all of it or nothing; repeating it changes nothing.

    `content` is what `read_pack` returns. A repeat costs a query or two a section, whatever the
    number of entries. Raises PackError, OlderPackError.
    """
    pack = check_pack(content)
    with transaction.atomic():
        loaded = _register(pack, now)
        report = CatalogueReport(pack=pack.slug, version=pack.version)
        rows: dict[str, dict[str, Any]] = {}
        for section in CATALOGUE_SECTIONS:
            loader = _SectionLoader(section, loaded, rows, report)
            loader.load(pack.entries[section.key], actor=actor, now=now)
        if report.created or report.updated:
            audit.record(
                obj=loaded,
                verb="loaded",
                actor=actor,
                now=now,
                changes={"pack_version": pack.version},
            )
    return report


def _register(pack: Pack, now: datetime) -> CataloguePack:
    row, created = CataloguePack.objects.select_for_update().get_or_create(
        slug=pack.slug, defaults={"pack_version": pack.version, "loaded_at": now}
    )
    if created:
        return row
    if row.pack_version > pack.version:
        raise OlderPackError(
            _("Version %(loaded)d of this pack is loaded; %(given)d is older.")
            % {"loaded": row.pack_version, "given": pack.version}
        )
    row.pack_version, row.loaded_at = pack.version, now
    row.save(update_fields=["pack_version", "loaded_at"])
    return row


class _SectionLoader:
    """Loads the entries of one section; `rows` are those of the sections before it, by slug."""

    def __init__(
        self,
        section: Section,
        pack: CataloguePack,
        rows: dict[str, dict[str, Any]],
        report: CatalogueReport,
    ) -> None:
        self.section, self.pack, self.rows, self.report = section, pack, rows, report
        links = [f"{link.related_name}__{link.name}" for link in section.links]
        # Without names, select_related() would join everything.
        parents = section.parents or [None]
        rows_now: Any = section.model._default_manager.select_related(*parents)
        self.present: dict[str, Any] = {row.slug: row for row in rows_now.prefetch_related(*links)}
        rows[section.key] = self.present

    def load(self, entries: list[Entry], **by: Any) -> None:
        """Create, update or leave alone each entry, and say which."""
        for entry in entries:
            outcome = self._load_one(entry, by)
            outcome.append(f"{self.section.key}/{entry['slug']}")
        named = {entry["slug"] for entry in entries}
        self.report.dropped.extend(
            f"{self.section.key}/{slug}"
            for slug, row in self.present.items()
            if row.pack_id == self.pack.pk and slug not in named
        )

    def _load_one(self, entry: Entry, by: dict[str, Any]) -> list[str]:
        row = self.present.get(entry["slug"])
        wanted = content_of_entry(self.section, entry)
        if row is None:
            self.present[entry["slug"]] = self._create(entry, digest(wanted), by)
            return self.report.created
        if row.pack_id != self.pack.pk:
            return self.report.left_alone
        current = digest(content_of_row(self.section, row))
        if current == digest(wanted) == row.loaded_digest:
            return self.report.unchanged
        if current not in {row.loaded_digest, digest(wanted)}:
            return self.report.left_alone
        self._update(row, entry, digest(wanted), by)
        return self.report.updated

    def _create(self, entry: Entry, loaded_digest: str, by: dict[str, Any]) -> Any:
        row = create_row(
            self.section.model,
            slug=entry["slug"],
            pack=self.pack,
            loaded_digest=loaded_digest,
            **self._columns(entry),
            **by,
        )
        for link in self.section.links:
            self._set_links(row, link, entry.get(link.key, []))
        return row

    def _update(self, row: Any, entry: Entry, loaded_digest: str, by: dict[str, Any]) -> None:
        change_row(row, loaded_digest=loaded_digest, **self._columns(entry), **by)
        for link in self.section.links:
            getattr(row, link.related_name).all().delete()
            self._set_links(row, link, entry.get(link.key, []))

    def _columns(self, entry: Entry) -> dict[str, Any]:
        columns = {name: entry[name] for name in ("label", *self.section.choices)}
        columns["provenance"] = entry.get("provenance", [])
        columns |= {name: entry.get(name, "") for name in self.section.texts}
        return columns | {
            name: self.rows[parent][entry[name]] for name, parent in self.section.parents.items()
        }

    def _set_links(self, row: Any, link: Link, links: list[Entry]) -> None:
        targets = self.rows[link.section]
        through: Any = link.through
        through._default_manager.bulk_create(
            through(
                **{link.owner: row, link.name: targets[each[link.name]], "basis": each["basis"]}
            )
            for each in links
        )


def content_of_entry(section: Section, entry: Entry) -> dict[str, Any]:
    """What a pack says about an entry, in a form that can be compared."""
    columns = {name: entry.get(name, "") for name in _plain_names(section)}
    links = {
        link.key: sorted([each[link.name], each["basis"]] for each in entry.get(link.key, []))
        for link in section.links
    }
    return columns | links | {"provenance": entry.get("provenance", [])}


def content_of_row(section: Section, row: Any) -> dict[str, Any]:
    """What the catalogue says about an entry now, in the same form."""
    columns = {
        name: getattr(row, name).slug if name in section.parents else getattr(row, name)
        for name in _plain_names(section)
    }
    links = {
        link.key: sorted(
            [getattr(each, link.name).slug, each.basis]
            for each in getattr(row, link.related_name).all()
        )
        for link in section.links
    }
    return columns | links | {"provenance": row.provenance}


def digest(content: dict[str, Any]) -> str:
    """The fingerprint of a content."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _plain_names(section: Section) -> list[str]:
    return ["label", *section.choices, *section.texts, *section.parents]
