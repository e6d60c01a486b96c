"""A new version of an activity: what was done of the older one stays valid, or is to do again."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, F, OuterRef, TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.services import lock
from change_tracker.initiatives.models import ENDED
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import (
    EnrolmentPeriod,
    LearningActivity,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.models.records import TrainingRecordQuerySet
from change_tracker.training.services.planning import hold_plans
from change_tracker.training.services.repeating import ask_again


class OlderVersions(TextChoices):
    """What becomes of completions of an older version."""

    KEEP = "keep", _("It stays valid")
    REOPEN = "reopen", _("They do it once more")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What a new version does, or did; people by where they are with the activity."""

    version: int
    #: who has it open, and does the new version
    unfinished: int
    #: who did an older one, and may be asked for the new one
    finished: int
    #: whom it is asked of again
    reopened: int = 0
    digest: str = ""


def preview_version(activity: LearningActivity) -> NewVersion:
    """What raising the version of `activity` would do now. Two queries."""
    version = activity.activity_version + 1
    unfinished = TrainingRecord.objects.outstanding().filter(activity=activity)
    people = unfinished.order_by().values("person").distinct().count()
    finished = done_before(activity, version).order_by().values("person").distinct().count()
    digest = sha256(f"{activity.pk};{version};{people};{finished}".encode()).hexdigest()
    return NewVersion(version=version, unfinished=people, finished=finished, digest=digest)


def raise_version(
    *,
    activity: LearningActivity,
    completed: OlderVersions,
    actor: User | None,
    today: date,
    now: datetime,
    expected: str | None = None,
) -> NewVersion:
    """Count the content of `activity` as a new version.

    Open work is about the new one from now on. What was done of an older one stays as it is, and
    with `completed` reopen it is asked for once more, by the dates of today, wherever the plan is
    still given and in force. `expected` is the digest that the caller was shown: raises
    PeopleChangedError when it is another one now, and StaleRowError where it is gone. Set-based.
    """
    with transaction.atomic():
        activity = _held(activity)
        shown = preview_version(activity)
        if expected is not None and expected != shown.digest:
            raise PeopleChangedError
        _write_version(activity, shown.version)
        reopened = 0
        if completed == OlderVersions.REOPEN:
            again = ask_again(
                done_before(activity, shown.version),
                reason=gettext("There is a new version of it."),
                actor=actor,
                today=today,
                now=now,
            )
            reopened = len({record.person_id for record in again})
        changes = {"activity_version": shown.version, "completed": completed.value}
        changes |= {"reopened": reopened}
        scope = activity.audit_scope
        audit.record(
            obj=activity, verb="new_version", actor=actor, now=now, scope=scope, changes=changes
        )
    return replace(shown, reopened=reopened)


def _held(activity: LearningActivity) -> LearningActivity:
    """It as it is, held after its plans, in the order of whoever gives these to people."""
    items = PlanItem.objects.in_force().filter(activity=activity)
    hold_plans(TrainingPlan.objects.filter(pk__in=items.values("plan")))
    return lock(activity)


def _write_version(activity: LearningActivity, version: int) -> None:
    """Write the number, also to open work, which is about the new version from now on."""
    LearningActivity.objects.filter(pk=activity.pk).update(
        activity_version=version, version=F("version") + 1
    )
    TrainingRecord.objects.outstanding().filter(activity=activity).update(activity_version=version)
    activity.refresh_from_db(fields=["activity_version", "version"])


def done_before(activity: LearningActivity, version: int) -> TrainingRecordQuerySet:
    """Completions of an older version that people still in the plan have, as their last word."""
    return repeatable().filter(activity=activity, activity_version__lt=version)


def repeatable() -> TrainingRecordQuerySet:
    """Completions that can be asked for once more: in force, in a plan that is still given."""
    in_force = EnrolmentPeriod.objects.open().filter(enrolment=OuterRef("enrolment"))
    done = TrainingRecord.objects.filter(
        Exists(in_force),
        state=TrainingRecord.State.COMPLETED,
        item__removed_on=None,
        plan__state=TrainingPlan.State.PUBLISHED,
    )
    return done.exclude(plan__initiative__state__in=ENDED).last_attempts()
