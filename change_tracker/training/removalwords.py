"""What taking a group out of a plan means, in words; no queries."""

from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from change_tracker.training.services import Removal


def removal_lines(shown: Removal) -> Iterator[str]:
    """What pressing the button does to whom."""
    if not shown.withdrawn:
        yield gettext("Nobody loses work by it.")
    else:
        yield ngettext(
            "%(count)s person loses the plan: what is not done is no longer asked of them.",
            "%(count)s people lose the plan: what is not done is no longer asked of them.",
            shown.withdrawn,
        ) % {"count": shown.withdrawn}
    yield from (words for words in _staying(shown) if words)
    yield gettext("Whoever joins the group later no longer gets it. The group itself stays.")


def removed_words(done: Removal, group: str) -> str:
    """What it did."""
    said = gettext("“%(group)s” is out of the plan.") % {"group": group}
    if not done.withdrawn:
        return said
    gone = ngettext(
        "%(count)s person is withdrawn.", "%(count)s people are withdrawn.", done.withdrawn
    )
    return f"{said} {gone % {'count': done.withdrawn}}"


def _staying(shown: Removal) -> Iterator[str]:
    kept = ngettext(
        "%(count)s completed record of theirs is kept.",
        "%(count)s completed records of theirs are kept.",
        shown.kept,
    )
    yield kept % {"count": shown.kept} if shown.kept else ""
    finished = ngettext(
        "%(count)s person has finished it, and keeps that.",
        "%(count)s people have finished it, and keep that.",
        shown.finished,
    )
    yield finished % {"count": shown.finished} if shown.finished else ""
    staying = ngettext(
        "%(count)s person has it by another group as well, and keeps it.",
        "%(count)s people have it by another group as well, and keep it.",
        shown.staying,
    )
    yield staying % {"count": shown.staying} if shown.staying else ""
    redated = ngettext(
        "%(count)s date of theirs moves to what the other groups say.",
        "%(count)s dates of theirs move to what the other groups say.",
        shown.redated,
    )
    yield redated % {"count": shown.redated} if shown.redated else ""
