"""GET initiatives/{id}/progress/: who may read figures, and how they are asked for."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(lead: Person, sponsor: Person, employee: Person) -> Initiative:
    group = factories.make_audience(employee)
    initiative = factories.make_initiative(lead=lead, sponsor=sponsor, group=group)
    plan = factories.make_plan(initiative, items=2)
    factories.make_enrolment(plan, employee, due_on=date(2026, 11, 10))
    return initiative


def url(initiative: Initiative) -> str:
    return f"/change/api/v1/initiatives/{initiative.pk}/progress/"


def get(client: APIClient, initiative: Initiative, **query: str) -> Any:
    return client.get(url(initiative), {"on": "2026-11-18"} | query)


def test_the_whole_and_a_row_for_each_plan(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    body = get(sign_in.api(lead), initiative, by="plan").json()

    figures = {
        "enrolled": 1,
        "due": 2,
        "completed": 0,
        "on_time": 0,
        "late": 0,
        "overdue": 2,
        "completion_rate": 0.0,
    }
    plan = initiative.trainingplans.get()
    assert body == {
        "initiative": initiative.pk,
        "on": "2026-11-18",
        "by": "plan",
        **figures,
        "rows": [{"id": plan.pk, "name": plan.title, **figures}],
    }


def test_a_row_for_each_unit(
    initiative: Initiative, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    (row,) = get(sign_in.api(lead), initiative, by="unit").json()["rows"]

    assert employee.unit is not None
    assert (row["id"], row["name"], row["enrolled"]) == (employee.unit.pk, "Repairs", 1)


def test_without_a_date_it_is_today(
    initiative: Initiative, lead: Person, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to("2026-11-09 12:00+00:00")

    body = sign_in.api(lead).get(url(initiative)).json()

    assert (body["on"], body["enrolled"], body["due"]) == ("2026-11-09", 1, 0)
    assert body["completion_rate"] is None


@pytest.mark.parametrize("query", [{"on": "yesterday"}, {"on": "2026-02-30"}, {"by": "person"}])
def test_a_question_that_makes_no_sense_is_a_400(
    initiative: Initiative, lead: Person, sign_in: SignIn, query: dict[str, str]
) -> None:
    response = get(sign_in.api(lead), initiative, **query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role", ["lead", "sponsor", "change_agent", "coach", "viewer"])
def test_whoever_has_a_role_reads_figures(
    initiative: Initiative, outsider: Person, sign_in: SignIn, role: str
) -> None:
    factories.make_role(initiative, outsider, role)

    assert get(sign_in.api(outsider), initiative).status_code == 200


def test_hr_and_site_admins_read_figures(
    initiative: Initiative, hr: Person, sign_in: SignIn
) -> None:
    admin = factories.make_person(login=factories.make_user("root", is_superuser=True))

    assert get(sign_in.api(hr), initiative).status_code == 200
    assert get(sign_in.api(admin), initiative).status_code == 200


def test_employees_managers_and_strangers_do_not(
    initiative: Initiative,
    employee: Person,
    manager: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    other_lead = factories.make_person(login=True)
    factories.make_initiative(lead=other_lead)

    for person in (employee, manager, outsider, other_lead):
        assert get(sign_in.api(person), initiative).status_code == 404
    assert get(APIClient(), initiative).status_code == 401


def test_a_viewer_sees_nothing_of_a_draft(outsider: Person, sign_in: SignIn) -> None:
    draft = factories.make_initiative(state="draft")
    factories.make_role(draft, outsider, "viewer")

    assert get(sign_in.api(outsider), draft).status_code == 404


def test_the_number_of_queries_does_not_grow(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    get(api, initiative)  # the caller's permissions are read once
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            get(api, initiative, by="unit")
        counted.append(len(queries))
        for _number in range(10):
            person = factories.make_person(unit=factories.make_unit())
            factories.make_enrolment(factories.make_plan(initiative), person)

    assert counted[0] == counted[1] <= 7
