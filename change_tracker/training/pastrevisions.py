"""What became of a published plan: each revision, who made it, when, and what it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext, gettext_lazy, ngettext

from change_tracker.core.access import User
from change_tracker.core.models import AuditEvent
from change_tracker.people.queries import with_names
from change_tracker.training.models import TrainingPlan

#: What a line of history keeps of each kind of change, and how it is said.
SAID = {
    "items_added": gettext_lazy("Added: %(titles)s"),
    "items_removed": gettext_lazy("Taken out: %(titles)s"),
    "items_required": gettext_lazy("Required from then on: %(titles)s"),
    "items_optional": gettext_lazy("Optional from then on: %(titles)s"),
    "items_redated": gettext_lazy("Another date: %(titles)s"),
}
#: Of a plan that changes more often nobody reads the rest on a page.
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """One revision; `number` is the one that the plan had from then on."""

    number: int
    at: datetime
    who: str
    lines: tuple[str, ...]


def past_revisions(plan: TrainingPlan, user: User) -> list[PastRevision]:
    """The revisions of `plan`, the latest first, as far as `user` reads its history.

    Two queries.
    """
    rows = AuditEvent.objects.about(plan).filter(verb="revised").visible_to(user)
    titles = dict(plan.items.values_list("pk", "activity__title"))
    told = with_names(rows).order_by("-id")[:MOST]
    return [
        PastRevision(
            number=event.changes.get("revision", 0),
            at=timezone.localtime(event.at),
            who=event.who or event.actor_label,
            lines=tuple(_lines(event.changes, titles)),
        )
        for event in told
    ]


def _lines(changes: dict[str, Any], titles: dict[int, str]) -> Iterator[str]:
    for name, said in SAID.items():
        found = [f"“{titles[pk]}”" for pk in changes.get(name, ()) if pk in titles]
        if found:
            yield str(said) % {"titles": get_text_list(found, gettext("and"))}
    if changes.get("is_reordered"):
        yield gettext("The activities came in another order.")
    people = changes.get("people", 0)
    yield ngettext(
        "%(people)s person had work ahead in it.", "%(people)s people had work ahead in it.", people
    ) % {"people": people}
    if reopened := changes.get("reopened"):
        yield ngettext(
            "It was open again for %(people)s person who had finished.",
            "It was open again for %(people)s people who had finished.",
            reopened,
        ) % {"people": reopened}
