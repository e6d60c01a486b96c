"""What another rule of a group of people does, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.people.models import Audience
from change_tracker.people.points import MembersCounted
from change_tracker.people.services.audiences import RulePreview


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What stands on the page before a rule changes: of the group itself, and of all that follows.

    `others`: what happens in groups that are made from this one.
    """

    headline: str
    lines: tuple[str, ...]
    others: tuple[str, ...]


def check_of(shown: RulePreview, audience: Audience, user: User) -> RuleCheck:
    """What the new rule would do. One query where other groups are made from `audience`."""
    own = [change for change in shown.changes if change.audience_id == audience.pk]
    others = [change for change in shown.changes if change.audience_id != audience.pk]
    return RuleCheck(
        headline=" ".join(_will(own[0])) if own else gettext("Nobody joins or leaves this group."),
        lines=tuple(line for change in own for line in change.follows),
        others=tuple(_other_lines(others, user)),
    )


def _will(change: MembersCounted) -> Iterator[str]:
    joined, left = change.joined, change.left
    if joined:
        words = ngettext("%(number)s person joins.", "%(number)s people join.", joined)
        yield words % {"number": joined}
    if left:
        words = ngettext("%(number)s person leaves.", "%(number)s people leave.", left)
        yield words % {"number": left}


def _other_lines(changes: list[MembersCounted], user: User) -> Iterator[str]:
    if not changes:
        return
    asked = Audience.objects.visible_to(user).filter(pk__in=[each.audience_id for each in changes])
    names = dict(asked.values_list("pk", "name"))
    for change in changes:
        name = names.get(change.audience_id)
        about = gettext("“%(group)s”:") % {"group": name} if name else gettext("Another group:")
        yield " ".join([about, *_will(change), *change.follows])
