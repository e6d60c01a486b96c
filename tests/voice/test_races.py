"""Answering while somebody takes it back, and linking while somebody deletes."""

from typing import Any

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.services.register import delete_resistance
from change_tracker.voice.models import FeedbackItem, FeedbackMessage
from change_tracker.voice.services import answer_feedback, link_feedback, withdraw_feedback
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, "now": NOW}


def test_it_is_answered_or_taken_back_and_never_both(
    initiative: Initiative, employee: Person, lead: Person
) -> None:
    for _ in range(ROUNDS):
        item = factories.make_feedback(initiative, employee)

        answered, withdrawn = at_once(
            lambda row=item: answer_feedback(  # type: ignore[misc]  # bound now
                item=row,
                disposition="explained",
                text="The vans come first.",
                **by(lead),
                today=TODAY,
            ),
            lambda row=item: withdraw_feedback(item=row, **by(employee)),  # type: ignore[misc]  # bound now
        )

        assert isinstance(answered, FeedbackItem) != isinstance(withdrawn, FeedbackItem)
        item.refresh_from_db()
        is_answered = isinstance(answered, FeedbackItem)
        assert item.state == ("answered" if is_answered else "withdrawn")
        assert FeedbackMessage.objects.filter(item=item).exists() == is_answered


def test_an_answer_and_a_link_to_the_same_resistance_do_not_wait_for_each_other(
    initiative: Initiative, employee: Person, lead: Person
) -> None:
    source = factories.make_source(initiative)
    for _ in range(ROUNDS):
        item = factories.make_feedback(initiative, employee)

        answered, linked = at_once(
            lambda row=item: answer_feedback(  # type: ignore[misc]  # bound now
                item=row,
                disposition="will_act",
                text="The vans come first.",
                source=source,
                **by(lead),
                today=TODAY,
            ),
            lambda row=item: link_feedback(item=row, source=source, **by(lead)),  # type: ignore[misc]  # bound now
        )

        assert isinstance(answered, FeedbackItem)
        assert isinstance(linked, FeedbackItem | StaleRowError)


def test_a_resistance_is_deleted_or_spoken_of(
    initiative: Initiative, employee: Person, lead: Person
) -> None:
    for _ in range(ROUNDS):
        item = factories.make_feedback(initiative, employee)
        source = factories.make_source(initiative)

        linked, deleted = at_once(
            lambda row=item, to=source: link_feedback(  # type: ignore[misc]  # bound now
                item=row, source=to, **by(lead)
            ),
            lambda row=source: delete_resistance(row, **by(lead)),  # type: ignore[misc]  # bound now
        )

        assert (deleted is None) == isinstance(linked, Exception)
