"""Programs bring a spreadsheet in: sent, looked at, applied by a worker."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.spreadsheets.models import RegisterUpload
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.spreadsheets.conftest import workbook

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/register-uploads/"
BOOK = {
    "Concerns": [["What we hear", "Sort"], ["Nobody asked us", "Fear of losing the job"]],
    "Actions": [["Action", "Answers", "Kind of work"], ["Talk", "Nobody asked us", "coaching"]],
}
MAPPING = {
    "Concerns": {
        "kind": "resistance",
        "columns": {"statement": "What we hear", "type": "Sort"},
    },
    "Actions": {
        "kind": "actions",
        "columns": {"title": "Action", "sources": "Answers", "kind": "Kind of work"},
    },
}


@pytest.fixture(autouse=True)
def words(db: None) -> None:
    """What the catalogue calls things."""
    factories.make_source_type(label="Fear of losing the job", slug="job-loss")


@pytest.fixture
def api(lead: Person, sign_in: SignIn) -> Any:
    return sign_in.api(lead)


def send(api: Any, initiative: Initiative, content: bytes, name: str = "ours.xlsx") -> Any:
    body = {"initiative": initiative.pk, "file": SimpleUploadedFile(name, content)}
    return api.post(URL, body, format="multipart")


def test_it_is_sent_looked_at_and_applied(api: Any, initiative: Initiative) -> None:
    sent = send(api, initiative, workbook(**BOOK))
    one = f"{URL}{sent.json()['id']}/"

    missing = api.post(f"{one}check/", {})
    early = api.post(f"{one}apply/", {"digest": "0"})
    seen = api.post(f"{one}check/", {"mapping": MAPPING}).json()
    wrong = api.post(f"{one}apply/", {"digest": "0"})
    assert not ResistanceSource.objects.exists()
    begun = api.post(f"{one}apply/", {"digest": seen["digest"]})

    assert (sent.status_code, sent.json()["name"]) == (201, "ours.xlsx")
    assert (missing.status_code, early.json()["code"]) == (409, "not_checked")
    counts = {each["sheet"]: (each["new"], each["changed"]) for each in seen["preview"]["parts"]}
    assert counts == {"resistance": (1, 0), "actions": (1, 0)}
    assert wrong.json()["code"] == "changed_since_preview"
    assert begun.status_code == 202
    run_jobs(clock=lambda: NOW)
    job = JobRun.objects.get(pk=begun.json()["job"])
    assert job.state == "done"
    action = MitigationAction.objects.get(initiative=initiative)
    assert action.sources.get().statement == "Nobody asked us"
    assert api.get(one).json()["preview"] is None
    again = api.post(f"{one}apply/", {"digest": seen["digest"]})
    assert again.json()["code"] == "upload_gone"


def test_what_is_wrong_is_told_by_row_field_and_reason(api: Any, initiative: Initiative) -> None:
    factories.make_source(initiative, statement="Nobody asked us")
    rows: list[list[Any]] = [
        ["Action", "Answers", "Kind of work", "Message"],
        ["Talk", "Nothing", "coaching", None],
        ["Talk more", "Nobody asked us", "coaching", "Hello"],
    ]
    sent = send(api, initiative, workbook(Actions=rows))
    one = f"{URL}{sent.json()['id']}/"

    seen = api.post(f"{one}check/", {}).json()

    problems = {(each["row"], each["field"]): each for each in seen["preview"]["problems"]}
    assert set(problems) == {(2, "Actions: Answers"), (3, "Actions: Message")}
    assert all(each["is_error"] and each["reason"] for each in problems.values())
    refused = api.post(f"{one}apply/", {"digest": seen["digest"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_checked")


@pytest.mark.parametrize(
    "mapping",
    [
        {"": {"kind": "nothing"}},
        {"": {"kind": "actions", "columns": {"salary": "Pay"}}},
        {"": {"columns": {}}},
        "actions",
    ],
)
def test_a_mapping_that_names_what_there_is_not_is_refused(
    api: Any, initiative: Initiative, mapping: Any
) -> None:
    sent = send(api, initiative, b"Action;Answers\nTalk;1\n", "ours.csv")

    answer = api.post(f"{URL}{sent.json()['id']}/check/", {"mapping": mapping})

    assert answer.status_code == 400


@pytest.mark.parametrize("title", ["Measures", "Actions\0"])
def test_a_sheet_that_the_file_does_not_have_is_refused(
    api: Any, initiative: Initiative, title: str
) -> None:
    sent = send(api, initiative, workbook(**BOOK))
    one = f"{URL}{sent.json()['id']}/"

    answer = api.post(f"{one}check/", {"mapping": MAPPING | {title: MAPPING["Actions"]}})

    assert (answer.status_code, answer.json()["code"]) == (409, "unreadable_file")
    assert answer.json()["title"].endswith("Its sheets are: “Concerns”, “Actions”.")
    assert api.get(one).json()["mapping"] == sent.json()["mapping"]


@pytest.mark.parametrize("row", ["Ta\0lk;Nobody asked us;coaching", "Talk;Nobo\0dy;coaching"])
def test_a_zero_byte_is_told_of_and_never_kept(api: Any, initiative: Initiative, row: str) -> None:
    factories.make_source(initiative, statement="Nobody asked us")
    head = f"Action;Answers;Kind of work;{'x' * 200}"

    refused = send(api, initiative, f"{head}\0\n{row}\n".encode(), "ours.csv")
    sent = send(api, initiative, f"{head}\n{row}\n".encode(), "ours.csv")
    seen = api.post(f"{URL}{sent.json()['id']}/check/", {})

    assert (refused.status_code, refused.json()["code"]) == (409, "unreadable_file")
    assert (sent.status_code, seen.status_code) == (201, 200)
    problems = seen.json()["preview"]["problems"]
    assert {each["row"] for each in problems if each["is_error"]} == {2}


def test_it_is_the_senders_own_and_of_those_who_lead(
    api: Any, initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    other = factories.make_person("Second Lead", login=True)
    factories.make_role(initiative, other, "lead")
    sent = send(api, initiative, workbook(**BOOK))

    assert send(sign_in.api(sponsor), initiative, workbook(**BOOK)).status_code == 403
    assert sign_in.api(other).get(f"{URL}{sent.json()['id']}/").status_code == 404
    assert RegisterUpload.objects.count() == 1
    empty = send(api, initiative, b"", "empty.csv")
    assert empty.status_code == 400
    assert send(api, initiative, b"PK\x03\x04 broken", "noise.xlsx").status_code == 409
