"""What the database itself refuses about the catalogue and the register, whoever writes."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction

from change_tracker.people.models import Person
from change_tracker.resistance.models import (
    Recommendation,
    ResistanceReview,
    ResistanceSource,
    SourceType,
    StrategyType,
    Technique,
    TechniqueSuggestion,
)
from tests import factories

pytestmark = pytest.mark.django_db


def refuses(write: Any) -> None:
    """The database says no, and goes on."""
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "gone"},
        {"origin": "guessed"},
        {"target_level": 6},
        {"state": "accepted"},
    ],
    ids=str,
)
def test_a_resistance_is_described_within_bounds(wrong: dict[str, Any]) -> None:
    factories.make_source(factories.make_initiative())

    refuses(lambda: ResistanceSource.objects.update(**wrong))


@pytest.mark.parametrize("missing", ["approver", "review_on"])
def test_living_with_it_has_an_approver_and_a_date(missing: str, lead: Person) -> None:
    factories.make_source(factories.make_initiative())
    whole = {"state": "accepted", "approver": lead, "review_on": date(2026, 12, 1)}

    refuses(lambda: ResistanceSource.objects.update(**whole | {missing: None}))
    assert ResistanceSource.objects.update(**whole) == 1


@pytest.mark.parametrize("level", [-1, 6])
def test_a_level_is_between_zero_and_five(level: int) -> None:
    review = factories.make_review(factories.make_source(factories.make_initiative()), 3)
    rows: Any = models.QuerySet(ResistanceReview).filter(pk=review.pk)

    # Databases name a negative number in an unsigned column in different ways.
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(level=level)
    review.refresh_from_db()
    assert review.level == 3


def test_entries_are_of_kinds_that_we_know() -> None:
    source_type, strategy = factories.make_source_type(), factories.make_strategy()
    technique = Technique.objects.create(slug="network", label="Network", kind="learning")
    Recommendation.objects.create(source_type=source_type, strategy=strategy, basis="stated")
    TechniqueSuggestion.objects.create(
        source_type=source_type, technique=technique, basis="proposed"
    )

    refuses(lambda: SourceType.objects.update(readiness_stage="bliss"))
    refuses(lambda: StrategyType.objects.update(action_kind="memo"))
    refuses(lambda: Technique.objects.update(kind="trick"))
    refuses(lambda: Recommendation.objects.update(basis="felt"))
    refuses(lambda: TechniqueSuggestion.objects.update(basis="felt"))


def test_entries_and_references_are_there_once() -> None:
    source_type, strategy = factories.make_source_type(slug="silos"), factories.make_strategy()
    values = {"source_type": source_type, "strategy": strategy, "basis": "stated"}
    Recommendation.objects.create(**values)

    refuses(lambda: Recommendation.objects.create(**values))
    refuses(lambda: factories.make_source_type(slug="silos"))
