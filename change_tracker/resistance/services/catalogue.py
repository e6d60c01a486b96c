"""Loading a checked pack: what is new is added, what was edited here is left alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row
from change_tracker.resistance.models import CataloguePack
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Link, Section
from change_tracker.resistance.services.checking import check_pack
from change_tracker.resistance.services.contents import (
    content_of_entry,
    content_of_row,
    digest,
    rows_of,
)
from change_tracker.resistance.services.packs import Entry, Pack


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
    #: whether an older version was loaded before, or none
    is_newer: bool = True
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        """What was done in words, and a line for each entry that is not as the pack has it."""
        yield gettext(
            "%(pack)s, version %(version)d: %(created)d created, %(updated)d updated, "
            "%(unchanged)d unchanged, %(left_alone)d left alone"
        ) % {
            "pack": self.pack,
            "version": self.version,
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": len(self.unchanged),
            "left_alone": len(self.left_alone),
        }
        for name in self.left_alone:
            yield gettext("left alone, edited or made here: %(name)s") % {"name": name}
        for name in self.dropped:
            yield gettext("kept, no longer in the pack: %(name)s") % {"name": name}


def load_catalogue(content: Any, *, actor: User | None, now: datetime) -> CatalogueReport:
    """Load a pack, all of it or nothing; repeating it changes nothing.

    `content` is what `read_pack` returns. A repeat costs a query or two a section, whatever the
    number of entries. Raises PackError, OlderPackError.
    """
    pack = check_pack(content)
    with transaction.atomic():
        loaded, is_newer = _register(pack, now)
        report = CatalogueReport(pack=pack.slug, version=pack.version, is_newer=is_newer)
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


def _register(pack: Pack, now: datetime) -> tuple[CataloguePack, bool]:
    """The row of the pack, and whether this version of it is new here."""
    row, created = CataloguePack.objects.select_for_update().get_or_create(
        slug=pack.slug, defaults={"pack_version": pack.version, "loaded_at": now}
    )
    if created:
        return row, True
    if row.pack_version > pack.version:
        raise OlderPackError(
            _("Version %(loaded)d of this pack is loaded; %(given)d is older.")
            % {"loaded": row.pack_version, "given": pack.version}
        )
    is_newer = row.pack_version < pack.version
    row.pack_version, row.loaded_at = pack.version, now
    row.save(update_fields=["pack_version", "loaded_at"])
    return row, is_newer


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
        found: Any = rows_of(section, section.model._default_manager.all())
        self.present: dict[str, Any] = {row.slug: row for row in found}
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
        is_known = digest(wanted) == row.loaded_digest or not self.report.is_newer
        if current == digest(wanted) and is_known:
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
            **self._columns(self.section, entry),
            **by,
        )
        self._set_references(row, entry)
        return row

    def _update(self, row: Any, entry: Entry, loaded_digest: str, by: dict[str, Any]) -> None:
        change_row(row, loaded_digest=loaded_digest, **self._columns(self.section, entry), **by)
        for link in self.section.links:
            getattr(row, link.related_name).all().delete()
        for part in self.section.parts:
            getattr(row, part.related_name).all().delete()
        self._set_references(row, entry)

    def _columns(self, section: Section, entry: Entry) -> dict[str, Any]:
        columns = {name: entry.get(name, section.default(name)) for name in section.plain}
        columns["provenance"] = entry.get("provenance", [])
        return columns | {
            name: self.rows[parent][entry[name]] if entry.get(name) else None
            for name, parent in section.parents.items()
        }

    def _set_references(self, row: Any, entry: Entry) -> None:
        for link in self.section.links:
            self._set_links(row, link, entry.get(link.key, []))
        self._set_many(self.section, row, entry)
        for part in self.section.parts:
            for each in entry.get(part.section.key, []):
                columns = self._columns(part.section, each)
                rows: Any = part.section.model._default_manager
                made = rows.create(**{part.owner: row}, slug=each["slug"], **columns)
                self._set_many(part.section, made, each)

    def _set_many(self, section: Section, row: Any, entry: Entry) -> None:
        for name, target in section.many.items():
            getattr(row, name).set([self.rows[target][slug] for slug in entry.get(name, [])])

    def _set_links(self, row: Any, link: Link, links: list[Entry]) -> None:
        targets = self.rows[link.section]
        through: Any = link.through
        through._default_manager.bulk_create(
            through(
                **{link.owner: row, link.name: targets[each[link.name]], "basis": each["basis"]}
            )
            for each in links
        )
