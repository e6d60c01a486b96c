"""What another rule of a group did, in words."""

from django.utils.translation import gettext, ngettext

from change_tracker.people.points import MembershipChange


def change_words(change: MembershipChange) -> str:
    """What a change of the rule did, for a toast."""
    joined, left = len(change.joined), len(change.left)
    said = [gettext("The rule is changed.")]
    if joined:
        words = ngettext("%(number)s person joined.", "%(number)s people joined.", joined)
        said.append(words % {"number": joined})
    if left:
        said.append(
            ngettext("%(number)s person left.", "%(number)s people left.", left) % {"number": left}
        )
    if not joined and not left:
        said.append(gettext("Nobody joined or left."))
    return " ".join([*said, *change.follows])
