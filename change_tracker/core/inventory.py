"""The inventory of personal data: what is held about people, why, who sees it, how long.

The data stands in `personal_data.toml`; the documentation is rendered from it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

PACKAGE_DATA = files("change_tracker.core") / "personal_data.toml"

#: Forms of an entry that need no purpose, with what they mean.
NOT_PERSONAL = {
    "technical": "Keys, counters and copies that say nothing about anybody",
    "business": "Facts about the change, the training or the catalogue",
    "free_text": "Words that somebody types; the form says who reads them, and asks to name nobody",
}


#: What erasing somebody makes of a field, with what it means.
ERASED = {
    "kept": "It stays, and leads to the pseudonym only",
    "replaced": "The pseudonym takes its place",
    "emptied": "It is emptied",
    "unless_proof": "It is emptied, except for the proof of mandatory training",
    "deleted": "The row is deleted",
    "mentions": "Where it names the person, the pseudonym takes the place of the name",
    "history": "The pseudonym takes the place of the name; what was changed to is emptied",
    "passing": "It is gone by itself within two days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Some fields of one model: personal when they have a purpose, else of a `form`.

    `erased` is a key of ERASED.
    """

    model: str
    fields: tuple[str, ...]
    form: str = ""
    purpose: str = ""
    seen: str = ""
    kept: str = ""
    erased: str = "kept"


@cache
def inventory() -> tuple[Held, ...]:
    """Every entry, in the order of the file."""
    data = tomllib.loads(PACKAGE_DATA.read_text())
    return tuple(
        _held(model, names, entry, data)
        for model, entries in data["model"].items()
        for names, entry in entries.items()
    )


@cache
def about() -> dict[str, str]:
    """By model, the path from a row to the person whom all of it is about."""
    data = tomllib.loads(PACKAGE_DATA.read_text())
    return dict(data["about"])


def _held(model: str, names: str, entry: Any, data: dict[str, Any]) -> Held:
    if names in NOT_PERSONAL:
        return Held(model=model, fields=tuple(entry.split()), form=names)
    return Held(
        model=model,
        fields=tuple(names.split()),
        purpose=entry["purpose"],
        seen=data["seen"][entry["seen"]],
        kept=data["kept"][entry["kept"]],
        erased=entry.get("erased", "kept"),
    )


def render() -> str:
    """The page of the documentation, in Markdown."""
    return "\n".join([*_personal(), "", *_others(), ""])


def _personal() -> Iterator[str]:
    yield "# Personal data"
    yield ""
    yield "What Change Tracker holds about people. Generated from"
    yield "`change_tracker/core/personal_data.toml`; every field of every model is in it."
    yield "The terms are the defaults to agree with your data protection officer; except where one"
    yield "names the tick, this version does not delete by itself when a term ends."
    yield ""
    yield "| What | Fields | Why | Who sees it | How long | When somebody is erased |"
    yield "|---|---|---|---|---|---|"
    for held in inventory():
        if not held.form:
            cells = (held.purpose, held.seen, held.kept, ERASED[held.erased].lower())
            yield f"| {held.model} | {', '.join(held.fields)} | {' | '.join(cells)} |"


def _others() -> Iterator[str]:
    yield "## Everything else"
    for form, about in NOT_PERSONAL.items():
        yield ""
        yield f"**{about}.**"
        yield ""
        for held in inventory():
            if held.form == form:
                yield f"- {held.model}: {', '.join(held.fields)}"
