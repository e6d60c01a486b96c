"""What an initiative lacks, counted in the row that is read anyway."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.initiatives.models import AffectedGroup, Objective
from change_tracker.initiatives.queries import with_leaders, with_unread
from change_tracker.mitigation.models import NO_ANSWER, MitigationAction
from change_tracker.progress.gaplines import First, LateManager
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.training.models import ExtensionRequest, PlanAudience, TrainingRecord
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.queries import with_late_feedback

State = MitigationAction.State


def with_missing(rows: QuerySet[Any], user: User, today: date) -> QuerySet[Any]:
    """Adds what `situation_of` asks of a row; no query more."""
    rows = with_late_feedback(with_unread(with_leaders(rows, today)), user, today)
    actions = MitigationAction.objects.visible_to(user).filter(initiative=OuterRef("pk"))
    unjudged = actions.filter(_is_unjudged(today)).order_by("done_on", "pk")
    tools = actions.filter(_is_outdated(today)).order_by("evaluate_again_on", "pk")
    here = _untrained().filter(initiative=OuterRef("pk"))
    groups = here.order_by("-impact", "pk").annotate(title=F("audience__name"))
    return rows.annotate(  # type: ignore[no-any-return]  # annotated
        **_first("unjudged", unjudged, on="done_on"),
        **_first("tools", tools, on="evaluate_again_on"),
        **_first("untrained", groups),
    )


def first_of(row: Any, name: str) -> First:
    """What `with_missing` added under `name`."""
    columns = vars(row)
    on = columns.get(f"{name}_on")
    return First(columns[name], columns[f"{name}_title"] or "", on)


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
        actions.filter(_is_unjudged(today)).ids("initiative"),
        actions.filter(_is_outdated(today)).ids("initiative"),
        _untrained().ids("initiative"),
        Objective.objects.all().unread().ids("initiative"),
    ):
        found |= Q(pk__in=each)
    return found


def _is_unjudged(today: date) -> Q:
    """Done before today, and nobody said whether it worked."""
    return Q(state=State.DONE, done_on__lt=today)


def _is_outdated(today: date) -> Q:
    """A tool that is to be evaluated again."""
    tools = Q(kind=ActionKind.TOOLS, evaluate_again_on__lte=today)
    return tools & ~Q(state=State.CANCELLED)


def _unanswered() -> Any:
    """Open resistance that nothing answers, and with which nobody decided to live."""
    answers = MitigationAction.sources.through.objects.filter(
        resistancesource=OuterRef("pk")
    ).exclude(mitigationaction__state__in=NO_ANSWER)
    heard = ResistanceSource.objects.open().exclude(state=ResistanceSource.State.ACCEPTED)
    return heard.filter(~Exists(answers))


def _untrained() -> Any:
    """Groups that their initiative touches, and that none of its published plans has."""
    rules = PlanAudience.objects.filter(
        audience=OuterRef("audience"),
        plan__initiative=OuterRef("initiative"),
        plan__state="published",
    )
    return AffectedGroup.objects.filter(~Exists(rules), impact__gt=0)


def _first(name: str, rows: QuerySet[Any], on: str = "") -> dict[str, Any]:
    counted = rows.order_by().values("initiative").annotate(number=Count("pk"))
    found: dict[str, Any] = {
        name: Coalesce(Subquery(counted.values("number")), 0),
        f"{name}_title": Subquery(rows.values("title")[:1]),
    }
    return found | ({f"{name}_on": Subquery(rows.values(on)[:1])} if on else {})
