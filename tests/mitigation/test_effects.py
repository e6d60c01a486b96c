"""What strategies brought about: level at the first review minus the latest, with its number."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.effects import CARRIED_OUT, effects_of_strategies
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.effects import Effect
from change_tracker.resistance.models import ResistanceSource, StrategyType
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db


def heard(initiative: Initiative, *levels: int, **values: Any) -> ResistanceSource:
    """A resistance with a review a week, the latest one today."""
    source = factories.make_source(initiative, **values)
    for weeks, level in enumerate(reversed(levels)):
        factories.make_review(source, level, reviewed_on=TODAY - timedelta(weeks=weeks))
    return source


def act(strategy: StrategyType, *sources: ResistanceSource, state: str = "done") -> None:
    done_on = TODAY if state in CARRIED_OUT else None
    factories.make_action(
        sources[0].initiative, strategy=strategy, sources=sources, state=state, done_on=done_on
    )


def test_a_case_computed_by_hand(lead: Person) -> None:
    here, there = factories.make_initiative(lead=lead), factories.make_initiative(state="closed")
    talk, posters, untried = (factories.make_strategy() for _ in range(3))
    fell, rose, same = heard(here, 4, 5, 1), heard(here, 2, 3), heard(there, 3, 1, 3)
    seen_once = heard(here, 4)
    act(talk, fell, rose)  # one action on two
    act(talk, fell, state="effective")  # several on one: still one case
    act(talk, same, state="ineffective")
    act(talk, seen_once)  # one review tells nothing
    act(talk, heard(here, 5, 0), state="in_progress")  # has not ended
    act(talk, heard(here, 5, 0), state="cancelled")
    act(posters, fell)

    found = effects_of_strategies([talk.pk, posters.pk, untried.pk])

    assert found == {
        talk.pk: Effect(cases=3, mean=2 / 3, least=-1, most=3),  # 3, -1 and 0
        posters.pk: Effect(cases=1, mean=3, least=3, most=3),
    }
    assert found[talk.pk].words == (
        "In 3 cases here: 0.7 levels lower on average (from 1 level higher to 3 levels lower)."
    )
    assert found[posters.pk].words == "In 1 case here: 3 levels lower."


REVIEW = st.tuples(st.integers(0, 20), st.integers(0, 5))
ACTION = st.tuples(
    st.integers(0, 1),
    st.sampled_from(MitigationAction.State.values),
    st.sets(st.integers(0, 2), min_size=1),
)


@settings(max_examples=40)
@given(
    reviews=st.lists(st.lists(REVIEW, max_size=4), min_size=3, max_size=3),
    actions=st.lists(ACTION, max_size=5),
)
def test_in_any_order_of_reviews_and_actions(
    reviews: list[list[tuple[int, int]]], actions: list[tuple[int, str, set[int]]]
) -> None:
    with transaction.atomic():
        initiative = factories.make_initiative()
        strategies = [factories.make_strategy() for _ in range(2)]
        sources = [factories.make_source(initiative) for _ in reviews]
        for source, some in zip(sources, reviews, strict=True):
            for days, level in some:
                day = date(2026, 11, 1) - timedelta(days=days)
                factories.make_review(source, level, reviewed_on=day)
        for strategy, state, chosen in actions:
            act(strategies[strategy], *(sources[each] for each in sorted(chosen)), state=state)

        found = effects_of_strategies([each.pk for each in strategies])

        assert found == {
            strategies[number].pk: effect
            for number in range(2)
            if (effect := by_hand(number, reviews, actions)) is not None
        }
        transaction.set_rollback(True)


def by_hand(
    strategy: int,
    reviews: list[list[tuple[int, int]]],
    actions: list[tuple[int, str, set[int]]],
) -> Effect | None:
    """The same from the lists that were drawn: another way to the figures."""
    answered: set[int] = set()
    for its, state, chosen in actions:
        if its == strategy and state in CARRIED_OUT:
            answered |= chosen
    eased = []
    for number in answered:
        # the more days ago, the earlier; of one day, as they were written
        dated = sorted(reviews[number], key=lambda review: -review[0])
        if len(dated) > 1:
            eased.append(dated[0][1] - dated[-1][1])
    if not eased:
        return None
    mean = sum(eased) / len(eased)
    return Effect(cases=len(eased), mean=mean, least=min(eased), most=max(eased))


def test_it_stands_beside_the_suggestion_and_in_the_api(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead)
    kind = factories.make_source_type()
    for label in ("Town hall", "Posters"):
        strategy = factories.make_strategy(label=label)
        kind.recommendations.create(strategy=strategy, basis="stated")
    entry = heard(initiative, 3, 2, type=kind)
    act(kind.recommendations.earliest("pk").strategy, heard(factories.make_initiative(), 4, 2))

    page = words(sign_in.page(lead).get(f"/change/i/{initiative.slug}/resistance/{entry.pk}/"))
    api = sign_in.api(lead).get(f"/change/api/v1/resistance/{entry.pk}/suggestions/").json()

    assert "Town hall In 1 case here: 2 levels lower." in page
    assert "Posters Not tried here yet, or not reviewed since." in page
    assert [each["effect"] for each in api] == [
        {"cases": 1, "mean": 2.0, "least": 2, "most": 2},
        None,
    ]


@pytest.mark.parametrize(
    ("state", "level", "is_asked"),
    [
        ("resolved", 2, True),
        ("monitoring", 2, True),
        ("resolved", 1, False),
        ("mitigating", 5, False),
    ],
)
def test_a_review_above_the_target_asks_to_take_it_up_again(
    state: str, level: int, is_asked: bool, lead: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead)
    entry = heard(initiative, 1, level, state=state, target_level=1)
    client, url = sign_in.page(lead), f"/change/i/{initiative.slug}/resistance/{entry.pk}/"

    assert ("is above the target of 1. Take it up again?" in words(client.get(url))) is is_asked

    client.post(f"{url}move/", {"to": "assessed"})
    entry.refresh_from_db()
    assert (entry.state == "assessed") is is_asked
