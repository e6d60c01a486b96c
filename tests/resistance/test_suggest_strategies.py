"""What the catalogue suggests against a resistance, and on which basis."""

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.models import SourceType
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from change_tracker.resistance.services.suggesting import suggest_strategies
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def attitudes() -> SourceType:
    load_catalogue(read_pack(), actor=None, now=NOW)
    return SourceType.objects.get(slug="negative-attitudes")


def test_what_the_chapters_state_comes_first(attitudes: SourceType, initiative: Initiative) -> None:
    attitudes.recommendations.filter(strategy__slug="customer-centric-culture").update(
        basis="proposed"
    )
    source = factories.make_source(initiative, type=attitudes)

    found = [(each.strategy.slug, each.basis) for each in suggest_strategies(source)]

    assert found == [
        ("recognise-exemplary-service", "stated"),
        ("coaching-and-feedback", "stated"),
        ("customer-centric-culture", "proposed"),
        ("celebrate-positive-interactions", "proposed"),
    ]


def test_a_suggestion_says_where_it_comes_from(
    attitudes: SourceType, initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    source = factories.make_source(initiative, type=attitudes)

    shown = sign_in.api(sponsor).get(f"/change/api/v1/resistance/{source.pk}/suggestions/").json()

    assert [each["basis"] for each in shown] == ["stated", "stated", "stated", "proposed"]
    assert shown[2]["strategy"]["action_kind"] == "coaching"
    assert shown[2]["provenance"][0]["phrase"] == "Provide feedback and coaching"
