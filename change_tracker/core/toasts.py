"""What a page says once of what was done by the form before it, and how it is taken back."""

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest

TOAST_KEY = "change_tracker_toast"


@dataclass(frozen=True, slots=True)
class Toast:
    """What a POST says on the page that follows it; `undo_url` takes it back by POST."""

    words: str
    undo_url: str = ""


def leave_toast(request: HttpRequest, words: str, undo_url: str = "") -> None:
    """Show `words` once, on the next page of ours that the caller opens.

    Not django.contrib.messages: a host may not have it, and a host that has it shows messages
    in its own base template, where ours would stand a second time and without their Undo.
    A host without sessions goes without toasts.
    """
    if hasattr(request, "session"):
        request.session[TOAST_KEY] = asdict(Toast(words, undo_url))


def take_toast(request: HttpRequest) -> Toast | None:
    """The toast left for this caller, which is then gone."""
    if (left := left_toast(request)) is None:
        return None
    del request.session[TOAST_KEY]
    return Toast(**left)


def left_toast(request: HttpRequest) -> Any:
    """What the next page will say, as `leave_toast` takes it; None for nothing."""
    return request.session.get(TOAST_KEY) if hasattr(request, "session") else None
