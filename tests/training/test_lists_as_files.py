"""Lists of plans, requests, groups and members as files, from the queries of their pages."""

import csv
from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

REQUESTS = "/change/requests"


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def record(initiative: Initiative, employee: Person) -> TrainingRecord:
    activity = factories.make_activity(initiative, title="Listen")
    plan = factories.make_plan(initiative, title="First week", items=[activity])
    return factories.make_enrolment(plan, employee, due_on=date(2026, 11, 1)).records.get()


def rows_of(page: Any, url: str) -> list[dict[str, str]]:
    """The lines of a CSV; the XLSX beside it is there as well."""
    answer = page.get(url)
    assert answer.status_code == 200
    assert page.get(url.replace(".csv", ".xlsx")).status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_the_plans_of_an_initiative(
    initiative: Initiative, record: TrainingRecord, lead: Person, sign_in: SignIn
) -> None:
    factories.make_plan(initiative, title="=SUM(A1)", state="draft")
    page, where = sign_in.page(lead), f"/change/i/{initiative.slug}/training"
    assert f"{where}.csv" in page.get(f"{where}/").content.decode()

    first, second = rows_of(page, f"{where}.csv")

    assert (first["Plan"], first["People who have it"], first["Late"]) == ("First week", "1", "1")
    assert (second["Plan"], second["State"], second["Done"]) == ("'=SUM(A1)", "draft", "0")


def test_requests_for_more_time_that_wait_for_whoever_asks(
    initiative: Initiative,
    record: TrainingRecord,
    lead: Person,
    manager: Person,
    employee: Person,
    sign_in: SignIn,
) -> None:
    factories.make_request(record, reason="=1+1")
    page = sign_in.page(manager)
    assert f"{REQUESTS}.csv" in page.get("/change/team/").content.decode()

    (row,) = rows_of(page, f"{REQUESTS}.csv")

    assert (row["Person"], row["Wanted until"], row["Reason"]) == (
        "Amira Hassan",
        "2026-12-11",
        "'=1+1",
    )
    assert rows_of(sign_in.page(lead), f"{REQUESTS}.csv?initiative={initiative.slug}") == [row]
    assert rows_of(sign_in.page(lead), f"{REQUESTS}.csv?initiative=another") == []
    assert rows_of(sign_in.page(employee), f"{REQUESTS}.csv") == []


def test_groups_and_who_is_in_one_of_them(
    initiative: Initiative, employee: Person, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    audience = factories.make_audience(employee, name="Repairs", created_by=lead.user)
    factories.make_group(initiative, audience, impact=4)
    page, where = sign_in.page(lead), f"/change/i/{initiative.slug}/"
    assert f"{where}groups.csv" in page.get(f"{where}setup/").content.decode()

    (group,) = rows_of(page, f"{where}groups.csv")
    members = f"{where}audiences/{audience.pk}/members.csv"

    assert (group["Group"], group["People today"], group["Impact"]) == ("Repairs", "1", "4")
    assert members in page.get(f"{where}audiences/{audience.pk}/").content.decode()
    assert [row["Person"] for row in rows_of(page, members)] == ["Amira Hassan"]
    assert sign_in.page(employee).get(members).status_code == 404


def test_what_was_handed_in_and_waits_for_whoever_asks(
    initiative: Initiative, record: TrainingRecord, lead: Person, sign_in: SignIn
) -> None:
    factories.make_submission(record, link="https://example.org/proof", note="=1+1")
    page = sign_in.page(lead)
    here = f"/change/i/{initiative.slug}/training/"
    assert f"handed-in.csv?initiative={initiative.slug}" in page.get(here).content.decode()

    (row,) = rows_of(page, f"/change/handed-in.csv?initiative={initiative.slug}")

    assert (row["Person"], row["Handed in on"], row["Link"], row["Note"]) == (
        "Amira Hassan",
        "2026-11-18",
        "https://example.org/proof",
        "'=1+1",
    )
    assert rows_of(page, "/change/handed-in.csv?initiative=another") == []


def test_the_sessions_of_a_plan_and_who_was_there(
    initiative: Initiative, record: TrainingRecord, lead: Person, sign_in: SignIn
) -> None:
    session = factories.make_session(initiative, record.activity)
    page = sign_in.page(lead)
    plan = f"/change/i/{initiative.slug}/training/{record.plan_id}/sessions"
    there = f"/change/i/{initiative.slug}/sessions/{session.pk}/attendance.csv"
    assert f"{plan}.csv" in page.get(f"{plan}/").content.decode()
    assert there in page.get(there.removesuffix("attendance.csv")).content.decode()

    (dated,) = rows_of(page, f"{plan}.csv")
    (before,) = rows_of(page, there)
    session.attendances.create(person=record.person, attended=True, recorded_at=NOW)
    (after,) = rows_of(page, there)

    assert (dated["Training"], dated["Day"], dated["From"], dated["Place"]) == (
        "Listen",
        "2026-11-18",
        "08:00",
        "Training room 2",
    )
    assert (before["Person"], before["Was there"]) == ("Amira Hassan", "no")
    assert after["Was there"] == "yes"


def test_where_a_session_takes_place_is_no_seat_in_german(
    initiative: Initiative, record: TrainingRecord, lead: Person, sign_in: SignIn
) -> None:
    factories.make_session(initiative, record.activity)
    address = f"/change/i/{initiative.slug}/training/{record.plan_id}/sessions.csv"

    file = sign_in.page(lead).get(address, headers={"Accept-Language": "de"})

    head = file.getvalue().decode("utf-8-sig").partition("\n")[0]
    assert "Ort" in head
    assert "Platz" not in head
