"""Reading the catalogue, and editing it as site staff."""

from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.resistance.models import SourceCategory, SourceType, StrategyType, Technique
from tests import factories
from tests.conftest import SignIn
from tests.costs import cost

pytestmark = pytest.mark.django_db
API = "/change/api/v1/"
LISTS = ["source-categories/", "source-types/", "strategies/", "techniques/"]


@pytest.fixture
def admin(db: None) -> Person:
    return factories.make_person("Ada", login=factories.make_user("ada", is_superuser=True))


@pytest.fixture
def silos(db: None) -> SourceType:
    row = factories.make_source_type(slug="silos", label="Silos")
    row.recommendations.create(strategy=factories.make_strategy(), basis="stated")
    Technique.objects.create(slug="network", label="Network", kind="learning")
    return row


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("who", "rows"),
    [("employee", 0), ("outsider", 0), ("manager", 1), ("lead", 1), ("sponsor", 1), ("hr", 1)],
)
def test_the_catalogue_is_for_those_who_work_with_it(
    path: str,
    who: str,
    rows: int,
    silos: SourceType,
    initiative: Initiative,
    employee: Person,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
) -> None:
    reader = request.getfixturevalue(who)

    assert len(sign_in.api(reader).get(f"{API}{path}").json()["results"]) == rows


def test_a_kind_of_resistance_shows_signs_and_answers(
    silos: SourceType, admin: Person, sign_in: SignIn
) -> None:
    shown = sign_in.api(admin).get(f"{API}source-types/{silos.pk}/").json()

    strategy = silos.recommendations.get().strategy_id
    assert shown["recommendations"] == [{"strategy": strategy, "basis": "stated"}]
    assert (shown["slug"], shown["pack"], shown["provenance"]) == ("silos", None, [])


def test_only_site_staff_edit_it(
    silos: SourceType, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    body = {"slug": "new", "label": "New", "kind": "topic"}

    assert api.patch(f"{API}source-types/{silos.pk}/", {"label": "x"}).status_code == 403
    assert api.delete(f"{API}source-types/{silos.pk}/").status_code == 403
    assert api.post(f"{API}techniques/", body).status_code == 403


def test_site_staff_add_and_change_entries(
    silos: SourceType, admin: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(admin)
    strategy = StrategyType.objects.get()
    other = factories.make_strategy()
    body: dict[str, Any] = {
        "slug": "rumours",
        "label": "Rumours",
        "category": silos.category_id,
        "readiness_stage": "awareness",
        "recommendations": [{"strategy": strategy.pk, "basis": "proposed"}],
    }

    created = api.post(f"{API}source-types/", body)
    assert created.status_code == 201
    url = f"{API}source-types/{created.json()['id']}/"
    changed = api.patch(url, {"recommendations": [{"strategy": other.pk, "basis": "proposed"}]})
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    both = api.patch(url, {"label": "Rumour", "recommendations": body["recommendations"]})
    assert both["ETag"] == '"3"'
    same = api.patch(url, {"recommendations": body["recommendations"]})
    assert same["ETag"] == '"3"'

    row = SourceType.objects.get(slug="rumours")
    assert [each.strategy for each in row.recommendations.all()] == [strategy]


def test_a_stale_edit_of_the_answers_changes_nothing(
    silos: SourceType, admin: Person, sign_in: SignIn
) -> None:
    other = factories.make_strategy()
    body = {"recommendations": [{"strategy": other.pk, "basis": "proposed"}]}

    response = sign_in.api(admin).patch(
        f"{API}source-types/{silos.pk}/", body, headers={"If-Match": '"7"'}
    )

    assert response.status_code == 412
    assert silos.recommendations.get().strategy != other


def test_a_kind_of_resistance_keeps_an_answer(
    silos: SourceType, admin: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(admin)

    empty = api.patch(f"{API}source-types/{silos.pk}/", {"recommendations": []})
    half = api.patch(f"{API}source-types/{silos.pk}/", {"recommendations": [{"basis": "stated"}]})
    assert (empty.status_code, half.status_code) == (400, 400)
    strategy = silos.recommendations.get().strategy_id
    response = api.delete(f"{API}strategies/{strategy}/")
    assert (response.status_code, response.json()["code"]) == (409, "in_use")


def test_the_slug_by_which_packs_know_an_entry_stays(
    silos: SourceType, admin: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(admin)

    assert api.patch(f"{API}source-types/{silos.pk}/", {"slug": "x"}).status_code == 400
    assert api.patch(f"{API}source-types/{silos.pk}/", {"slug": "silos"}).status_code == 200


def test_what_nothing_refers_to_is_deleted(admin: Person, sign_in: SignIn) -> None:
    row = Technique.objects.create(slug="network", label="Network", kind="learning")
    used = factories.make_source_type()
    api = sign_in.api(admin)

    assert api.delete(f"{API}techniques/{row.pk}/").status_code == 204
    assert api.delete(f"{API}source-categories/{used.category_id}/").status_code == 409


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_ten_and_a_hundred_rows(
    path: str, admin: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(admin)
    strategy = factories.make_strategy()
    costs = []
    for more in (1, 9, 90):
        for number in range(more):
            row = factories.make_source_type()
            row.recommendations.create(strategy=strategy, basis="stated")
            factories.make_strategy()
            Technique.objects.create(slug=f"t-{more}-{number}", label="T", kind="topic")
        costs.append(cost(api, f"{API}{path}", {"page_size": 200}))

    assert SourceCategory.objects.count() == 100
    assert costs[0] == costs[1] == costs[2] <= 2
