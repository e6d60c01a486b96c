"""What a cell may say, for each sort of column; every reader raises ValueError with its reason."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from change_tracker.core.tables import in_our_languages, parse_date, parse_number
from change_tracker.spreadsheets.names import said_of

#: What a column of numbers can hold.
LARGEST = Decimal("999999999999.99")
Read = Callable[[str, Any], Any]


def text(limit: int = 0) -> Read:
    """Any text, as long as there is room."""

    def read(cell: str, names: Any) -> str:
        if limit and len(cell) > limit:
            raise ValueError(_("This is longer than %(limit)s letters.") % {"limit": limit})
        return cell

    return read


def day(cell: str, names: Any) -> Any:
    """A date."""
    return parse_date(cell)


def past_day(cell: str, names: Any) -> Any:
    """A date that has come."""
    found = parse_date(cell)
    if found > names.today:
        raise ValueError(_("This day is in the future."))
    return found


def number(cell: str, names: Any) -> Decimal:
    """A number with two decimals."""
    value = parse_number(cell)
    if abs(value) > LARGEST:
        raise ValueError(_("“%(text)s” is too much.") % {"text": cell})
    return value.quantize(Decimal("0.01"))


def whole(least: int, most: int) -> Read:
    """A whole number between two."""

    def read(cell: str, names: Any) -> int:
        value = parse_number(cell)
        if value != int(value) or not least <= value <= most:
            raise ValueError(
                _("This is a whole number from %(least)s to %(most)s.")
                % {"least": least, "most": most}
            )
        return int(value)

    return read


def choice(choices: Sequence[tuple[Any, Any]]) -> Read:
    """One of `choices`: as we keep it, or in words of any language of ours."""
    in_language: dict[str | None, dict[str, Any]] = {}

    def read(cell: str, names: Any) -> Any:
        language = get_language()
        if language not in in_language:
            in_language[language] = _words(choices)
        known, said = in_language[language], said_of(cell)
        # "3: objecting" is what forms say.
        for each in (said, said.partition(":")[0].strip()):
            if each in known:
                return known[each]
        words = ", ".join(str(value) for value in words_of(choices))
        raise ValueError(
            _("“%(text)s” is none of these: %(words)s.") % {"text": cell, "words": words}
        )

    return read


def words_of(choices: Sequence[tuple[Any, Any]]) -> list[str]:
    """How a file says them: numbers with what they mean, other values in words."""
    return [_in_file(value, label) for value, label in choices]


def _in_file(value: Any, label: Any) -> str:
    return f"{value} ({label})" if isinstance(value, int) else str(label)


def _words(choices: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    """By what each is called; where one word is several, the reader's language decides."""
    called = [(in_our_languages(label), value) for value, label in choices]
    words = {said_of(each): value for labels, value in called for each in labels}
    words |= {said_of(_in_file(value, each)): value for labels, value in called for each in labels}
    words |= {said_of(labels[-1]): value for labels, value in called}
    return words | {str(value).casefold(): value for value, _label in choices}
