"""The JSON Schema of a catalogue pack, from the same sections by which packs are checked.

An editor that knows it helps while one writes. It cannot tell whether a slug that is referred to is
there, nor whether it is unique: loading does.
"""

from typing import Any

from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Section
from change_tracker.resistance.services.checking import (
    HEAD,
    LABEL_LENGTH,
    LAST_VERSION,
    ORIGIN,
    PHRASE,
    SCHEMA,
    SLUG_LENGTH,
    SLUG_PATTERN,
)

Schema = dict[str, Any]

SLUG: Schema = {"type": "string", "maxLength": SLUG_LENGTH, "pattern": f"^{SLUG_PATTERN}$"}
SLUGS: Schema = {"type": "array", "items": SLUG, "uniqueItems": True}
TEXT: Schema = {"type": "string", "pattern": r"\S"}
WEB_ADDRESS: Schema = {"type": "string", "pattern": "^https?://"}


def pack_schema() -> Schema:
    """What a pack looks like."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Catalogue pack of Change Tracker",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "pack": SLUG,
                "version": {"type": "integer", "minimum": 1, "maximum": LAST_VERSION},
            }
            | {each.key: _entries(each) for each in CATALOGUE_SECTIONS},
            required=list(HEAD),
        ),
    }


def _entries(section: Section) -> Schema:
    label = TEXT | {"maxLength": LABEL_LENGTH}
    phrase = dict.fromkeys(sorted(PHRASE | ORIGIN), TEXT) | {"url": WEB_ADDRESS}
    provenance = _list(_object(phrase, required=sorted(PHRASE)))
    fields: Schema = {"slug": SLUG, "label": label, "provenance": provenance}
    fields |= {name: {"enum": values} for name, values in section.choices.items()}
    fields |= {name: {"type": "string"} for name in section.texts}
    for name, (least, most) in section.numbers.items():
        fields[name] = {"type": "integer", "minimum": least, "maximum": most}
    fields |= {name: {"type": "boolean"} for name in section.flags}
    fields |= dict.fromkeys(section.parents, SLUG) | dict.fromkeys(section.many, SLUGS)
    for link in section.links:
        reference = {link.name: SLUG, "basis": {"enum": Basis.values}}
        some: Schema = {"minItems": 1} if link.required else {}
        fields[link.key] = _list(_object(reference, required=list(reference))) | some
    fields |= {part.section.key: _entries(part.section) for part in section.parts}
    asked = [name for name in (*section.choices, *section.parents) if name not in section.optional]
    links = [link.key for link in section.links if link.required]
    return _list(_object(fields, required=["slug", "label", *asked, *links]))


def _object(properties: Schema, *, required: list[str]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
