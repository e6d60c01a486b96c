"""Reading actions for pages."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.ids import Ids
from change_tracker.core.questions import question
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import ENDED, TEAM, Initiative
from change_tracker.mitigation.hill import hill_words
from change_tracker.mitigation.models import NO_ANSWER, OPEN_STATES, MitigationAction
from change_tracker.people.models import OrgUnit
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES, Level
from change_tracker.resistance.points import Work
from change_tracker.resistance.queries import registers_for

State = MitigationAction.State


@question
def initiative_with_actions(user: User, *, slug: str) -> Any:
    """The initiative in which `user` reads of every action: with its head and `reads_register`."""
    rows = with_head(Initiative.objects.with_figures_for(user).filter(slug=slug), user)
    return rows.annotate(reads_register=Exists(registers_for(user).filter(pk=OuterRef("pk"))))


def actions_for(user: User) -> QuerySet[Any]:
    """The actions that `user` reads, in the form that `shown_to` says, with names.

    Adds `may_change`, `may_delete`, `may_answer`, `hears_concerns` and `is_reviewed`.
    """
    rows = MitigationAction.objects.visible_to(user)
    same = {"pk": OuterRef("pk")}
    rows = rows.shown_to(user).with_reviewed()  # type: ignore[attr-defined]  # keeps its class
    return rows.select_related("initiative", "owner", "strategy").annotate(  # type: ignore[no-any-return]
        may_change=Exists(MitigationAction.objects.changeable_by(user).filter(**same)),
        may_delete=Exists(MitigationAction.objects.deletable_by(user).filter(**same)),
        hears_concerns=Exists(
            Initiative.objects.with_role(user, *TEAM).filter(pk=OuterRef("initiative"))
        ),
        may_answer=Exists(MitigationAction.objects.answerable_by(user).filter(**same)),
    )


@question
def action_for(user: User, *, slug: str, pk: int) -> QuerySet[Any]:
    """The action of this address, as `actions_for` has it."""
    return actions_for(user).filter(initiative__slug=slug, pk=pk)


def with_answered(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Adds `answered`: the resistances behind each action that `user` may read; one query."""
    sources = answered_by(user)
    return rows.prefetch_related(Prefetch("sources", queryset=sources, to_attr="answered"))


def answered_by(user: User) -> QuerySet[Any]:
    """The entries of the register that `user` may read, with their first and latest level."""
    rows: Any = ResistanceSource.objects.visible_to(user)
    return rows.with_levels().select_related("type").order_by("pk")  # type: ignore[no-any-return]


def units_for(user: User, action: MitigationAction) -> QuerySet[OrgUnit]:
    """The units among which `user` chooses who works together; who does already can stay."""
    known = OrgUnit.objects.visible_to(user).values("pk")
    return OrgUnit.objects.filter(Q(pk__in=known) | Q(pk__in=action.units.ids()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One entry that an action answers, with its level at the first and at the latest review."""

    pk: int
    statement: str
    kind: str
    first_level: int | None
    latest_level: int | None

    @property
    def first_words(self) -> str | Promise:
        """The level at the first review, as behaviour."""
        return "" if self.first_level is None else Level(self.first_level).label

    @property
    def latest_words(self) -> str | Promise:
        """The level at the latest review, as behaviour."""
        return "" if self.latest_level is None else Level(self.latest_level).label


def answers_of(user: User, action: MitigationAction) -> list[Answered]:
    """What `action` answers, as far as `user` may read it; one query."""
    return [
        Answered(
            pk=each.pk,
            statement=each.statement,
            kind=each.type.label,
            first_level=each.first_level,
            latest_level=each.latest_level,
        )
        for each in answered_by(user).filter(actions=action)
    ]


def sources_to_answer(user: User, initiative: Initiative, also: Any = ()) -> QuerySet[Any]:
    """Open entries that an action in `initiative` can answer, strongest first.

    `also` are keys of those that are chosen already, open or not.
    """
    still_asking = ~Q(state__in=ENDED_STATES) | Q(pk__in=also)
    rows = answered_by(user).filter(still_asking, initiative=initiative)
    return rows.order_by(F("latest_level").desc(nulls_last=True), "pk")


def initiatives_to_plan_in(user: User) -> QuerySet[Any]:
    """Initiatives that run, and in which `user` may plan work."""
    roles = MitigationAction.objects.all().creators
    mine: Any = Initiative.objects.with_role(user, *roles).visible_to(user)
    return mine.exclude(state__in=ENDED).order_by("title", "pk")  # type: ignore[no-any-return]


def owners_in(user: User, initiative: Initiative) -> list[tuple[str, str]]:
    """Who owns actions of `initiative`, by name; one query."""
    rows = MitigationAction.objects.visible_to(user).filter(initiative=initiative)
    owned = rows.exclude(owner=None).order_by("owner__display_name", "owner")
    pairs = owned.values_list("owner", "owner__display_name").distinct()
    return [(str(pk), name) for pk, name in pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many actions there are, and what they wait for."""

    all: int
    open: int
    late: int
    blocked: int
    unjudged: int

    @property
    def sentences(self) -> list[str]:
        """What stands at the head of the list."""
        lines = (
            (
                self.late,
                ngettext("%(n)s action is late.", "%(n)s actions are late.", self.late),
            ),
            (
                self.blocked,
                ngettext("%(n)s action is blocked.", "%(n)s actions are blocked.", self.blocked),
            ),
            (
                self.unjudged,
                ngettext(
                    "%(n)s action is done, and it is not known whether it worked.",
                    "%(n)s actions are done, and it is not known whether they worked.",
                    self.unjudged,
                ),
            ),
        )
        said = [words % {"n": number} for number, words in lines if number]
        if not said and self.open:
            return [gettext("What is planned is on its way, and nothing is late.")]
        return said


def tally_of(user: User, initiative: Initiative, today: date) -> Tally:
    """The figures of the whole list; one query."""
    rows = MitigationAction.objects.visible_to(user).filter(initiative=initiative)
    is_open = Q(state__in=OPEN_STATES)
    return Tally(
        **rows.aggregate(
            all=Count("pk"),
            open=Count("pk", filter=is_open),
            late=Count("pk", filter=is_open & Q(due_on__lt=today)),
            blocked=Count("pk", filter=Q(state=State.BLOCKED)),
            unjudged=Count("pk", filter=Q(state=State.DONE)),
        )
    )


def work_against(user: User, sources: QuerySet[Any]) -> dict[int, list[Work]]:
    """The actions against each of `sources`, open ones first, by what is due first; one query."""
    answered: Any = MitigationAction.objects.visible_to(user).filter(sources__in=Ids(sources))
    found = (
        answered.with_reviewed()
        .order_by(F("due_on").asc(nulls_last=True), "pk")
        .values_list(
            "sources",
            "pk",
            "title",
            "state",
            "position",
            "due_on",
            "owner__display_name",
            "is_reviewed",
        )
    )
    labels = dict(State.choices)
    work: dict[int, list[Work]] = defaultdict(list)
    for source, pk, title, state, position, due_on, owner, is_reviewed in found:
        work[source].append(
            Work(
                pk=pk,
                title=title,
                state=str(labels[state]),
                is_open=state in OPEN_STATES,
                hill=str(hill_words(position)),
                due_on=due_on,
                owner=owner or "",
                answers=state not in NO_ANSWER,
                asks="" if state != State.DONE else "verdict" if is_reviewed else "review",
            )
        )
    for each in work.values():
        each.sort(key=lambda one: not one.is_open)
    return work
