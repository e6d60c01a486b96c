"""What we call things in files, in every language that we speak: whoever made a file may read
another one than whoever brings it in.
"""

from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import override

LOCALE = Path(__file__).parents[2] / "locale"


@cache
def our_languages() -> tuple[str, ...]:
    """English, and those that come with the package."""
    return ("en", *sorted(each.name for each in LOCALE.iterdir() if each.is_dir()))


def in_our_languages(text: str | Promise) -> list[str]:
    """What `text` is in each of them, and last in the reader's."""
    found = []
    for language in our_languages():
        with override(language):
            found.append(str(text))
    return [*found, str(text)]
