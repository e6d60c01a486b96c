"""Words that an organisation writes for its mails: what stands in for facts, from a fixed list.

A placeholder is a name between braces. No attribute, index or format of it can be asked for, and
what is put in is never looked at again.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: Each with what it stands for.
PLACEHOLDERS = {
    "name": _("the name of the recipient"),
    "initiative": _("the title of the initiative"),
    "lead": _("the name of its change lead"),
    "go_live": _("the day of go-live, or “no date yet”"),
}
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
BRACE = re.compile(r"[{}]")


def placeholders() -> list[tuple[str, Any]]:
    """Each as it is written, and what it stands for."""
    return [(f"{{{name}}}", about) for name, about in PLACEHOLDERS.items()]


def check_words(words: str) -> None:
    """Raise ValidationError for a placeholder that there is not, and for a brace on its own."""
    unknown = [name for name in PLACEHOLDER.findall(words) if name not in PLACEHOLDERS]
    alone = BRACE.search(PLACEHOLDER.sub("", words))
    known = get_text_list([each for each, _about in placeholders()], gettext("or"))
    if unknown:
        raise ValidationError(
            _("There is no “{%(name)s}”. Write %(known)s."),
            code="unknown_placeholder",
            params={"name": unknown[0], "known": known},
        )
    if alone:
        raise ValidationError(
            _("“%(brace)s” stands alone. Leave it out, or write %(known)s."),
            code="lone_brace",
            params={"brace": alone.group(), "known": known},
        )


def fill(words: str, facts: Mapping[str, str]) -> str:
    """`words` with each placeholder replaced by its fact, once: what is put in stays as it is."""
    return PLACEHOLDER.sub(lambda found: facts.get(found.group(1), found.group()), words)
