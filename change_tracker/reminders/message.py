"""A message whose headers stay whole where programs read them."""

import re
from datetime import datetime
from email import policy as policies
from email.headerregistry import (
    Address,
    BaseHeader,
    Group,
    HeaderRegistry,
    UniqueAddressHeader,
    UniqueUnstructuredHeader,
    UnstructuredHeader,
)
from functools import lru_cache
from secrets import token_hex
from typing import Any

import django
from django.core.mail import EmailMultiAlternatives

#: Addresses and words for programs: mail programs do not look into encoded words.
WHOLE = (
    "auto-submitted",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "message-id",
    "x-auto-response-suppress",
)
#: What mails of one sender have in common, and names nobody.
SAME = {
    "auto-submitted",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "list-unsubscribe-post",
    "mime-version",
    "reply-to",
    "x-auto-response-suppress",
}


#: An address of which nothing is left to be read: neither a name nor quotes, and all of it ASCII.
PLAIN = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
#: Words of which nothing has to be encoded.
WORDS = re.compile(r"[!-<>-~]+( [!-<>-~]+)*")
#: So long a value stands on one line of 78, whatever the header's name is here.
SHORT = 60
#: What parts a mail. Who has had one knows it, so texts are searched for it.
BOUNDARY = f"=_{token_hex(16)}"
ALTERNATIVE = f'multipart/alternative; boundary="{BOUNDARY}"'


class Header(BaseHeader):
    """A header that is read once may be folded once; one without a tree stands on one line."""

    _parse_tree: Any
    _folded: tuple[object, str] | None = None

    def fold(self, *, policy: policies.Policy) -> str:
        """As it goes to the mail server."""
        if self._parse_tree is None:
            return f"{self.name}: {self}{policy.linesep}"
        # Each part of a mail is written under a policy of its own, which says the same.
        rules = (
            policy.linesep,
            policy.max_line_length,
            policy.cte_type,
            getattr(policy, "utf8", 0),
        )
        if self._folded is None or self._folded[0] != rules:
            self._folded = (rules, super().fold(policy=policy))
        return self._folded[1]


class WholeHeader(UnstructuredHeader):
    """A header on one line, however long. Python folds what has no spaces by encoding it."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """As it stands where it is ASCII, else as any text."""
        if value.isascii():
            kwds.update(decoded=value, parse_tree=None)
        else:
            super().parse(value, kwds)


class WordsHeader(UniqueUnstructuredHeader):
    """Words, as in a subject."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """As they stand where they are few and ASCII: Python reads letter by letter."""
        if len(value) <= SHORT and WORDS.fullmatch(value):
            kwds.update(decoded=value, parse_tree=None)
        else:
            super().parse(value, kwds)


class OneAddressHeader(UniqueAddressHeader):
    """An address, as in To."""

    @classmethod
    def parse(cls, value: Any, kwds: dict[str, Any]) -> None:
        """At once where it is plain; else all that an address may be."""
        if isinstance(value, str) and len(value) <= SHORT and PLAIN.fullmatch(value):
            name, _at, domain = value.partition("@")
            groups = [Group(None, [Address("", name, domain)])]
            kwds.update(groups=groups, decoded=value, parse_tree=None)
        else:
            super().parse(value, kwds)


class Headers(HeaderRegistry):
    """Python makes a class for each header of each mail, and reads its words. Here each kind of
    header has one class, and what is the same in every mail is read once.
    """

    def __init__(self) -> None:
        super().__init__(base_class=Header)
        kinds: dict[str, Any] = {"subject": WordsHeader, "to": OneAddressHeader}
        for name, kind in (kinds | dict.fromkeys(WHOLE, WholeHeader)).items():
            self.map_to_type(name, kind)
        self._kinds: dict[Any, Any] = {}
        self._read = lru_cache(maxsize=64)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        kind = self.registry.get(name.lower(), self.default_class)
        if kind not in self._kinds:
            self._kinds[kind] = super().__getitem__(name)
        return self._kinds[kind]

    def __call__(self, name: str, value: Any) -> Any:
        if isinstance(value, datetime):
            value = value.replace(microsecond=0)  # no header tells them
        is_same = name.lower() in SAME and isinstance(value, str | datetime)
        return self._read(name, value) if is_same else super().__call__(name, value)


HEADERS = Headers()


@lru_cache(maxsize=8)
def _with_our_headers(policy: policies.EmailPolicy) -> policies.EmailPolicy:
    return policy.clone(header_factory=HEADERS)


class Message(EmailMultiAlternatives):
    """A mail of ours, with text and HTML."""

    def message(self, **options: Any) -> Any:
        """For the mail server. Raises ValueError for headers with line breaks."""
        # Before 6.0 Django folds at spaces, and knows no policy.
        if django.VERSION < (6, 0):
            return super().message(**options)
        options["policy"] = _with_our_headers(options.get("policy", policies.default))
        message = super().message(**options)
        texts = [self.body, *(text for text, _kind in self.alternatives)]
        is_parted = message["Content-Type"] == "multipart/alternative"
        # Python draws another one for each mail, and searches for that line by line.
        if is_parted and not any(BOUNDARY in str(each) for each in texts):
            message.replace_header("Content-Type", ALTERNATIVE)
        return message
