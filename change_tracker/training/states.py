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
    means={
        "draft": _("It is being written; nobody has been given it yet."),
        "published": _("The people in its groups have it, and whoever joins them gets it, too."),
        "archived": _("Nobody new gets it, and it stays as it is."),
    },
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
    means={
        "active": _("Something in the plan is still to do."),
        "completed": _("All that the plan requires is done."),
        "withdrawn": _("The plan is not asked of them any more; what is done stays."),
    },
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
    means={
        "not_started": _("Nothing of it is done yet."),
        "in_progress": _("It is begun, and not finished."),
        "submitted": _("It is handed in and waits until somebody has looked at it."),
        "completed": _("It is done."),
        "waived": _("It need not be done: somebody decided so, and said why."),
        "void": _("It is not asked for any more, as the person is no longer in the plan."),
        "revoked": _("It was done and was taken back, with a reason; it is to be done once more."),
    },
    scope="plan__initiative_id",
)

EXTENSION = Transitions(
    ExtensionRequest,
    *table(
        "requested > granted",
        Move("requested", "refused", needs_reason=True),
        "requested > withdrawn",
    ),
    means={
        "requested": _("It waits for an answer."),
        "granted": _("There is more time."),
        "refused": _("The date stays as it is; the reason is given."),
        "withdrawn": _("Whoever asked needs no more time."),
    },
    scope="record__plan__initiative_id",
)

SUBMISSION = Transitions(
    Submission,
    *table(
        "waiting > accepted",
        Move("waiting", "returned", needs_reason=True),
        "waiting > withdrawn",
    ),
    means={
        "waiting": _("Somebody still has to look at it."),
        "accepted": _("Somebody looked at it, and it counts."),
        "returned": _("It came back with a note; it can be handed in again."),
        "withdrawn": _("Whoever handed it in took it back."),
    },
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
    means={
        "reported": _("Somebody still has to look at it."),
        "confirmed": _("Somebody looked at it, and it counts."),
        "returned": _("It came back with a note; it can be handed in again."),
        "withdrawn": _("Whoever handed it in took it back."),
    },
)
