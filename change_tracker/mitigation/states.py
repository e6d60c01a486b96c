"""Which state of a mitigation action may follow which."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.states import Facts, Move, Transitions, table
from change_tracker.mitigation.kinds import FEWEST_UNITS
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models.catalogue import ActionKind


def is_reviewed_since(row: MitigationAction, facts: Facts) -> Promise | None:
    """Whether it worked is known from a review of its sources dated after it was done."""
    known: Any = MitigationAction.objects.with_reviewed().filter(pk=row.pk)
    return (
        None
        if known.filter(is_reviewed=True).exists()
        else _("Review the resistance after the action first.")
    )


def initiative_runs(row: MitigationAction, facts: Facts) -> Promise | None:
    """No work begins anew in an initiative that has ended."""
    if row.initiative.has_ended:
        return _("This initiative has ended; nothing new can begin in it.")
    return None


def names_two_units(row: MitigationAction, facts: Facts) -> Promise | None:
    """Units work together, or they do not: one alone is no collaboration."""
    if row.kind != ActionKind.COLLABORATION or row.units.count() >= FEWEST_UNITS:
        return None
    return _("Name at least two units that work together first.")


ACTION = Transitions(
    MitigationAction,
    *table(
        Move("planned", "in_progress", guards=[names_two_units]),
        Move("in_progress", "done", guards=[names_two_units]),
        Move("done", "effective", guards=[is_reviewed_since]),
        Move("done", "ineffective", guards=[is_reviewed_since]),
        Move("in_progress", "blocked", needs_reason=True),
        "blocked > in_progress",
        *(
            Move(source, "cancelled", needs_reason=True)
            for source in ("planned", "in_progress", "blocked")
        ),
        "effective > done",
        "ineffective > done",
        Move("ineffective", "in_progress", guards=[initiative_runs]),
    ),
    means={
        "planned": _("It has not begun yet."),
        "in_progress": _("Somebody is at work on it."),
        "blocked": _("Something stands in its way, and the sponsor is asked for help."),
        "done": _("The work is finished; what came of it, a later review has to show."),
        "effective": _("It helped, as was judged after a later review of what it answers."),
        "ineffective": _("It did not help, as was judged after a later review of what it answers."),
        "cancelled": _("It was called off before it was done; the reason is kept."),
    },
    scope="initiative_id",
)
