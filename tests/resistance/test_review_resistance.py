"""Reviewing a resistance: dated, signed, never in the future and never changed."""

from datetime import date
from typing import Any

import pytest
import time_machine

from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.resistance.services.register import FutureReviewError, review_resistance
from tests import factories
from tests.conftest import SignIn
from tests.costs import cost
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/resistance/"


def url(source: ResistanceSource) -> str:
    return f"{URL}{source.pk}/reviews/"


def test_the_reviewer_is_the_caller(
    source: ResistanceSource, agent: Person, sign_in: SignIn
) -> None:
    with time_machine.travel(NOW, tick=False):
        response = sign_in.api(agent).post(
            url(source), {"level": 4, "reviewed_on": "2026-11-17", "note": "Old form again."}
        )

    assert response.status_code == 201
    review = ResistanceReview.objects.get()
    assert (review.reviewer, review.level, review.reviewed_on) == (agent, 4, date(2026, 11, 17))


def test_the_register_shows_the_first_and_the_latest_level(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 2, reviewed_on=date(2026, 11, 10))
    factories.make_review(source, 4, reviewed_on=date(2026, 10, 1))
    factories.make_review(source, 1, reviewed_on=date(2026, 11, 10))

    shown = sign_in.api(lead).get(f"{URL}{source.pk}/").json()

    assert (shown["first_level"], shown["latest_level"]) == (4, 1)
    reviews = sign_in.api(lead).get(url(source)).json()["results"]
    assert [each["level"] for each in reviews] == [1, 4, 2]


def test_nobody_has_observed_tomorrow(source: ResistanceSource, lead: Person) -> None:
    by: dict[str, Any] = {"level": 3, "actor": lead.user, "now": NOW}

    with pytest.raises(FutureReviewError):
        review_resistance(source, reviewed_on=date(2026, 11, 19), **by)
    review_resistance(source, reviewed_on=TODAY, **by)

    assert ResistanceReview.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"level": 6}, {"level": -1}, {"level": None}, {"reviewed_on": "yesterday"}]
)
def test_wrong_values_are_named(
    wrong: dict[str, Any], source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    body = {"level": 3, "reviewed_on": "2026-11-01"}

    response = sign_in.api(lead).post(url(source), body | wrong)

    assert response.status_code == 400
    assert response.json()["errors"].keys() == wrong.keys()


def test_a_sponsor_reads_reviews_and_writes_none(
    source: ResistanceSource, sponsor: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 2)
    api = sign_in.api(sponsor)

    assert len(api.get(url(source)).json()["results"]) == 1
    body = {"level": 1, "reviewed_on": "2026-11-01"}
    assert api.post(url(source), body).status_code == 403
    assert ResistanceReview.objects.count() == 1


def test_a_review_is_never_changed_or_deleted(source: ResistanceSource) -> None:
    review = factories.make_review(source, 3)

    for attempt in (
        review.save,
        review.delete,
        ResistanceReview.objects.all().delete,
        lambda: ResistanceReview.objects.update(level=1),
    ):
        with pytest.raises(TypeError, match="append-only"):
            attempt()

    review.refresh_from_db()
    assert review.level == 3


@pytest.mark.exhaustive
def test_lists_cost_the_same_for_one_ten_and_a_hundred_rows(
    source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    register, reviews = [], []
    for more in (1, 9, 90):
        for _ in range(more):
            factories.make_review(source, 3, reviewer=lead)
            row = factories.make_source(
                source.initiative, owner=lead, audiences=[factories.make_audience()]
            )
            factories.make_review(row, 2)
        register.append(cost(api, URL, {"page_size": 200}))
        reviews.append(cost(api, url(source), {"page_size": 200}))

    assert register[0] == register[1] == register[2] <= 3
    assert reviews[0] == reviews[1] == reviews[2] <= 5
