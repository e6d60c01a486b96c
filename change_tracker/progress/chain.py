"""The chain of an initiative: concern, resistance, action, training and the latest review.

Of the whole initiative, its strongest open resistance; of one record, the resistance that it has
to do with. Whoever reads the register reads the chain, each part as far as they may.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES
from change_tracker.training.models import Enrolment, TrainingPlan
from change_tracker.voice.models import FeedbackItem

#: So many entries of the register, and so many of what hangs on them, are drawn.
MOST_ENTRIES = 12
MOST_BESIDE = 40


class Step(NamedTuple):
    """An action or a plan: its key, what it is called, and what is said below that."""

    pk: int
    title: str
    state: str
    #: the strategy of an action
    strategy: str = ""
    #: of a plan, how many people have it
    people: int = 0


@dataclass(slots=True, kw_only=True)
class Link:
    """One entry of the register, and what hangs on it. `plans` with the action they carry out."""

    entry: Any
    concerns: list[tuple[int, str]] = field(default_factory=list)
    actions: list[Step] = field(default_factory=list)
    plans: list[tuple[int | None, Step]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The links, strongest first; `has_more` where some are not among them."""

    links: list[Link]
    has_more: bool


#: Where a chain may begin: the entries of the register that a record `user` reads leads to.
BEGINNINGS: dict[str, Callable[[User, int], Q]] = {
    "entry": lambda user, pk: Q(pk=pk),
    "action": lambda user, pk: Q(
        actions__in=MitigationAction.objects.visible_to(user).filter(pk=pk)
    ),
    "plan": lambda user, pk: _through(TrainingPlan.objects.visible_to(user).filter(pk=pk), "plans"),
    "concern": lambda user, pk: _through(
        FeedbackItem.objects.visible_to(user).filter(pk=pk), "feedback"
    ),
}


def chain_of(user: User, initiative: Initiative, begin: str = "", key: int | None = None) -> Chain:
    """The chain of `initiative`, or of one record in it. Five queries."""
    rows: Any = ResistanceSource.objects.visible_to(user).filter(initiative=initiative)
    if begin and key is not None:
        rows = rows.filter(pk__in=rows.filter(BEGINNINGS[begin](user, key)).values("pk"))
    else:
        rows = rows.exclude(state__in=ENDED_STATES)
    reviews = ResistanceReview.objects.filter(source=OuterRef("pk"))
    rows = rows.with_levels().annotate(times=_count(reviews, "source")).select_related("type")
    rows = rows.order_by(F("latest_level").desc(nulls_last=True), "pk")
    found = list(rows[: MOST_ENTRIES + 1])
    links = {row.pk: Link(entry=row) for row in found[:MOST_ENTRIES]}
    if links:
        answered = _add_actions(user, links)
        _add_plans(user, links, answered)
        _add_concerns(user, links, answered)
    return Chain(links=list(links.values()), has_more=len(found) > MOST_ENTRIES)


def _through(rows: QuerySet[Any], name: str) -> Q:
    """Entries that a plan or a concern names itself, or through an action."""
    return Q(**{f"{name}__in": rows}) | Q(**{f"actions__{name}__in": rows})


def _add_actions(user: User, links: dict[int, Link]) -> dict[int, list[int]]:
    """Returns which entries each action answers."""
    rows = MitigationAction.objects.visible_to(user).filter(sources__in=links)
    shown = rows.exclude(state="cancelled").order_by("-pk", "sources")
    columns = ("sources", "pk", "title", "state", "strategy__label")
    states = dict(MitigationAction.State.choices)
    answered: dict[int, list[int]] = defaultdict(list)
    for entry, pk, title, state, strategy in shown.values_list(*columns)[:MOST_BESIDE]:
        answered[pk].append(entry)
        links[entry].actions.append(Step(pk, title, str(states[state]), strategy or ""))
    return answered


def _add_plans(user: User, links: dict[int, Link], answered: dict[int, list[int]]) -> None:
    people = _count(
        Enrolment.objects.exclude(state="withdrawn").filter(plan=OuterRef("pk")), "plan"
    )
    rows: Any = TrainingPlan.objects.visible_to(user).exclude(state="archived")
    meant = Q(sources__in=list(links)) | Q(action__in=list(answered))
    named = rows.filter(meant).annotate(people=people).order_by("-pk", "sources")
    states = dict(TrainingPlan.State.choices)
    columns = ("sources", "action", "pk", "title", "state", "people")
    seen = set()
    for entry, action, pk, title, state, number in named.values_list(*columns)[:MOST_BESIDE]:
        step = Step(pk, title, str(states[state]), people=number)
        for each in {*([entry] if entry in links else []), *answered.get(action, [])}:
            if (each, pk) not in seen:
                seen.add((each, pk))
                links[each].plans.append((action if action in answered else None, step))


def _add_concerns(user: User, links: dict[int, Link], answered: dict[int, list[int]]) -> None:
    meant = Q(source__in=list(links)) | Q(source=None, action__in=list(answered))
    rows = FeedbackItem.objects.visible_to(user).filter(meant).order_by("-pk")
    for pk, text, entry, action in rows.values_list("pk", "text", "source", "action")[:MOST_BESIDE]:
        for each in [entry] if entry else answered[action]:
            links[each].concerns.append((pk, text))


def _count(rows: QuerySet[Any], path: str) -> Coalesce:
    counted = rows.order_by().values(path).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
