"""A spreadsheet that sets another day: people are reminded of it as if a page had set it."""

from datetime import timedelta

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.factories import TODAY
from tests.spreadsheets.conftest import bring_in, workbook

pytestmark = pytest.mark.django_db

LATER = TODAY + timedelta(days=30)


@pytest.mark.parametrize(("day", "revision"), [(LATER, 2), (TODAY, 1)])
def test_people_are_reminded_anew_of_a_day_that_the_file_changes(
    initiative: Initiative, lead: Person, day: object, revision: int
) -> None:
    entry = factories.make_source(initiative, statement="Our jobs go next", review_on=TODAY)
    action = factories.make_action(initiative, sources=[entry], title="Town hall", due_on=TODAY)
    goal = factories.make_objective(initiative, title="Solved at once", due_on=TODAY)

    bring_in(
        initiative,
        workbook(
            Resistance=[
                ["What we hear", "Kind of resistance", "Look again on", "Last time"],
                ["Our jobs go next", str(entry.type), day, "Nobody asked"],
            ],
            Actions=[
                ["Action", "Answers", "Kind of work", "Due on", "Minutes"],
                ["Town hall", "Our jobs go next", action.kind, day, 20],
            ],
            Objectives=[["Goal", "Due on", "Unit"], ["Solved at once", day, "calls"]],
        ),
        lead.user,
    )

    for row in (entry, action, goal):
        row.refresh_from_db()
        assert row.version == 2
    assert (entry.review_on, action.due_on, goal.due_on) == (day, day, day)
    assert (entry.due_revision, action.due_revision) == (revision, revision)
