"""Which state of a resistance may follow which."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.models import AuditEvent
from change_tracker.core.states import Facts, Move, Transitions, table
from change_tracker.resistance.models import ResistanceSource


def has_review(row: ResistanceSource, facts: Facts) -> Promise | None:
    """Assessed means that somebody judged its level."""
    return None if row.reviews.exists() else _("Record a review of its level first.")


def is_at_target(row: ResistanceSource, facts: Facts) -> Promise | None:
    """Resolved means that the latest review is at or below the target."""
    review = row.latest_review()
    if review is not None and review.level <= row.target_level:
        return None
    return _("The latest review is still above the target level.")


def is_above_target(row: ResistanceSource, facts: Facts) -> Promise | None:
    """Going back means that a review above the target came after the last move.

    One of a day before it, or that was recorded before it on the same day, was known when the row
    moved on, so it is no news.
    """
    review = row.latest_review()
    if review is None or review.level <= row.target_level:
        return _("Record a review above the target level first.")
    moved = AuditEvent.objects.about(row).filter(verb="moved").order_by("-pk").first()
    if moved is None:
        return None
    recorded = AuditEvent.objects.about(review).filter(verb="created", pk__lt=moved.pk)
    if review.reviewed_on >= timezone.localdate(moved.at) and not recorded.exists():
        return None
    return _("The latest review is older than the last move: record how it is now.")


def has_other_approver(row: ResistanceSource, facts: Facts) -> Promise | None:
    """Living with it is decided by somebody other than the owner, until a date."""
    approver = facts.changes.get("approver")
    if approver is None:
        return _("Say who accepts this.")
    if row.owner_id == approver.pk:
        return _("Somebody other than the owner has to accept this.")
    review_on = facts.changes.get("review_on", row.review_on)
    if review_on is None or review_on <= timezone.localdate(facts.now):
        return _("Say on which coming day to look at it again.")
    return None


RESISTANCE = Transitions(
    ResistanceSource,
    *table(
        Move("identified", "assessed", guards=[has_review]),
        "assessed > mitigating",
        "mitigating > monitoring",
        *(
            Move(source, "resolved", guards=[is_at_target])
            for source in ("assessed", "monitoring", "accepted")
        ),
        *(
            Move(source, "accepted", guards=[has_other_approver], needs_reason=True)
            for source in ("assessed", "mitigating", "monitoring")
        ),
        *(
            Move(source, "assessed", guards=[is_above_target])
            for source in ("monitoring", "accepted", "resolved")
        ),
        Move("identified", "dismissed", needs_reason=True),
        "dismissed > identified",
    ),
    means={
        "identified": _(
            "It is heard or expected, and not assessed yet: a review says how strong it is."
        ),
        "assessed": _("It is known how strong it is; now somebody decides what is done about it."),
        "mitigating": _("It is met with actions that shall ease it."),
        "monitoring": _("The work is done; reviews show whether it comes down and stays down."),
        "resolved": _("It is down to its target level; there is nothing more to do."),
        "accepted": _("Somebody decided not to work on it until the day on which one looks again."),
        "dismissed": _("There was nothing in it; the reason is kept."),
    },
    scope="initiative_id",
)
