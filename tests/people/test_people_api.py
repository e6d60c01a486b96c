"""People and units over the API: who reads what, and what a change does."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from change_tracker.people.models import AudienceMember, OrgUnit, Person, ReportingLine
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db
PEOPLE = "/change/api/v1/people/"
UNITS = "/change/api/v1/units/"


def ids(response: Any) -> set[int]:
    assert response.status_code == 200, response.content
    return {row["id"] for row in response.json()["results"]}


def keys(response: Any) -> set[str]:
    return set(response.json())


@pytest.fixture
def led(lead: Person, employee: Person) -> Person:
    """The employee, in a group that the lead's initiative touches."""
    factories.make_initiative(lead=lead, group=factories.make_audience(employee))
    return employee


def test_one_reads_oneself_and_ones_team_in_full(
    manager: Person, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    assert ids(sign_in.api(employee).get(PEOPLE)) == {employee.pk}
    assert ids(sign_in.api(manager).get(PEOPLE)) == {manager.pk, employee.pk}
    assert ids(sign_in.api(outsider).get(PEOPLE)) == {outsider.pk}
    assert "email" in keys(sign_in.api(manager).get(f"{PEOPLE}{employee.pk}/"))
    assert sign_in.api(outsider).get(f"{PEOPLE}{employee.pk}/").status_code == 404


def test_whoever_only_works_with_people_reads_their_names(
    lead: Person, led: Person, sign_in: SignIn
) -> None:
    rows = {row["id"]: row for row in sign_in.api(lead).get(PEOPLE).json()["results"]}

    assert rows[led.pk] == {"id": led.pk, "display_name": "Amira Hassan"}
    assert rows[lead.pk]["email"] == lead.email
    assert keys(sign_in.api(lead).get(f"{PEOPLE}{led.pk}/")) == {"id", "display_name"}


@pytest.mark.parametrize(
    "query",
    [
        {"email": "{person.email}"},
        {"external_id": "{person.external_id}"},
        {"job_title": "Planner"},
        {"unit": "{person.unit_id}"},
        {"manager": "{person.manager_id}"},
        {"active_on": "2026-11-18"},
    ],
)
def test_a_filter_does_not_give_away_what_the_row_does_not_show(
    lead: Person, led: Person, hr: Person, query: dict[str, str], sign_in: SignIn
) -> None:
    Person.objects.filter(pk=led.pk).update(job_title="Planner")
    asked = {name: value.format(person=led) for name, value in query.items()}

    assert led.pk not in ids(sign_in.api(lead).get(PEOPLE, asked))
    assert led.pk in ids(sign_in.api(hr).get(PEOPLE, asked))
    assert ids(sign_in.api(lead).get(PEOPLE, {"name": "amira"})) == {led.pk}


def test_only_hr_and_site_admins_change_people(
    lead: Person, led: Person, manager: Person, hr: Person, sign_in: SignIn
) -> None:
    url = f"{PEOPLE}{led.pk}/"
    body = {"job_title": "Planner"}

    for somebody in (lead, led, manager):
        assert sign_in.api(somebody).patch(url, body, format="json").status_code == 403
        assert sign_in.api(somebody).post(PEOPLE, body, format="json").status_code in {400, 403}
    answer = sign_in.api(hr).patch(url, body, format="json")

    assert (answer.status_code, answer.json()["job_title"]) == (200, "Planner")
    assert answer["ETag"] == '"2"'
    stale = sign_in.api(hr).patch(url, {"job_title": "X"}, format="json", HTTP_IF_MATCH='"1"')
    assert stale.status_code == 412


def test_hr_adds_a_person_who_joins_the_lines_and_the_audiences(
    hr: Person, manager: Person, employee: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(unit=employee.unit)
    body = {
        "external_id": "new",
        "display_name": "Bo Lind",
        "unit": employee.unit_id,
        "manager": manager.pk,
        "timezone": "europe/berlin",
        "language": "de_DE",
    }

    answer = sign_in.api(hr).post(PEOPLE, body, format="json")

    assert answer.status_code == 201, answer.content
    bo = Person.objects.get(external_id="new")
    assert (bo.timezone, bo.language) == ("Europe/Berlin", "de-de")
    assert ReportingLine.objects.get(person=bo).manager == manager
    assert audience.members.filter(person=bo, is_open=True).exists()


def test_a_new_manager_moves_the_whole_team(
    hr: Person, manager: Person, employee: Person, sign_in: SignIn
) -> None:
    body = {"manager": hr.pk}

    assert sign_in.api(hr).patch(f"{PEOPLE}{manager.pk}/", body, format="json").status_code == 200

    assert set(ReportingLine.objects.values_list("person", "manager", "depth")) == {
        (manager.pk, hr.pk, 1),
        (employee.pk, manager.pk, 1),
        (employee.pk, hr.pk, 2),
    }


@pytest.mark.parametrize("who", ["manager", "employee"])
def test_nobody_ends_up_reporting_to_themselves(
    hr: Person, manager: Person, employee: Person, who: str, sign_in: SignIn
) -> None:
    above = {"manager": manager, "employee": employee}[who]

    answer = sign_in.api(hr).patch(f"{PEOPLE}{manager.pk}/", {"manager": above.pk}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "reporting_loop")
    manager.refresh_from_db()
    assert manager.manager is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "ends_on"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"language": "xx"}, "language"),
        ({"external_id": ""}, "external_id"),
        ({"email": "ann at work"}, "email"),
        ({"unit": 999_999}, "unit"),
    ],
)
def test_values_without_meaning_are_named(
    hr: Person, employee: Person, body: dict[str, Any], field: str, sign_in: SignIn
) -> None:
    answer = sign_in.api(hr).patch(f"{PEOPLE}{employee.pk}/", body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_a_last_day_in_the_past_takes_the_person_out(
    hr: Person, employee: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee, unit=employee.unit)
    enrolment = factories.make_enrolment(factories.make_plan(factories.make_initiative()), employee)
    body = {"ends_on": str(timezone.localdate() - timedelta(days=1))}

    assert sign_in.api(hr).patch(f"{PEOPLE}{employee.pk}/", body, format="json").status_code == 200

    assert not audience.members.filter(is_open=True).exists()
    enrolment.refresh_from_db()
    assert enrolment.state == "withdrawn"


def test_units_are_seen_by_those_who_make_audiences_and_by_their_people(
    hr: Person, lead: Person, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    other = factories.make_unit("Estates")
    everything = {employee.unit_id, other.pk}

    assert ids(sign_in.api(hr).get(UNITS)) == everything
    assert ids(sign_in.api(lead).get(UNITS)) == everything
    assert ids(sign_in.api(employee).get(UNITS)) == {employee.unit_id}
    assert ids(sign_in.api(outsider).get(UNITS)) == set()


def test_a_unit_moves_with_its_subtree_and_audiences_follow(
    hr: Person, employee: Person, sign_in: SignIn
) -> None:
    repairs = employee.unit
    assert repairs is not None
    homes = factories.make_unit("Homes")
    audience = factories.make_audience(unit=homes)
    url = f"{UNITS}{repairs.pk}/"

    answer = sign_in.api(hr).patch(url, {"parent": homes.pk}, format="json")

    assert answer.status_code == 200, answer.content
    assert OrgUnit.objects.get(pk=repairs.pk).path == f"/{homes.pk}/{repairs.pk}/"
    assert audience.members.get().person == employee
    loop = sign_in.api(hr).patch(f"{UNITS}{homes.pk}/", {"parent": repairs.pk}, format="json")
    assert (loop.status_code, loop.json()["code"]) == (409, "unit_loop")


def test_a_new_unit_has_its_place(hr: Person, lead: Person, sign_in: SignIn) -> None:
    homes = factories.make_unit("Homes")
    body = {"external_id": "gas", "name": "Gas", "parent": homes.pk}

    assert sign_in.api(lead).post(UNITS, body, format="json").status_code == 403
    answer = sign_in.api(hr).post(UNITS, body, format="json")

    assert answer.status_code == 201
    unit = OrgUnit.objects.get(external_id="gas")
    assert unit.path == f"/{homes.pk}/{unit.pk}/"


def test_people_are_not_deleted(hr: Person, employee: Person, sign_in: SignIn) -> None:
    assert sign_in.api(hr).delete(f"{PEOPLE}{employee.pk}/").status_code == 405


@pytest.mark.exhaustive
def test_queries_do_not_grow_with_rows(
    hr: Person, lead: Person, manager: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience()
    factories.make_initiative(lead=lead, group=group)

    def queries() -> list[int]:
        found = []
        for who in (hr, lead, manager):
            for url in (PEOPLE, UNITS):
                with CaptureQueriesContext(connection) as captured:
                    assert sign_in.api(who).get(url).status_code == 200
                found.append(len(captured))
        return found

    def grow(count: int) -> None:
        for _ in range(count):
            unit = factories.make_unit()
            person = factories.make_person(unit=unit, manager=manager)
            AudienceMember.objects.create(audience=group, person=person, joined_on=date(2026, 1, 1))

    grow(1)
    queries()  # permissions are read once for each user object
    before = queries()
    grow(30)

    assert queries() == before
