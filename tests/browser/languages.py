"""English, German, and a language that shows what is wrong with right-to-left and long words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings
from django.utils.translation import trans_real

LONGER = "كلام"


class Pseudo(trans_real.DjangoTranslation):
    """Arabic where Django has it (days, months); every other text is a third longer and mixed."""

    def gettext(self, message: str) -> str:
        return self._longer(message, super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        plain = msgid1 if n == 1 else msgid2
        return self._longer(plain, super().ngettext(msgid1, msgid2, n))

    def _longer(self, message: str, found: str) -> str:
        """The same text, placeholders and all, between words that are written the other way."""
        if found != message or not message.strip():
            return found
        context, separator, text = message.rpartition("\x04")
        more = f" {LONGER}" * (1 + len(text) // 20)
        return f"{context}{separator}{LONGER} {text}{more}"


@contextmanager
def right_to_left() -> Iterator[None]:
    """`ar` is a language of the site, with our texts made up."""
    languages = [*settings.LANGUAGES, ("ar", "Pseudo")]
    with override_settings(LANGUAGES=languages):
        known: dict[str, trans_real.DjangoTranslation] = vars(trans_real)["_translations"]
        known["ar"] = Pseudo("ar")
        yield
