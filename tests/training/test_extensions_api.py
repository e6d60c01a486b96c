"""Asking for more time and answering, through the API."""

from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Role
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import waive_record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

API = "/change/api/v1"
WANTED = {"wanted_on": "2026-12-11", "reason": "We are short of people."}


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's one item, due on 30 November, in a plan of Priya's."""
    plan = factories.make_plan(factories.make_initiative(lead=lead, slug="front-door"))
    return factories.make_enrolment(plan, employee).records.get()


def ask(record: TrainingRecord, person: Person, sign_in: SignIn, **values: Any) -> Any:
    body = {"record": record.pk} | WANTED | values
    return sign_in.api(person).post(f"{API}/extensions/", body)


def test_a_person_asks_and_one_request_waits_at_a_time(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    first = ask(record, employee, sign_in)

    assert first.status_code == 201
    assert (first.json()["state"], first.json()["asked_on"]) == ("requested", "2026-11-18")
    second = ask(record, employee, sign_in)
    assert (second.status_code, second.json()["code"]) == (409, "already_asked")
    mine = sign_in.api(employee).get(f"{API}/me/training/").json()["items"][0]["more_time"]
    assert (mine["waiting_id"], mine["waiting_until"]) == (first.json()["id"], "2026-12-11")


def test_what_is_wrong_names_the_field(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    early = ask(record, employee, sign_in, wanted_on="2026-11-30")
    silent = ask(record, employee, sign_in, reason=" ")

    assert (early.status_code, set(early.json()["errors"])) == (400, {"wanted_on"})
    assert (silent.status_code, set(silent.json()["errors"])) == (400, {"reason"})


def test_the_manager_grants_what_was_wanted_and_everybody_concerned_reads_it(
    record: TrainingRecord, employee: Person, manager: Person, lead: Person, sign_in: SignIn
) -> None:
    pk = ask(record, employee, sign_in).json()["id"]

    granted = sign_in.api(manager).post(f"{API}/extensions/{pk}/grant/", {"answer": "Fine."})

    assert granted.status_code == 200
    assert (granted.json()["due_on"], granted.json()["state"]) == ("2026-12-11", "granted")
    said = "Extended to Fri 11 Dec by Dan Cole: Fine."
    for person in (employee, manager, lead):
        row = sign_in.api(person).get(f"{API}/records/{record.pk}/").json()
        assert (row["due_on"], row["is_extended"], row["extended"]) == ("2026-12-11", True, said)
    mine = sign_in.api(employee).get(f"{API}/me/training/").json()["items"][0]
    assert mine["why"]["rule"] == mine["more_time"]["granted"] == said


def test_a_coach_reads_the_date_and_not_who_asked_for_it(
    record: TrainingRecord,
    employee: Person,
    manager: Person,
    lead: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    factories.make_role(record.plan.initiative, outsider, Role.COACH)
    pk = ask(record, employee, sign_in).json()["id"]
    page = f"/change/i/front-door/training/{record.plan_id}/people/{record.enrolment_id}/"
    assert "More time until" in words(sign_in.page(lead).get(page))
    assert "More time until" not in words(sign_in.page(outsider).get(page))
    sign_in.api(manager).post(f"{API}/extensions/{pk}/grant/", {"answer": "Ill."})

    row = sign_in.api(outsider).get(f"{API}/records/{record.pk}/").json()
    text = words(sign_in.page(outsider).get(page))

    assert (row["due_on"], row["is_extended"], row["extended"]) == ("2026-12-11", True, "")
    assert "Ill." not in text
    assert "Fri 11 Dec" in text
    assert sign_in.api(outsider).get(f"{API}/extensions/{pk}/").status_code == 404


def test_only_those_who_decide_answer_and_only_the_person_takes_back(
    record: TrainingRecord, employee: Person, manager: Person, hr: Person, sign_in: SignIn
) -> None:
    pk = ask(record, employee, sign_in).json()["id"]

    for person in (employee, hr):
        answer = sign_in.api(person).post(f"{API}/extensions/{pk}/grant/", {})
        assert answer.status_code == 403
    assert sign_in.api(manager).post(f"{API}/extensions/{pk}/take-back/").status_code == 403
    assert sign_in.api(employee).post(f"{API}/extensions/{pk}/take-back/").status_code == 200
    late = sign_in.api(manager).post(f"{API}/extensions/{pk}/refuse/", {"answer": "No."})
    assert (late.status_code, late.json()["code"]) == (409, "answered")


def test_they_are_found_by_state_and_plan(
    record: TrainingRecord, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    ask(record, employee, sign_in)
    api = sign_in.api(lead)

    found = [
        len(api.get(f"{API}/extensions/?{query}").json()["results"])
        for query in (
            "state=requested",
            "state=granted",
            f"plan={record.plan_id}",
            f"person={employee.pk}",
            f"record={record.pk + 1}",
        )
    ]

    assert found == [1, 0, 1, 1, 0]


def test_an_exemption_says_by_whom_and_why(
    record: TrainingRecord, employee: Person, lead: Person, manager: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    waive_record(record=record, reason="Teaches it.", actor=lead.user, today=TODAY, now=NOW)

    mine = sign_in.api(employee).get(f"{API}/records/{record.pk}/").json()
    (done,) = sign_in.api(employee).get(f"{API}/me/training/").json()["done"]

    assert (mine["left_by"], mine["left_reason"]) == (lead.pk, "Teaches it.")
    assert date.fromisoformat(mine["left_on"]) == TODAY
    assert done["exempt"] == "Since Wed 18 Nov, decided by Priya Nair: Teaches it."
    assert "left_reason" not in sign_in.api(manager).get(f"{API}/records/{record.pk}/").json()
