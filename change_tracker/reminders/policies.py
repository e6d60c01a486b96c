"""Writing policies: a new one begins as a copy of what counts until then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row
from change_tracker.initiatives.models import Initiative
from change_tracker.reminders.default import columns_of
from change_tracker.reminders.inforce import SITE, steps_for, steps_of
from change_tracker.reminders.models import ReminderPolicy, ReminderStep
from change_tracker.reminders.models.policies import check_part, check_step
from change_tracker.reminders.rules import MOST_MAILS
from change_tracker.training.models import TrainingPlan

About, To = ReminderStep.About, ReminderStep.To
#: What makes a step another one; the rest says how it is sent.
SAME = ("about", "days", "unit", "moment", "to")


class PolicyExistsError(ChangeTrackerError):
    """Each part of the site has one policy at most."""

    code = "policy_exists"

    def __init__(self) -> None:
        super().__init__(_("There is a policy for this already. Change that one."))


def create_policy(
    *,
    initiative: Initiative | None = None,
    plan: TrainingPlan | None = None,
    steps: Sequence[dict[str, Any]] | None = None,
    actor: User | None,
    now: datetime,
) -> ReminderPolicy:
    """A policy of its own for a plan, an initiative, or the site; without `steps` it has those that
    count there until now.

    Raises PolicyExistsError, and ValidationError for a plan of another initiative and for steps
    that could never come.
    """
    check_part(initiative, plan)
    ids = (initiative.pk if initiative else None, plan.pk if plan else None)
    part = f"p{ids[1]}" if plan else f"i{ids[0]}" if initiative else SITE
    if ReminderPolicy.objects.filter(part=part).exists():
        raise PolicyExistsError
    wanted = [columns_of(each) for each in steps_for(*ids)] if steps is None else list(steps)
    if plan is not None and steps is None:
        wanted = [each for each in wanted if each["about"] == About.TRAINING]
    with transaction.atomic():
        policy = create_row(
            ReminderPolicy, initiative=initiative, plan=plan, part=part, actor=actor, now=now
        )
        _write(policy, wanted)
    return policy


def change_policy(
    policy: ReminderPolicy,
    *,
    steps: Sequence[dict[str, Any]] | None = None,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **parts: Any,
) -> ReminderPolicy:
    """Give it other steps; what it is for stays. What was written by a step that stays is not
    written again.

    Raises StaleRowError, and ValidationError as `create_policy` does.
    """
    for name in ("initiative", "plan"):
        if name in parts and parts[name] != getattr(policy, name):
            raise ValidationError({name: _("What a policy is for stays as it is.")})
    if steps is None or _alike(policy, steps):
        return policy
    with transaction.atomic():
        # The steps are rows of their own: the version says that they changed.
        changed = change_row(
            policy,
            actor=actor,
            now=now,
            expected_version=expected_version,
            revision=policy.revision + 1,
        )
        policy.steps.all().delete()
        _write(changed, steps)
    return changed


def _write(policy: ReminderPolicy, steps: Sequence[dict[str, Any]]) -> None:
    _check(policy, steps)
    ReminderStep.objects.bulk_create(ReminderStep(policy=policy, **each) for each in steps)


def _check(policy: ReminderPolicy, steps: Sequence[dict[str, Any]]) -> None:
    rows = [ReminderStep(policy=policy, **each) for each in steps]
    for row in rows:
        check_step(row.about, row.moment, row.to)
        if policy.plan_id is not None and row.about != About.TRAINING:
            raise ValidationError({"steps": _("The policy of a plan is about its training only.")})
    if len({tuple(getattr(row, name) for name in SAME) for row in rows}) < len(rows):
        raise ValidationError({"steps": _("The same step stands there twice.")})
    own = [row for row in rows if row.about == About.TRAINING and row.to == To.SELF]
    if len(own) > MOST_MAILS:
        raise ValidationError(
            {
                "steps": _(
                    "At most %(most)s mails about one training go to the person; then it is for "
                    "others to act."
                )
                % {"most": MOST_MAILS}
            }
        )


def _alike(policy: ReminderPolicy, steps: Sequence[dict[str, Any]]) -> bool:
    return steps_of(policy.steps.all()) == steps_of([ReminderStep(**each) for each in steps])
