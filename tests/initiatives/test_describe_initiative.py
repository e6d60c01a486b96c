"""Objectives and affected groups: what is to be reached, whom it touches, who reads how."""

import pytest

from change_tracker.initiatives.models import AffectedGroup, Initiative
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
OBJECTIVES = "/change/api/v1/objectives/"
GROUPS = "/change/api/v1/affected-groups/"


@pytest.fixture
def group(employee: Person, lead: Person) -> Audience:
    return factories.make_audience(employee, name="Repairs", created_by=lead.user)


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor)


def test_the_lead_says_what_is_to_be_reached(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    body = {
        "initiative": initiative.pk,
        "title": "Solved at once",
        "unit": "%",
        "baseline": "61",
        "target": "80.5",
        "direction": "up",
        "due_on": "2027-03-31",
    }

    response = sign_in.api(lead).post(OBJECTIVES, body)

    assert response.status_code == 201
    assert response.json()["target"] == "80.50"


def test_the_lead_says_whom_it_touches_and_how(
    initiative: Initiative, lead: Person, group: Audience, sign_in: SignIn
) -> None:
    body = {"initiative": initiative.pk, "audience": group.pk, "impact": 4, "support": -1}
    api = sign_in.api(lead)

    response = api.post(GROUPS, body)
    assert response.status_code == 201
    assert response.json()["audience_name"] == "Repairs"

    again = api.post(GROUPS, body)
    assert (again.status_code, again.json()["code"]) == (409, "already_there")
    changed = api.patch(f"{GROUPS}{response.json()['id']}/", {"influence": 5})
    assert (changed.status_code, changed.json()["influence"]) == (200, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"impact": 6},
        {"influence": 0},
        {"support": 3},
        {"from_on": "2026-12-02", "to_on": "2026-12-01"},
    ],
)
def test_wrong_values_are_named(
    wrong: dict[str, object], initiative: Initiative, lead: Person, group: Audience, sign_in: SignIn
) -> None:
    body = {"initiative": initiative.pk, "audience": group.pk}
    api = sign_in.api(lead)

    assert api.post(GROUPS, body | wrong).status_code == 400
    row = factories.make_group(initiative, group)
    assert api.patch(f"{GROUPS}{row.pk}/", wrong).status_code == 400


def test_those_who_are_touched_do_not_read_how_they_are_judged(
    initiative: Initiative,
    group: Audience,
    lead: Person,
    sponsor: Person,
    employee: Person,
    manager: Person,
    hr: Person,
    sign_in: SignIn,
) -> None:
    row = factories.make_group(initiative, group, influence=2, support=-2, message="Less typing.")

    for reader in (lead, sponsor, hr):
        shown = sign_in.api(reader).get(f"{GROUPS}{row.pk}/").json()
        assert (shown["influence"], shown["support"]) == (2, -2)
    for reader in (employee, manager):
        for shown in (
            sign_in.api(reader).get(f"{GROUPS}{row.pk}/").json(),
            sign_in.api(reader).get(GROUPS).json()["results"][0],
        ):
            assert shown["message"] == "Less typing."
            assert not {"influence", "support"} & shown.keys()


def test_a_part_stays_in_its_initiative(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_initiative(lead=lead)
    objective = factories.make_objective(initiative)

    response = sign_in.api(lead).patch(f"{OBJECTIVES}{objective.pk}/", {"initiative": other.pk})

    assert response.status_code == 400
    assert "initiative" in response.json()["errors"]


def test_a_part_is_added_only_by_the_lead_of_that_initiative(
    initiative: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    foreign = factories.make_initiative(lead=outsider)
    factories.make_role(foreign, lead, "viewer")
    api = sign_in.api(lead)

    seen = api.post(OBJECTIVES, {"initiative": foreign.pk, "title": "Mine"})
    unseen = api.post(OBJECTIVES, {"initiative": factories.make_initiative().pk, "title": "Mine"})

    assert (seen.status_code, unseen.status_code) == (403, 400)


def test_parts_are_deleted_only_from_a_draft(
    initiative: Initiative, lead: Person, group: Audience, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")
    api = sign_in.api(lead)

    for home, code in ((draft, 204), (initiative, 409)):
        objective = factories.make_objective(home)
        row = factories.make_group(home, group)
        assert api.delete(f"{OBJECTIVES}{objective.pk}/").status_code == code
        assert api.delete(f"{GROUPS}{row.pk}/").status_code == code
    assert AffectedGroup.objects.get().initiative == initiative


def test_another_audience_of_a_group_is_a_matter_of_the_draft_and_never_a_second_time(
    initiative: Initiative, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(lead=lead, state="draft")
    first, second = (factories.make_audience(employee) for _ in range(2))
    factories.make_group(draft, first)
    group = factories.make_group(draft, second)
    published = factories.make_group(initiative, second)
    api = sign_in.api(lead)

    twice = api.patch(f"{GROUPS}{group.pk}/", {"audience": first.pk})
    kept = api.patch(f"{GROUPS}{published.pk}/", {"audience": first.pk})

    assert (twice.status_code, twice.json()["code"]) == (409, "already_there")
    assert (kept.status_code, kept.json()["code"]) == (409, "published")
    factories.make_group(initiative, third := factories.make_audience(employee))
    assert api.patch(f"{GROUPS}{group.pk}/", {"audience": third.pk}).status_code == 200


@pytest.mark.parametrize(
    ("start", "target", "way", "better"),
    [(10, 3, "up", "so lower is better"), (54, 75, "down", "so higher is better")],
)
def test_a_target_on_the_wrong_side_of_the_start_is_no_goal(
    start: int,
    target: int,
    way: str,
    better: str,
    initiative: Initiative,
    lead: Person,
    sign_in: SignIn,
) -> None:
    api, goal = sign_in.api(lead), initiative.objectives.get()
    values = {"baseline": start, "target": target, "direction": way}

    added = api.post(OBJECTIVES, {"initiative": initiative.pk, "title": "Waiting"} | values)
    changed = api.patch(f"{OBJECTIVES}{goal.pk}/", values)
    typed = sign_in.page(lead).post(
        f"/change/i/{initiative.slug}/setup/objectives/new/", {"title": "Waiting"} | values
    )

    assert (added.status_code, changed.status_code, typed.status_code) == (400, 400, 400)
    assert better in added.json()["errors"]["direction"][0]
    assert better in typed.content.decode()
    assert initiative.objectives.count() == 1
