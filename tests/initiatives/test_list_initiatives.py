"""Who finds which initiatives, by what, and at which cost."""

from datetime import date
from typing import Any

import pytest

from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.costs import cost

pytestmark = pytest.mark.django_db
API = "/change/api/v1/"


def titles(person: Person, sign_in: SignIn, **query: Any) -> set[str]:
    rows = sign_in.api(person).get(f"{API}initiatives/", query).json()["results"]
    return {row["title"] for row in rows}


def test_everyone_finds_what_concerns_them(
    lead: Person,
    employee: Person,
    manager: Person,
    outsider: Person,
    hr: Person,
    sign_in: SignIn,
) -> None:
    group = factories.make_audience(employee)
    viewer = factories.make_person("Vera", login=True)
    for title, state, audience in (
        ("Touching", "active", group),
        ("Draft", "draft", group),
        ("Elsewhere", "active", None),
    ):
        row = factories.make_initiative(title=title, state=state, group=audience, lead=lead)
        factories.make_role(row, viewer, "viewer")

    everything = {"Touching", "Draft", "Elsewhere"}
    assert titles(employee, sign_in) == {"Touching"}
    assert titles(manager, sign_in) == {"Touching", "Elsewhere"}
    assert titles(viewer, sign_in) == {"Touching", "Elsewhere"}
    assert titles(lead, sign_in) == everything
    assert titles(hr, sign_in) == everything
    assert titles(outsider, sign_in) == set()


def test_somebody_who_left_the_group_no_longer_finds_it(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(employee)
    factories.make_initiative(title="Touching", group=group, lead=lead)
    group.members.update(left_on=date(2026, 11, 1), is_open=None)

    assert titles(employee, sign_in) == set()


def test_lists_are_filtered(lead: Person, sign_in: SignIn) -> None:
    factories.make_initiative(title="Early", lead=lead, go_live_on=date(2026, 12, 1))
    factories.make_initiative(
        title="Late", lead=lead, go_live_on=date(2027, 1, 1), state="draft", slug="late"
    )

    assert titles(lead, sign_in, state="draft") == {"Late"}
    assert titles(lead, sign_in, slug="late") == {"Late"}
    assert titles(lead, sign_in, go_live_from="2026-12-02") == {"Late"}
    assert titles(lead, sign_in, go_live_to="2026-12-01") == {"Early"}


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "path", ["initiatives/", "initiative-members/", "objectives/", "affected-groups/"]
)
def test_a_list_costs_the_same_for_one_ten_and_a_hundred_rows(
    path: str, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    costs = []
    for more in (1, 9, 90):
        for _ in range(more):
            factories.make_initiative(lead=lead, sponsor=sponsor, group=factories.make_audience())
        costs.append(cost(api, f"{API}{path}", {"page_size": 200}))

    assert costs[0] == costs[1] == costs[2] <= 3
