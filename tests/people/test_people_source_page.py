"""The host's people source on a page: what it would do now, and HR that lets it happen."""

import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.people.models import PeopleSync, PeopleUpload, Person
from change_tracker.people.services.sync import TooManyChangesError, sync_source
from change_tracker.people.sources import Record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db

PAGE = "/change/people/source/"
API = "/change/api/v1/people-uploads/"


class Directory:
    """A directory that says what `said` has."""

    name = "directory"
    is_complete = True
    said: tuple[Record, ...] = ()

    def people(self, today: date) -> Iterable[Record]:
        if not self.said:
            raise ConnectionError("ldap://reader:secret@directory")
        return self.said

    def units(self) -> Iterable[Record]:
        return ({"external_id": "U1", "name": "Repairs", "parent": ""},)


@pytest.fixture(autouse=True)
def directory(settings: Any, monkeypatch: Any) -> Any:
    """Everybody but HR works there; then all but one are gone."""
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"PEOPLE_SOURCE": f"{__name__}.Directory"}
    for number in range(20):
        factories.make_person(external_id=f"L{number}")
    monkeypatch.setattr(Directory, "said", ({"external_id": "L0", "name": "L0"},))
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(hr: Person, sign_in: SignIn) -> Client:
    return sign_in.page(hr)


def one() -> str:
    return f"/change/people/import/{PeopleUpload.objects.latest('pk').pk}/"


def work() -> JobRun:
    run_jobs(clock=lambda: NOW)
    job: JobRun = JobRun.objects.latest("pk")
    return job


def stop() -> None:
    with pytest.raises(TooManyChangesError):
        sync_source(Directory(), today=TODAY, actor=None, now=NOW)


def apply(page: Client, **more: str) -> Any:
    found = re.search(r'name="digest" value="(\w+)"', page.get(one()).content.decode())
    return page.post(one(), {"digest": found[1] if found else ""} | more)


def here() -> int:
    return Person.objects.active(TODAY).filter(external_id__startswith="L").count()


def test_what_the_brake_stopped_is_looked_at_and_let_through(page: Client) -> None:
    stop()
    assert "Look at what it would do now" in words(page.get("/change/people/"))
    text = words(page.get(PAGE))
    assert "People come from “directory”." in text
    assert "let it happen there" in text

    job = page.post(PAGE)
    assert "/jobs/" in job["Location"]
    assert work().result_url == one()
    seen = words(page.get(one()))
    assert "Whoever is not in it leaves." in seen
    assert "20 people would leave or move to another unit; up to 10 are usual." in seen
    assert apply(page).status_code == 400
    apply(page, confirm="on")
    assert here() == 20
    done = work()

    assert done.state == "done"
    assert here() == 1
    assert PeopleSync.objects.latest("pk").state == "applied"
    assert PeopleUpload.objects.get().preview is None


def test_what_the_source_says_since_is_not_applied(page: Client, monkeypatch: Any) -> None:
    page.post(PAGE)
    work()
    apply(page, confirm="on")
    monkeypatch.setattr(Directory, "said", ({"external_id": "L1", "name": "L1"},))

    job = work()

    assert (job.state, job.failure) == ("failed", "changed_since_preview")
    assert here() == 20
    assert page.get(one())["Location"] == PAGE


def test_a_source_that_does_not_answer_is_told_without_its_secrets(
    page: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(Directory, "said", ())
    page.post(PAGE)

    job = work()

    assert (job.state, job.failure) == ("failed", "source_failed")
    assert "secret" not in job.summary
    assert page.get(one())["Location"] == PAGE
    assert page.get(f"{one()}columns/")["Location"] == PAGE


def test_errors_of_a_source_are_mended_there(page: Client, monkeypatch: Any) -> None:
    wrong = {"external_id": "L0", "name": "L0", "ends_on": "soon"}
    monkeypatch.setattr(Directory, "said", (wrong,))
    page.post(PAGE)
    work()

    text = words(page.get(one()))

    assert "1 error has to be mended" in text
    assert "Look again once it is mended" in text


def test_only_hr_asks_the_source(manager: Person, sign_in: SignIn) -> None:
    assert sign_in.page(manager).post(PAGE).status_code == 403
    assert sign_in.api(manager).post(API, {"from_source": True}).status_code == 403
    assert not PeopleUpload.objects.exists()


def test_programs_let_a_run_through_that_was_stopped(hr: Person, sign_in: SignIn) -> None:
    api = sign_in.api(hr)

    sent = api.post(API, {"from_source": True}).json()
    address = f"{API}{sent['id']}/"
    assert api.post(f"{address}check/", {}).json()["job"] == work().pk
    seen = api.get(address).json()
    digest, affected = seen["digest"], seen["preview"]["affected"]
    refused = api.post(f"{address}apply/", {"digest": digest})
    too_few = api.post(f"{address}apply/", {"digest": digest, "allow": affected - 1})
    begun = api.post(f"{address}apply/", {"digest": digest, "allow": affected})

    assert (sent["name"], sent["is_full"], affected) == ("directory", True, 20)
    assert {refused.json()["code"], too_few.json()["code"]} == {"too_many_changes"}
    assert begun.status_code == 202
    assert work().state == "done"
    assert here() == 1


def test_programs_allow_less_than_is_usual(hr: Person, sign_in: SignIn, monkeypatch: Any) -> None:
    """What somebody allows is the limit, on the way in as when it is applied."""
    said = tuple({"external_id": f"L{n}", "name": f"L{n}"} for n in range(2, 20))
    monkeypatch.setattr(Directory, "said", (*said, {"external_id": hr.external_id, "name": "HR"}))
    api = sign_in.api(hr)
    address = f"{API}{api.post(API, {'from_source': True}).json()['id']}/"
    api.post(f"{address}check/", {})
    work()
    digest = api.get(address).json()["digest"]

    assert api.post(f"{address}apply/", {"digest": digest, "allow": 1}).status_code == 409
    assert api.post(f"{address}apply/", {"digest": digest}).status_code == 202


def test_programs_send_a_spreadsheet(hr: Person, sign_in: SignIn) -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (("external_id", "name"), ("K1", "Ana Silva")):
        book.active.append(row)
    book.save(file)
    api = sign_in.api(hr)

    sent = api.post(
        API,
        {"file": SimpleUploadedFile("roster.xlsx", file.getvalue()), "is_full": "false"},
        format="multipart",
    )
    seen = api.post(f"{API}{sent.json()['id']}/check/", {})

    assert (sent.status_code, sent.json()["name"]) == (201, "roster.xlsx")
    assert seen.json()["preview"]["counts"]["joiners"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "roster.csv"},
        {"text": "external_id,name\n"},
        {"name": "roster.csv", "text": "external_id,name\n", "from_source": True},
    ],
)
def test_programs_send_one_roster_at_a_time(
    hr: Person, sign_in: SignIn, body: dict[str, Any]
) -> None:
    assert sign_in.api(hr).post(API, body).status_code == 400
