"""A message whose headers stay whole where programs read them."""

from email import policy as policies
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from functools import lru_cache
from typing import Any

import django
from django.core.mail import EmailMultiAlternatives

#: Addresses and words for programs: mail programs do not look into encoded words.
WHOLE = ("auto-submitted", "list-unsubscribe", "list-unsubscribe-post", "x-auto-response-suppress")
#: What mails of one sender have in common, and names nobody.
SAME = {
    "auto-submitted",
    "content-transfer-encoding",
    "content-type",
    "from",
    "list-unsubscribe-post",
    "mime-version",
    "reply-to",
    "x-auto-response-suppress",
}


class FoldedOnce(BaseHeader):
    """A header that is read once may be folded once."""

    _folded: tuple[policies.Policy, str] | None = None

    def fold(self, *, policy: policies.Policy) -> str:
        """As it goes to the mail server."""
        if self._folded is None or self._folded[0] is not policy:
            self._folded = (policy, super().fold(policy=policy))
        return self._folded[1]


class WholeHeader(BaseHeader):
    """A header on one line, however long. Python folds what has no spaces by encoding it."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """As it stands where it is ASCII, else as any text."""
        if value.isascii():
            kwds.update(decoded=value, parse_tree=None)
        else:
            UnstructuredHeader.parse(value, kwds)

    def fold(self, *, policy: policies.Policy) -> str:
        """Not at all where it is ASCII."""
        if self.isascii():
            return f"{self.name}: {self}{policy.linesep}"
        return str(super().fold(policy=policy))


class Headers(HeaderRegistry):
    """Python makes a class for each header of each mail, and reads its words. Here each kind of
    header has one class, and what is the same in every mail is read once.
    """

    def __init__(self) -> None:
        super().__init__(base_class=FoldedOnce)
        self._kinds: dict[Any, Any] = {}
        self._read = lru_cache(maxsize=64)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        kind = self.registry.get(name.lower(), self.default_class)
        if kind not in self._kinds:
            self._kinds[kind] = super().__getitem__(name)
        return self._kinds[kind]

    def __call__(self, name: str, value: Any) -> Any:
        is_same = name.lower() in SAME and isinstance(value, str) and "boundary" not in value
        return self._read(name, value) if is_same else super().__call__(name, value)


HEADERS = Headers()
for name in WHOLE:
    HEADERS.map_to_type(name, WholeHeader)


@lru_cache(maxsize=8)
def _with_our_headers(policy: policies.EmailPolicy) -> policies.EmailPolicy:
    return policy.clone(header_factory=HEADERS)


class Message(EmailMultiAlternatives):
    """A mail of ours, with text and HTML."""

    def message(self, **options: Any) -> Any:
        """For the mail server. Raises ValueError for headers with line breaks."""
        # Before 6.0 Django folds at spaces, and knows no policy.
        if django.VERSION >= (6, 0):
            options["policy"] = _with_our_headers(options.get("policy", policies.default))
        return super().message(**options)
