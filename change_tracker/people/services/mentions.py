"""Finding a person in texts that name people in passing, such as the problems of an import."""

import re
from collections.abc import Iterator
from typing import Any

from change_tracker.people.models import Person

#: What our messages put around what they quote, in English and German.
OPEN, CLOSE = "[“„\"']", "[”“\"']"


class Mention:
    """The key, the name, the address and the login of a person, as texts have them."""

    def __init__(self, person: Person) -> None:
        self._pattern = re.compile("|".join(_alternatives(person)))

    def is_in(self, value: Any) -> bool:
        """Whether a text, or anything in a list or a mapping, names the person."""
        if isinstance(value, str):
            return bool(self._pattern.search(value))
        return any(self.is_in(each) for each in _parts(value))

    def replaced(self, value: Any, pseudonym: str) -> Any:
        """`value` with every mention replaced."""
        if isinstance(value, str):
            return self._pattern.sub(pseudonym, value)
        if isinstance(value, dict):
            return {key: self.replaced(each, pseudonym) for key, each in value.items()}
        if isinstance(value, list):
            return [self.replaced(each, pseudonym) for each in value]
        return value

    def found_in(self, value: Any) -> list[Any]:
        """What of `value` names the person: of a list its entries, else all of it."""
        parts = value if isinstance(value, list) else [value]
        return [each for each in parts if self.is_in(each)]


def _alternatives(person: Person) -> Iterator[str]:
    login = person.user.get_username() if person.user is not None else ""
    for text in (person.display_name, person.email):
        if text:
            yield rf"(?<!\w){re.escape(text)}(?!\w)"
    for key in {person.external_id, login} - {""}:
        whole = re.escape(key)
        # A bare number may be that of a row; a key that is one is found where it is quoted.
        yield rf"(?<={OPEN}){whole}(?={CLOSE})" if key.isdigit() else rf"(?<!\w){whole}(?!\w)"


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
