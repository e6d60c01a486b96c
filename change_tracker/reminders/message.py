"""A message whose headers stay whole where programs read them."""

from email import policy as policies
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from typing import Any

import django
from django.core.mail import EmailMultiAlternatives

#: Addresses and words for programs: mail programs do not look into encoded words.
WHOLE = ("auto-submitted", "list-unsubscribe", "list-unsubscribe-post", "x-auto-response-suppress")


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


HEADERS = HeaderRegistry()
for name in WHOLE:
    HEADERS.map_to_type(name, WholeHeader)


class Message(EmailMultiAlternatives):
    """A mail of ours, with text and HTML."""

    def message(self, **options: Any) -> Any:
        """For the mail server. Raises ValueError for headers with line breaks."""
        # Before 6.0 Django folds at spaces, and knows no policy.
        if django.VERSION >= (6, 0):
            policy = options.get("policy", policies.default)
            options["policy"] = policy.clone(header_factory=HEADERS)
        return super().message(**options)
