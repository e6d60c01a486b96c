"""What resistance adds to the slices on its left."""

from typing import Any

from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.ids import Ids
from change_tracker.core.neighbours import RELATIONS, Relation
from change_tracker.initiatives.models import AGENTS, Initiative, Role
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.points import AUDIENCE_USES, VISIBLE_AUDIENCES
from change_tracker.resistance import meanings
from change_tracker.resistance.models import (
    Recommendation,
    ResistanceReview,
    ResistanceSource,
    SourceCategory,
    SourceType,
    StrategyType,
    Technique,
    TechniqueSuggestion,
)
from change_tracker.resistance.models.catalogue import ActionKind, ReadinessStage, TechniqueKind
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Link, Section

SECTIONS = (
    Section(key="categories", model=SourceCategory),
    Section(key="strategies", model=StrategyType, choices={"action_kind": ActionKind.values}),
    Section(key="techniques", model=Technique, choices={"kind": TechniqueKind.values}),
    Section(
        key="sources",
        model=SourceType,
        choices={"readiness_stage": ReadinessStage.values},
        texts=("signs", "for_people"),
        parents={"category": "categories"},
        links=(
            Link(
                key="recommends",
                name="strategy",
                section="strategies",
                through=Recommendation,
                owner="source_type",
                related_name="recommendations",
                required=True,
            ),
            Link(
                key="techniques",
                name="technique",
                section="techniques",
                through=TechniqueSuggestion,
                owner="source_type",
                related_name="technique_suggestions",
            ),
        ),
    ),
)


def resisting_audiences(user: User) -> Any:
    """Leads, agents and coaches work with the groups in their registers."""
    mine = Initiative.objects.with_role(user, Role.LEAD, *AGENTS)
    through = ResistanceSource.audiences.through.objects
    return Ids(through.filter(resistancesource__initiative__in=mine.ids()), "audience")


def audiences_of_entries() -> Any:
    """Those that an entry of a register is about."""
    return Ids(ResistanceSource.audiences.through.objects.all(), "audience")


def lessons_are_kept(row: Initiative) -> str:
    """Closing is the moment to say what was learnt."""
    number = row.lessons.count()
    if not number:
        return gettext(
            "No lesson is written down yet. What eased resistance, and what did not, is asked for "
            "on “What we learnt”, below “Resistance”; also after the end."
        )
    return ngettext(
        "%(number)s lesson stays beside its strategy, for every initiative to come.",
        "%(number)s lessons stay beside their strategies, for every initiative to come.",
        number,
    ) % {"number": number}


#: What is said of a strategy and of a resistance as the neighbour of something.
STRATEGY_FIELDS = {"label": "label", "action_kind": "action_kind"}
SOURCE_FIELDS = {"statement": "statement", "state": "state"}


def neighbours() -> tuple[Relation, ...]:
    """From a resistance to its reviews, and to the strategies that answer its kind, and back."""
    return (
        Relation(
            model=ResistanceSource,
            name="strategies",
            rows=StrategyType.objects.visible_to,
            path="source_types__sources",
            fields=STRATEGY_FIELDS,
        ),
        Relation(
            model=StrategyType,
            name="sources",
            rows=ResistanceSource.objects.visible_to,
            path="type__strategies",
            fields=SOURCE_FIELDS,
        ),
        Relation(
            model=ResistanceSource,
            name="reviews",
            rows=ResistanceReview.objects.visible_to,
            path="source",
            fields={"level": "level", "reviewed_on": "reviewed_on"},
        ),
    )


def register() -> None:
    """Fill the points; called once at start."""
    meanings.register()
    RELATIONS.register(neighbours)
    VISIBLE_AUDIENCES.register(resisting_audiences)
    AUDIENCE_USES.register(audiences_of_entries)
    INITIATIVE.foresee("closed", lessons_are_kept)
    for section in SECTIONS:
        CATALOGUE_SECTIONS.register(section)
