"""What people call rows in a spreadsheet, and which row that is; no database."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from change_tracker.core.tables import tidy

K = TypeVar("K", bound=int | str)
#: Between the names in a cell that holds several.
BETWEEN = ";"
UNKNOWN = gettext_lazy("There is no “%(text)s” here.")


def said_of(text: str) -> str:
    """A name without what does not tell it from others."""
    return tidy(text).casefold()


def key_of_new(text: str) -> str:
    """The key of a row that a file adds, until it has one: no number, as those of groups are."""
    return f"new:{said_of(text)}"


class Names(Generic[K]):
    """Rows by their names and codes: a code counts first, and a name that means one row only."""

    def __init__(
        self,
        rows: Iterable[tuple[K, str, str]],
        unknown: str | Promise = UNKNOWN,
    ) -> None:
        self._unknown = unknown
        self._named: dict[str, dict[K, str]] = defaultdict(dict)
        self._coded: dict[str, dict[K, str]] = defaultdict(dict)
        self._said: dict[K, tuple[str, str]] = {}
        for key, name, code in rows:
            self.add(key, name, code)

    def add(self, key: K, name: str, code: str) -> None:
        """One more row, or another code of one."""
        self._named[said_of(name)][key] = code
        if code:
            self._coded[said_of(code)][key] = code
        self._said.setdefault(key, (name, code))

    def all_called(self, text: str) -> dict[K, str]:
        """The rows with that code; else those with that name, with their codes."""
        said = said_of(text)
        return self._coded.get(said) or self._named.get(said) or {}

    def find(self, text: str) -> K:
        """The one row that `text` means. Raises ValueError with a translated reason."""
        found = self.all_called(text)
        if len(found) > 1 and self._coded.get(said_of(text)):
            raise ValueError(
                _("“%(text)s” is the number of several rows; give each one of its own.")
                % {"text": text}
            )
        if len(found) > 1:
            codes = ", ".join(code for code in found.values() if code)
            raise ValueError(
                _("“%(text)s” can mean several; write one of these instead: %(codes)s.")
                % {"text": text, "codes": codes}
            )
        if not found:
            raise ValueError(str(self._unknown) % {"text": text})
        return next(iter(found))

    def find_all(self, text: str) -> frozenset[K]:
        """The rows that a cell with several names means. Raises ValueError."""
        if self.all_called(text):
            return frozenset({self.find(text)})
        parts = [tidy(part) for part in text.split(BETWEEN)]
        return frozenset(self.find(part) for part in parts if part)

    def say(self, key: K | None) -> str:
        """What `find` reads as `key`: its name where no other row is called so."""
        if key is None or key not in self._said:
            return ""
        name, code = self._said[key]
        is_clear = set(self.all_called(name)) == {key} and BETWEEN not in name
        return tidy(name) if is_clear else code

    def listed(self) -> list[str]:
        """What each row is called, in their order."""
        return [self.say(key) for key in self._said]

    def code_of(self, key: K) -> str:
        """Its code."""
        return self._said[key][1]

    def codes_of(self, keys: Iterable[K]) -> str:
        """The same for several, by their codes."""
        return f"{BETWEEN} ".join(self._said[key][1] for key in sorted(keys) if key in self._said)

    def say_all(self, keys: Iterable[K]) -> str:
        """The same for several, by name."""
        return f"{BETWEEN} ".join(sorted(self.say(key) for key in keys))
