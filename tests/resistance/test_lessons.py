"""Lessons: written by the lead, shown beside their strategy wherever it is suggested."""

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import Person
from change_tracker.resistance.models import Lesson, StrategyType
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategy(db: None) -> StrategyType:
    return factories.make_strategy(label="Town hall")


@pytest.fixture
def door(lead: Person) -> Initiative:
    return factories.make_initiative(lead=lead, slug="door", state="sustaining")


def suggested(reader: Person, strategy: StrategyType, sign_in: SignIn) -> str:
    """The page of an entry in another initiative, for which the strategy is suggested."""
    other = factories.make_initiative(lead=reader)
    kind = factories.make_source_type()
    kind.recommendations.create(strategy=strategy, basis="stated")
    entry = factories.make_source(other, type=kind)
    return words(sign_in.page(reader).get(f"/change/i/{other.slug}/resistance/{entry.pk}/"))


def test_it_is_written_changed_and_taken_back(
    door: Initiative, strategy: StrategyType, lead: Person, sign_in: SignIn
) -> None:
    client, at = sign_in.page(lead), "/change/i/door/lessons/"
    said = {"eased": "no", "strategy": strategy.pk, "words": "Nobody came."}

    response = client.post(f"{at}new/", said, follow=True)

    assert "What did not Nobody came. Town hall" in words(response)
    lesson = door.lessons.get()
    client.post(f"{at}{lesson.pk}/", said | {"words": "Few came.", "version": 1})
    lesson.refresh_from_db()
    assert (lesson.words, lesson.eased, lesson.version) == ("Few came.", False, 2)
    assert client.post(f"{at}{lesson.pk}/", said | {"version": 1}).status_code == 409
    client.post(f"{at}{lesson.pk}/delete/")
    assert not Lesson.objects.exists()


def test_the_newest_of_each_kind_is_evidence_in_every_initiative(
    door: Initiative, strategy: StrategyType, outsider: Person, sign_in: SignIn
) -> None:
    for text in ("Lunch was free.", "The director stayed."):
        factories.make_lesson(door, strategy=strategy, words=text)
    factories.make_lesson(door, strategy=strategy, eased=False, words="Mondays.")
    draft = factories.make_initiative(state="draft")
    factories.make_lesson(draft, strategy=strategy, words="Not for others yet.")

    page = suggested(outsider, strategy, sign_in)

    assert "It eased resistance: “The director stayed.” It did not: “Mondays.”" in page
    assert "Lunch was free." not in page
    assert "Not for others yet." not in page


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "No lesson is written down yet."),
        (1, "1 lesson stays beside its strategy"),
        (2, "2 lessons stay beside their strategies"),
    ],
)
def test_closing_says_how_many_there_are(number: int, said: str, door: Initiative) -> None:
    for _ in range(number):
        factories.make_lesson(door)

    assert any(str(each).startswith(said) for each in INITIATIVE.preview(door, to="closed"))
