"""What strategies brought about, over all initiatives."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.effects import Effect, effects_of
from change_tracker.resistance.models import ResistanceReview, ResistanceSource

State = MitigationAction.State
#: An action in one of these has done what it could.
CARRIED_OUT = (State.DONE, State.EFFECTIVE, State.INEFFECTIVE)


def effects_of_strategies(strategies: Collection[int]) -> dict[int, Effect]:
    """By strategy, of every resistance that one of its actions answered, once carried out.

    Figures of all initiatives, without a word of anybody's register. A resistance that was reviewed
    once only tells nothing. One query.
    """
    reviews = ResistanceReview.objects.filter(source=OuterRef("pk")).order_by("pk")
    answered = ResistanceSource.objects.with_levels().filter(
        Exists(reviews[1:2]),
        actions__strategy__in=strategies,
        actions__state__in=CARRIED_OUT,
    )
    columns = ("actions__strategy", "pk", "first_level", "latest_level")
    return effects_of(answered.order_by().values_list(*columns).distinct())
