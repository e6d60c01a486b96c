"""Which state of a plan, an enrolment and a record may follow which."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.states import Facts, Move, Transitions, table
from change_tracker.training.models import (
    Enrolment,
    ExtensionRequest,
    ExternalLearning,
    Submission,
    TrainingPlan,
    TrainingRecord,
)


def has_items(row: TrainingPlan, facts: Facts) -> Promise | None:
    """A published plan gives people something to do."""
    return None if row.items.exists() else _("Add at least one item first.")


PLAN = Transitions(
    TrainingPlan,
    *table(
        Move("draft", "published", guards=[has_items]),
        "published > archived",
    ),
    scope="initiative_id",
)


def keep_day(row: TrainingPlan, facts: Facts) -> None:
    """From this day on it is news; what an import brings along is none."""
    if facts.actor is not None:
        row.published_on = timezone.localdate(facts.now)
        TrainingPlan.objects.filter(pk=row.pk).update(published_on=row.published_on)


PLAN.after("published", keep_day)

# The guards of an enrolment are the services themselves: they move it as its records move.
ENROLMENT = Transitions(
    Enrolment,
    *table(
        "active > completed",
        "active > withdrawn",
        "completed > withdrawn",
        "withdrawn > active",
        "completed > active",
    ),
    scope="plan__initiative_id",
)

RECORD = Transitions(
    TrainingRecord,
    *table(
        "not_started > in_progress",
        "not_started > submitted",
        "in_progress > submitted",
        "submitted > completed",
        # Taken back, or given back with a note: see SUBMISSION.
        "submitted > in_progress",
        "not_started > completed",
        "in_progress > completed",
        "completed > in_progress",
        *(
            Move(source, "waived", needs_reason=True)
            for source in ("not_started", "in_progress", "submitted")
        ),
        *(f"{source} > void" for source in ("not_started", "in_progress", "submitted")),
        "void > not_started",
        Move("completed", "revoked", needs_reason=True),
    ),
    scope="plan__initiative_id",
)

EXTENSION = Transitions(
    ExtensionRequest,
    *table(
        "requested > granted",
        Move("requested", "refused", needs_reason=True),
        "requested > withdrawn",
    ),
    scope="record__plan__initiative_id",
)

SUBMISSION = Transitions(
    Submission,
    *table(
        "waiting > accepted",
        Move("waiting", "returned", needs_reason=True),
        "waiting > withdrawn",
    ),
    scope="record__plan__initiative_id",
)

# It belongs to no initiative.
ELSEWHERE = Transitions(
    ExternalLearning,
    *table(
        "reported > confirmed",
        Move("reported", "returned", needs_reason=True),
        "reported > withdrawn",
    ),
)
