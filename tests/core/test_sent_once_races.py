"""Two taps that arrive at once: the second waits, and is led to where the first one was."""

from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.voice.models import FeedbackItem
from tests import factories
from tests.conftest import SignIn
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

SAY = "/change/i/front-door/say/"


def test_two_taps_at_once_are_one(lead: Person, employee: Person, sign_in: SignIn) -> None:
    factories.make_initiative(slug="front-door", lead=lead, group=factories.make_audience(employee))
    fingers = [sign_in.page(employee) for _ in range(3)]
    for number in range(ROUNDS):
        form = {"csrfmiddlewaretoken": f"{number}", "kind": "concern", "text": f"Noise {number}"}

        answers: list[Any] = at_once(
            *(lambda one=one: one.post(SAY, form) for one in fingers)  # noqa: B023  # sent now
        )

        item = FeedbackItem.objects.get(text=f"Noise {number}")
        assert [each["Location"] for each in answers] == 3 * [f"/change/say/{item.pk}/"]
