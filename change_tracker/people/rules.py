"""What a cell or a field about a person may say."""

from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import get_language_info


def known_timezone(text: str) -> str | None:
    """The time zone in its own spelling; None when there is no such zone."""
    return _zones().get(text.casefold())


def known_language(text: str) -> str | None:
    """The language code as Django writes it ("de_DE" is "de-de"); None when it knows none."""
    code = text.replace("_", "-").lower()
    try:
        get_language_info(code)
    except KeyError:
        return None
    return code


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
