"""The list of initiatives whose figures the caller may read, and the tab that leads to it."""

from datetime import date

import pytest

from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import INITIATIVES, MY_TRAINING, overview_url, queries, title, words

pytestmark = pytest.mark.django_db


def test_each_line_leads_to_the_overview_of_an_initiative(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    factories.make_initiative(title="Somebody else's")

    response = sign_in.page(lead).get(INITIATIVES)

    assert f'href="{overview_url(initiative.slug)}"' in response.content.decode()
    assert "One Front Door Active Mon 7 Dec" in words(response)
    assert "Somebody else" not in words(response)
    assert title(response).startswith("Initiatives")


def test_another_year_is_said(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(lead=lead, go_live_on=date(2027, 1, 4))

    assert "Mon 4 Jan 2027" in words(sign_in.page(lead).get(INITIATIVES))


def test_without_a_part_in_any_the_page_says_what_belongs_here(
    employee: Person, sign_in: SignIn
) -> None:
    assert "You have none at the moment." in words(sign_in.page(employee).get(INITIATIVES))


def test_the_tab_is_for_those_who_may_read_figures(
    employee: Person, lead: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=lead, group=factories.make_audience(employee))
    link = f'href="{INITIATIVES}"'

    assert link in sign_in.page(lead).get(MY_TRAINING).content.decode()
    assert link not in sign_in.page(employee).get(MY_TRAINING).content.decode()


def test_long_lists_have_pages(lead: Person, sign_in: SignIn) -> None:
    for number in range(51):
        factories.make_initiative(title=f"Change {number:02}", lead=lead)
    client = sign_in.page(lead)

    first, second = words(client.get(INITIATIVES)), words(client.get(INITIATIVES, {"page": 2}))

    assert "1 to 50 of 51" in first
    assert "Change 00" not in first
    assert "Change 00" in second
    assert "51 to 51 of 51" in second


@pytest.mark.parametrize("count", [1, 10, 100])
def test_its_cost_does_not_grow_with_the_list(count: int, lead: Person, sign_in: SignIn) -> None:
    for _ in range(count):
        factories.make_initiative(lead=lead)

    cost = queries(sign_in.page(lead), INITIATIVES)

    assert len(cost) == 2, cost
