"""Which state of a concern, question or idea may follow which."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.states import Facts, Move, Transitions, table
from change_tracker.voice.models import FeedbackItem

Disposition = FeedbackItem.Disposition


class ConfidentialTransitions(Transitions[FeedbackItem]):
    """Moves whose history the change team alone reads: it says who spoke up, and when."""

    def scope_of(self, row: FeedbackItem) -> str:
        """That of the row."""
        return row.audit_scope


def says_what_becomes_of_it(row: FeedbackItem, facts: Facts) -> Promise | None:
    """An answer is one of three: we act, we explain, or we cannot."""
    known = facts.changes.get("disposition") in Disposition.values
    return None if known else _("Say what becomes of it.")


def acts_somewhere(row: FeedbackItem, facts: Facts) -> Promise | None:
    """Whoever promises to act says where."""
    links = [facts.changes.get(name, getattr(row, name)) for name in ("action", "source")]
    if facts.changes.get("disposition") != Disposition.WILL_ACT or any(links):
        return None
    return _("Choose the action, or the resistance under which you work on it.")


FEEDBACK = ConfidentialTransitions(
    FeedbackItem,
    *table(
        "raised > acknowledged",
        Move("acknowledged", "answered", guards=[says_what_becomes_of_it, acts_somewhere]),
        "answered > closed",
        "answered > raised",
        "raised > withdrawn",
        "acknowledged > withdrawn",
    ),
    means={
        "raised": _("It has reached the team; nobody has opened it yet."),
        "acknowledged": _("Somebody of the team has read it; the answer is still to come."),
        "answered": _("There is an answer, to which one can write back."),
        "closed": _("It is answered, and nothing more is open."),
        "withdrawn": _("Whoever said it took it back."),
    },
)
