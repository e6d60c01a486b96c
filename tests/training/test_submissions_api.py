"""Handing in, confirming and giving back, through the API."""

from typing import Any

import pytest

from change_tracker.initiatives.models import Role
from change_tracker.people.models import Person
from change_tracker.training.models import Submission, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import make_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

API = "/change/api/v1"
LINK = "https://intranet.example/notes/7"


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's one item, for which she hands something in, in a plan of Priya's."""
    initiative = factories.make_initiative(lead=lead, slug="front-door")
    activity = factories.make_activity(initiative, completion_rule="evidence")
    plan = factories.make_plan(initiative, items=[activity])
    return factories.make_enrolment(plan, employee).records.get()


def send(record: TrainingRecord, person: Person, sign_in: SignIn, **what: Any) -> Any:
    kind = "multipart" if "file" in what else "json"
    body = {"record": record.pk} | what
    return sign_in.api(person).post(f"{API}/submissions/", body, format=kind)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_file_comes_in_as_a_form_and_goes_out_to_be_kept(
    record: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    sent = send(record, employee, sign_in, file=make_file("Was ich tat, für Sie.pdf"))

    assert sent.status_code == 201
    row = sent.json()
    assert (row["state"], row["handed_in_on"]) == ("waiting", "2026-11-18")
    assert row["file_name"] == "Was ich tat, für Sie.pdf"
    assert "file" not in row
    for person in (employee, manager):
        answer = sign_in.api(person).get(f"{API}/submissions/{row['id']}/file/")
        assert body_of(answer) == b"%PDF-1.7 what I did"
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Was%20ich")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Type"] == "application/pdf"


def test_what_is_wrong_names_the_field(
    record: TrainingRecord, employee: Person, sign_in: SignIn, settings: Any
) -> None:
    settings.CHANGE_TRACKER = {"UPLOAD_MAX_MEGABYTES": 1}
    big = make_file(content=b"%PDF-" + b"0" * 1_100_000)
    wrong: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"file": big}, "file", "at most 1 MB"),
        ({"file": make_file("a.svg")}, "file", "Allowed: PDF, PNG, JPG"),
        ({"file": make_file(content=b"MZ")}, "file", "none inside"),
        ({"link": "ftp://files.example/x"}, "link", "valid URL"),
        ({}, "file", "one of the two"),
    )

    for what, field, words in wrong:
        answer = send(record, employee, sign_in, **what)
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})
        assert words in str(answer.json()["errors"])
    assert not Submission.objects.exists()


def test_it_is_given_back_and_then_confirmed(
    record: TrainingRecord, employee: Person, manager: Person, lead: Person, sign_in: SignIn
) -> None:
    first = send(record, employee, sign_in, link=LINK).json()["id"]
    mute = sign_in.api(manager).post(f"{API}/submissions/{first}/return/", {"answer": " "})
    back = sign_in.api(manager).post(f"{API}/submissions/{first}/return/", {"answer": "Page 2?"})
    mine = sign_in.api(employee).get(f"{API}/me/training/").json()["items"][0]

    assert (mute.status_code, back.status_code, back.json()["state"]) == (400, 200, "returned")
    assert mine["state"] == "in_progress"
    assert mine["handed_in"]["said"] == "Dan Cole gave this back to you: Page 2?"
    again = send(record, employee, sign_in, link=LINK).json()["id"]
    done = sign_in.api(lead).post(f"{API}/submissions/{again}/accept/", {})
    assert (done.json()["state"], done.json()["decided_by"]) == ("accepted", lead.pk)
    row = sign_in.api(employee).get(f"{API}/records/{record.pk}/").json()
    assert (row["state"], row["completed_on"], row["completed_by"]) == (
        "completed",
        "2026-11-18",
        lead.pk,
    )


def test_only_those_who_decide_do_and_only_the_person_takes_back(
    record: TrainingRecord,
    employee: Person,
    manager: Person,
    hr: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    factories.make_role(record.plan.initiative, outsider, Role.SPONSOR)
    pk = send(record, employee, sign_in, link=LINK).json()["id"]
    url = f"{API}/submissions/{pk}"

    assert sign_in.api(employee).post(f"{url}/accept/", {}).status_code == 403
    for verb in ("accept", "return", "take-back"):
        assert sign_in.api(outsider).post(f"{url}/{verb}/", {}).status_code == 404
    assert sign_in.api(outsider).get(f"{url}/file/").status_code == 404
    assert sign_in.api(hr).get(f"{url}/file/").status_code == 404  # there is none: a link
    assert sign_in.api(manager).post(f"{url}/take-back/").status_code == 403
    assert sign_in.api(employee).post(f"{url}/take-back/").status_code == 200
    late = sign_in.api(hr).post(f"{url}/accept/", {})
    assert (late.status_code, late.json()["code"]) == (409, "decided")


def test_nobody_hands_in_for_somebody_else(
    record: TrainingRecord, manager: Person, hr: Person, sign_in: SignIn
) -> None:
    for person in (manager, hr):
        assert send(record, person, sign_in, link=LINK).status_code == 403


def test_a_file_that_the_storage_lost_is_nowhere(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    pk = send(record, employee, sign_in, file=make_file()).json()["id"]
    row = Submission.objects.get(pk=pk)
    row.file.storage.delete(str(row.file.name))

    assert sign_in.api(employee).get(f"{API}/submissions/{pk}/file/").status_code == 404


def test_they_are_found_by_state_and_plan(
    record: TrainingRecord, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    send(record, employee, sign_in, link=LINK)
    api = sign_in.api(lead)

    found = [
        len(api.get(f"{API}/submissions/?{query}").json()["results"])
        for query in (
            "state=waiting",
            "state=accepted",
            f"plan={record.plan_id}",
            f"person={employee.pk}",
            f"record={record.pk + 1}",
        )
    ]

    assert found == [1, 0, 1, 1, 0]
