"""A copy begins with what another initiative said, and with nothing that happened in it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative, Measurement
from change_tracker.initiatives.services import copy_initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

COPY = "/change/i/door/setup/copy/"


def test_words_goals_groups_and_sponsors_go_along_and_nothing_else(
    door: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    gone = factories.make_person("Gone", ends_on=date(2026, 11, 1))
    for person, role in ((gone, "sponsor"), (gone, "coach")):
        factories.make_role(door, person, role)
    door.affected_groups.update(message="You answer every call.", from_on=date(2026, 12, 7))
    door.objectives.update(target=75, due_on=date(2027, 3, 1))
    source = factories.make_source(door)
    factories.make_action(door, sources=[source])
    factories.make_milestone(door)
    readings = Measurement.objects.count()

    response = sign_in.page(lead).post(COPY, {"title": "Second Front Door"}, follow=True)

    assert "“Second Front Door” is made. Only those whom it names see it yet." in words(response)
    copy = Initiative.objects.get(title="Second Front Door")
    assert (copy.state, copy.purpose, copy.go_live_on) == ("draft", door.purpose, None)
    members = set(copy.members.values_list("person__display_name", "role"))
    assert members == {("Priya Nair", "lead"), ("Tom Reyes", "sponsor")}
    assert list(copy.objectives.values_list("title", "target", "due_on")) == [
        ("Calls solved at once", Decimal(75), None)
    ]
    groups = copy.affected_groups.values_list("audience__name", "message", "from_on")
    assert list(groups) == [("Call takers", "You answer every call.", None)]
    assert not copy.milestones.exists()
    assert not copy.resistancesources.exists()
    assert not copy.mitigationactions.exists()
    assert Measurement.objects.count() == readings


def test_it_takes_as_many_statements_for_many_rows_as_for_one(
    door: Initiative, lead: Person
) -> None:
    assert lead.user is not None
    by: dict[str, Any] = {"actor": lead.user, "now": NOW}

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            copy_initiative(door, title="Another", **by)
        return len(captured)

    few = statements()
    for person in (factories.make_person() for _ in range(5)):
        factories.make_objective(door)
        factories.make_group(door, factories.make_audience())
        factories.make_role(door, person, "sponsor")

    assert statements() == few


def test_only_who_leads_it_and_may_open_one_copies(
    door: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    other = factories.make_person("Ben", login=factories.make_user("ben"))
    factories.make_role(door, other, "lead")

    for person in (sponsor, other):
        assert sign_in.page(person).post(COPY, {"title": "Mine"}).status_code == 403
    assert "Copy it" not in words(sign_in.page(other).get("/change/i/door/setup/"))
    assert Initiative.objects.count() == 1
