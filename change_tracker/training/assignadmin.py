"""Assigning plans from the admin: first what it would do, then exactly that."""

from hashlib import sha256
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.again import again_with
from change_tracker.core.checkadmin import CheckFirst, job_line, was_shown
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError
from change_tracker.core.jobs.models import JobRun
from change_tracker.training import planjobs, services
from change_tracker.training.models import TrainingPlan
from change_tracker.training.services import Assignment
from change_tracker.training.services.assigning import refuse_closed
from change_tracker.training.services.results import AssignmentPreview


class AssignAction:
    """The action “Assign to its groups now” of plans."""

    @admin.action(description=_("Assign to its groups now"), permissions=["change"])
    def assign_now(self: Any, request: HttpRequest, plans: Any) -> TemplateResponse | None:
        """Say what all rules of the selected plans would do to whom; once seen, do that."""
        by = self.actor_and_time(request)
        by["today"] = timezone.localdate(by["now"])
        assignable = set(plans.assignable_by(request.user).values_list("pk", flat=True))
        seen: dict[TrainingPlan, AssignmentPreview] = {}
        for plan in plans.select_related("initiative"):
            try:
                if plan.pk not in assignable:
                    raise ForbiddenError
                refuse_closed(plan)
            except ChangeTrackerError as error:
                self.message_user(request, f"{plan}: {error}", messages.ERROR)
            else:
                seen[plan] = services.preview_assignment(plan=plan, today=by["today"])
        digests = ";".join(f"{plan.pk}:{preview.digest}" for plan, preview in seen.items())
        digest = sha256(digests.encode()).hexdigest()
        if seen and not was_shown(request, digest):
            lines = [_foreseen(plan, preview) for plan, preview in seen.items()]
            return CheckFirst(gettext("Assign plans"), lines, digest).as_page(self, request)
        for plan, preview in seen.items():
            self._assign(request, plan, preview, by)
        return None

    def _assign(
        self: Any,
        request: HttpRequest,
        plan: TrainingPlan,
        preview: AssignmentPreview,
        by: dict[str, Any],
    ) -> None:
        try:
            done = again_with(
                plan,
                lambda row: planjobs.give_plan(plan=row, expected=preview.digest, **by),
            )
        except ChangeTrackerError as error:
            self.message_user(request, f"{plan}: {error}", messages.ERROR)
            return
        if isinstance(done, JobRun):
            words = gettext("%(plan)s: it is being assigned in the background.") % {"plan": plan}
            self.message_user(request, job_line(done, words))
        else:
            self.message_user(request, _assigned(plan, done), messages.SUCCESS)


def _foreseen(plan: TrainingPlan, preview: AssignmentPreview) -> str:
    """What a run would do, as one sentence."""
    return gettext(
        "%(plan)s: %(enrolled)d would be enrolled, %(rejoined)d would rejoin, %(already)d have it "
        "already, %(moved)d dates would move."
    ) % {
        "plan": plan,
        "enrolled": preview.enrolled,
        "rejoined": preview.rejoined,
        "already": preview.already_enrolled,
        "moved": sum(each.people for each in preview.moved_dates) + preview.redated,
    }


def _assigned(plan: TrainingPlan, done: Assignment) -> str:
    """What a run did, as one sentence."""
    return gettext(
        "%(plan)s: %(enrolled)d enrolled, %(rejoined)d rejoined, %(already)d had it already, "
        "%(moved)d dates moved to a possible day."
    ) % {
        "plan": plan,
        "enrolled": done.enrolled,
        "rejoined": done.rejoined,
        "already": done.already_enrolled,
        "moved": done.moved_dates + done.redated,
    }
