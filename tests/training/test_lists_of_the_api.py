"""Filters of records and enrolments, and the same lists as files."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from rest_framework.test import APIClient

from change_tracker.people.models import OrgUnit, Person
from change_tracker.training import services
from change_tracker.training.models import Enrolment, LearningActivity, TrainingRecord
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

RECORDS, ENROLMENTS = "/change/api/v1/records/", "/change/api/v1/enrolments/"
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def api(lead: Person) -> APIClient:
    client = APIClient()
    client.force_authenticate(lead.user)
    return client


@pytest.fixture
def units() -> dict[str, OrgUnit]:
    """Works, Repairs below it, and Workshop beside it, whose path begins alike in letters only."""
    works = factories.make_unit("Works")
    repairs = factories.make_unit("Repairs", parent=works)
    return {"works": works, "repairs": repairs, "sales": factories.make_unit("Sales")}


@pytest.fixture
def people(lead: Person, units: dict[str, OrgUnit]) -> dict[str, Person]:
    """Ann (Works) is late, Bo (Repairs) is not, Cy (Sales) is of another initiative, and late."""
    found = {
        name: factories.make_person(name, unit=units[unit])
        for name, unit in (("Ann", "works"), ("Bo", "repairs"), ("Cy", "sales"))
    }
    for title, some in (("One", ("Ann", "Bo")), ("Two", ("Cy",))):
        initiative = factories.make_initiative(title=title, slug=title.lower(), lead=lead)
        activity = factories.make_activity(initiative, title=f"Listen {title}")
        plan = factories.make_plan(initiative, title=f"Plan {title}", items=[activity])
        for name in some:
            due = date(2026, 12, 15) if name == "Bo" else date(2026, 11, 2)
            factories.make_enrolment(plan, found[name], due_on=due)
    return found


def found(api: APIClient, address: str, **query: Any) -> set[str]:
    answer = api.get(address, query)
    assert answer.status_code == 200, answer.content
    return {row["person_name"] for row in answer.json()["results"]}


@pytest.mark.parametrize("address", [RECORDS, ENROLMENTS])
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"overdue": "true"}, {"Ann", "Cy"}),
        ({"overdue": "false"}, {"Bo"}),
        ({"due_from": "2026-12-15"}, {"Bo"}),
        ({"due_from": "2026-12-16"}, set()),
        ({"due_to": "2026-11-02"}, {"Ann", "Cy"}),
        ({"due_from": "2026-11-01", "due_to": "2026-12-31"}, {"Ann", "Bo", "Cy"}),
        ({"within_unit": 999_999}, set()),
        ({"initiative": 999_999}, set()),
    ],
)
def test_a_filter_finds_what_it_says(
    address: str, query: dict[str, Any], names: set[str], people: dict[str, Person], api: APIClient
) -> None:
    assert found(api, address, **query) == names


@pytest.mark.parametrize("address", [RECORDS, ENROLMENTS])
def test_a_unit_is_asked_for_alone_or_with_all_below_it(
    address: str, people: dict[str, Person], units: dict[str, OrgUnit], api: APIClient
) -> None:
    assert found(api, address, unit=units["works"].pk) == {"Ann"}
    assert found(api, address, within_unit=units["works"].pk) == {"Ann", "Bo"}
    assert found(api, address, within_unit=units["repairs"].pk) == {"Bo"}


@pytest.mark.parametrize("address", [RECORDS, ENROLMENTS])
def test_an_initiative_and_a_person_narrow_the_list(
    address: str, people: dict[str, Person], api: APIClient
) -> None:
    one = Enrolment.objects.get(person=people["Ann"]).plan.initiative_id

    assert found(api, address, initiative=one) == {"Ann", "Bo"}
    assert found(api, address, initiative=one, person=people["Bo"].pk) == {"Bo"}


@pytest.mark.parametrize("address", ["extensions", "submissions"])
def test_requests_and_hand_ins_are_found_by_unit_and_by_when_their_training_is_due(
    address: str, people: dict[str, Person], units: dict[str, OrgUnit], api: APIClient
) -> None:
    make = {"extensions": factories.make_request, "submissions": factories.make_submission}
    for record in TrainingRecord.objects.all():
        make[address](record)
    url = f"/change/api/v1/{address}/"

    assert found(api, url, unit=units["works"].pk) == {"Ann"}
    assert found(api, url, within_unit=units["works"].pk) == {"Ann", "Bo"}
    assert found(api, url, due_from="2026-12-15") == {"Bo"}
    assert found(api, url, due_to="2026-11-02", within_unit=units["works"].pk) == {"Ann"}


def test_what_was_learnt_elsewhere_is_found_by_unit_and_day(
    people: dict[str, Person], units: dict[str, OrgUnit], hr: Person, api: APIClient
) -> None:
    for name, day in (("Ann", 1), ("Bo", 2), ("Cy", 3)):
        factories.make_learning(people[name], learnt_on=date(2026, 11, day))
    api.force_authenticate(hr.user)
    url = "/change/api/v1/learnt-elsewhere/"

    assert found(api, url, unit=units["repairs"].pk) == {"Bo"}
    assert found(api, url, within_unit=units["works"].pk) == {"Ann", "Bo"}
    assert found(api, url, learnt_from="2026-11-02", learnt_to="2026-11-02") == {"Bo"}


def test_sessions_are_found_between_two_days(people: dict[str, Person], api: APIClient) -> None:
    activity = LearningActivity.objects.get(title="Listen One")
    assert activity.initiative is not None
    for day in (17, 18, 19):
        begin = datetime(2026, 11, day, 8, tzinfo=UTC)
        factories.make_session(
            activity.initiative, activity, starts_at=begin, ends_at=begin + timedelta(hours=1)
        )

    rows = api.get(
        "/change/api/v1/sessions/", {"starts_from": "2026-11-18", "starts_to": "2026-11-18"}
    ).json()["results"]

    assert [row["starts_at"][:10] for row in rows] == ["2026-11-18"]


@pytest.mark.parametrize("address", [RECORDS, ENROLMENTS])
@pytest.mark.parametrize(
    ("name", "value"), [("overdue", "maybe"), ("due_from", "soon"), ("within_unit", "x")]
)
def test_a_value_that_is_none_is_refused_by_name(
    address: str, name: str, value: str, api: APIClient
) -> None:
    for where in (address, f"{address}csv/"):
        answer = api.get(where, {name: value})

        assert answer.status_code == 400
        assert name in str(answer.json())


def test_the_file_holds_the_rows_and_fields_of_the_list(
    people: dict[str, Person], api: APIClient
) -> None:
    listed = api.get(RECORDS, {"overdue": "true"}).json()["results"]

    answer: Any = api.get(f"{RECORDS}csv/", {"overdue": "true"}, headers={"accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))
    assert [row["person_name"] for row in rows] == [row["person_name"] for row in listed]
    assert list(rows[0]) == list(listed[0])
    assert (rows[0]["due_on"], rows[0]["is_extended"]) == ("2026-11-02", "false")
    assert f"records-{TODAY.isoformat()}.csv" in answer["Content-Disposition"]


def test_the_spreadsheet_has_real_dates_and_numbers(
    people: dict[str, Person], api: APIClient
) -> None:
    ann = TrainingRecord.objects.get(person=people["Ann"])
    services.complete_record(record=ann, actor=factories.make_user("x"), **WHEN)
    TrainingRecord.objects.filter(pk=ann.pk).update(score="87.5")

    answer: Any = api.get(f"{RECORDS}xlsx/", {"person": people["Ann"].pk})

    head, line = load_workbook(io.BytesIO(answer.getvalue())).worksheets[0].iter_rows()
    cells = {name.value: cell for name, cell in zip(head, line, strict=True)}
    assert cells["due_on"].is_date
    assert cells["completed_on"].value.date() == TODAY
    assert cells["completed_at"].is_date
    assert cells["score"].value == 87.5
    assert cells["id"].value == ann.pk


def test_groups_of_an_enrolment_stand_in_one_cell(
    people: dict[str, Person], api: APIClient
) -> None:
    enrolment = Enrolment.objects.get(person=people["Bo"])
    for name in ("Crews", "=Drivers"):
        rule = factories.make_rule(enrolment.plan, factories.make_audience(name=name))
        enrolment.reasons.create(plan_audience=rule)

    answer: Any = api.get(f"{ENROLMENTS}csv/", {"person": people["Bo"].pk})

    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline=""))
    assert row["groups"] == "Crews; =Drivers"
    assert row["due_on"] == "2026-12-15"


def test_a_manager_gets_in_the_file_what_the_list_tells_and_no_more(
    people: dict[str, Person], manager: Person, employee: Person, api: APIClient
) -> None:
    plan = Enrolment.objects.filter(person=people["Ann"]).get().plan
    factories.make_enrolment(plan, employee, due_on=date(2026, 11, 2))
    api.force_authenticate(manager.user)

    answer: Any = api.get(f"{RECORDS}csv/")

    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline=""))
    assert (row["person_name"], row["standing"]) == (employee.display_name, "late")
    assert {row[name] for name in ("state", "score", "completed_by", "origin")} == {""}
