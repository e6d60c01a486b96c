"""The navigation between our pages: what there is for whom, at the price of one query."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.pages import navigation_of
from change_tracker.people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


def names(person: Person, current: str = "") -> list[str]:
    assert person.user is not None
    tabs, _said = navigation_of(person.user, current, {})
    return [tab.name for tab in tabs]


def test_each_sees_the_tabs_that_lead_somewhere(
    lead: Person, manager: Person, employee: Person, hr: Person
) -> None:
    factories.make_initiative(lead=lead)

    touched = factories.make_person("Joe Bell", login=True)
    factories.make_initiative(group=factories.make_audience(touched))

    assert names(employee) == ["my-training"]
    assert names(touched) == ["my-training", "say"]
    assert names(manager) == ["my-training", "team"]
    assert names(lead) == ["my-training", "initiatives", "say"]
    assert names(hr) == ["my-training", "initiatives", "people"]


def test_the_current_tab_is_shown_in_any_case(employee: Person) -> None:
    assert names(employee, "team") == ["my-training", "team"]


def test_a_login_of_nobody_sees_what_everybody_sees() -> None:
    tabs, _said = navigation_of(factories.make_user("stranger"), "", {})

    assert [tab.name for tab in tabs] == ["my-training"]


def test_all_of_them_cost_one_query(manager: Person, employee: Person) -> None:
    names(manager)
    with CaptureQueriesContext(connection) as captured:
        names(manager)

    ours = [each for each in captured.captured_queries if "change_tracker" in each["sql"]]
    assert len([each for each in ours if "tab_" in each["sql"]]) == len(ours) == 1
