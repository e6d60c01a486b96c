"""What an initiative lacks: the conditions, and initiatives that meet one of them."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from change_tracker.initiatives.models import AffectedGroup, Objective
from change_tracker.mitigation.models import NO_ANSWER, MitigationAction
from change_tracker.progress.gaplines import LateManager
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.training.models import ExtensionRequest, PlanAudience, TrainingRecord
from change_tracker.voice.models import FeedbackItem

State = MitigationAction.State


def late_by_manager(initiative: Any, today: date) -> list[LateManager]:
    """People who are late, by the manager they report to; most first. One query.

    For those who read names. Last come people without a manager, under an empty name.
    """
    records = TrainingRecord.objects.overdue(today).filter(plan__initiative=initiative)
    rows = records.order_by().values_list("person__manager", "person__manager__display_name")
    counted = rows.annotate(people=Count("person", distinct=True))
    found = [LateManager(name or "", people, pk) for pk, name, people in counted]
    return sorted(found, key=lambda each: (each.pk is None, -each.people, each.name, each.pk))


def lacking(today: date) -> Q:
    """The condition on initiatives that their list of gaps has a line, whoever reads it."""
    actions = MitigationAction.objects.all()
    asked = ExtensionRequest.objects.waiting()
    found = Q()
    for each in (
        TrainingRecord.objects.overdue(today).ids("plan__initiative"),
        asked.ids("record__plan__initiative"),
        FeedbackItem.objects.all().late(today).ids("initiative"),
        _unanswered().ids("initiative"),
        actions.late(today).ids("initiative"),
        ResistanceSource.objects.open().filter(review_on__lte=today).ids("initiative"),
        actions.filter(is_unjudged(today)).ids("initiative"),
        actions.filter(is_outdated(today)).ids("initiative"),
        untrained().ids("initiative"),
        Objective.objects.all().unread().ids("initiative"),
    ):
        found |= Q(pk__in=each)
    return found


def is_unjudged(today: date) -> Q:
    """Done before today, and nobody said whether it worked."""
    return Q(state=State.DONE, done_on__lt=today)


def is_outdated(today: date) -> Q:
    """A tool that is to be evaluated again."""
    tools = Q(kind=ActionKind.TOOLS, evaluate_again_on__lte=today)
    return tools & ~Q(state=State.CANCELLED)


def _unanswered() -> Any:
    """Open resistance that nothing answers, and with which nobody decided to live."""
    heard = ResistanceSource.objects.open().exclude(state=ResistanceSource.State.ACCEPTED)
    return heard.filter(~Exists(answers_to(OuterRef("pk"))))


def answers_to(entry: Any) -> Any:
    """What is done or planned about an entry of a register, and has not failed."""
    through = MitigationAction.sources.through.objects.filter(resistancesource=entry)
    return through.exclude(mitigationaction__state__in=NO_ANSWER)


def untrained() -> Any:
    """Groups that their initiative touches, and that none of its published plans has."""
    rules = PlanAudience.objects.filter(
        audience=OuterRef("audience"),
        plan__initiative=OuterRef("initiative"),
        plan__state="published",
    )
    return AffectedGroup.objects.filter(~Exists(rules), impact__gt=0)
