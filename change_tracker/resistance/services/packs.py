"""Reading a catalogue pack: one that ships, or a JSON file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.errors import ChangeTrackerError

DEFAULT_PACK = "customer-service"
MAX_BYTES = 5_000_000

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
            raise PackError(too_large(name))
        return parse_pack(Path(name).read_bytes(), name)
    except OSError as error:
        known = ", ".join(shipped_packs())
        message = _("There is no such file, and no such pack among: %(known)s.")
        raise PackError(Problem(name, "file", message % {"known": known})) from error


def parse_pack(text: bytes, name: str) -> Any:
    """The content of a file called `name`. Raises PackError when it is not JSON."""
    try:
        return json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        message = _("It is not valid JSON: %(error)s")
        raise PackError(Problem(name, "file", message % {"error": error})) from error


def too_large(name: str) -> Problem:
    """What is said of a file that is not even read."""
    return Problem(name, "file", _("It is larger than 5 MB."))
