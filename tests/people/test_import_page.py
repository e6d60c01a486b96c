"""People from a file on a page: columns, what it would do, and a worker that does exactly that."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from change_tracker.core.jobs.kinds import JobKind
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.people.jobs import CheckPeople, ImportPeople
from change_tracker.people.models import PeopleSync, PeopleUpload, Person
from change_tracker.people.services import bulk, uploads
from change_tracker.people.services.sync import TooManyChangesError, write
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db

GERMAN = (
    "Personalnummer;Vollständiger Name;Abteilung;Durchwahl\n"
    "K1;Ana Silva;Personal;12\n"
    "K2;Jörg Öz;Technik;13\n"
)
PLAIN = "external_id,name,email\nK1,Ana Silva,ana@example.org\nK2,Bo Lund,bo@example.org\n"


@pytest.fixture(autouse=True)
def that_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(hr: Person, sign_in: SignIn) -> Client:
    return sign_in.page(hr)


def send(page: Client, text: str | bytes, *, full: bool = False, name: str = "roster.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    values: dict[str, Any] = {"file": SimpleUploadedFile(name, content)}
    return page.post("/change/people/", values | ({"is_full": "on"} if full else {}))


def columns_url() -> str:
    return f"/change/people/import/{PeopleUpload.objects.latest('pk').pk}/columns/"


def import_url() -> str:
    return f"/change/people/import/{PeopleUpload.objects.latest('pk').pk}/"


def chosen(page: Client) -> dict[str, str]:
    """The columns as the form has them."""
    form = page.get(columns_url()).context["form"]
    return {name: form.initial.get(name, "") for name in form.fields}


def look(page: Client, text: str | bytes, *, full: bool = False) -> Any:
    send(page, text, full=full)
    page.post(columns_url(), chosen(page))
    return page.get(import_url())


def apply(page: Client, **more: str) -> Any:
    response = page.get(import_url())
    found = re.search(r'name="digest" value="(\w+)"', response.content.decode())
    return page.post(import_url(), {"digest": found[1] if found else ""} | more)


def work() -> JobRun:
    run_jobs(clock=lambda: NOW)
    job: JobRun = JobRun.objects.latest("pk")
    return job


def test_a_file_goes_from_its_columns_over_what_it_does_to_people(page: Client) -> None:
    response = send(page, GERMAN)

    assert response.url == columns_url()
    assert {ours: theirs for ours, theirs in chosen(page).items() if theirs} == {
        "external_id": "Personalnummer",
        "name": "Vollständiger Name",
        "unit": "Abteilung",
    }
    assert page.post(columns_url(), chosen(page))["Location"] == import_url()
    text = words(page.get(import_url()))
    assert "2 people are in it. Nothing is applied yet." in text
    assert "K1 Ana Silva" in text
    assert "K2 Jörg Öz" in text
    assert "Not used: Durchwahl." in text
    assert not Person.objects.filter(external_id="K1").exists()

    job = JobRun.objects.get(pk=apply(page).url.split("/")[-2])
    assert (job.state, job.title) == ("queued", "Import of roster.csv")
    assert not Person.objects.filter(external_id="K1").exists()
    job = work()

    assert job.summary == "Applied: 2 joined, 0 moved, 0 left, 0 changed, 0 unchanged."
    people = Person.objects.filter(external_id__startswith="K").order_by("external_id")
    assert [(each.display_name, str(each.unit)) for each in people] == [
        ("Ana Silva", "Personal"),
        ("Jörg Öz", "Technik"),
    ]
    upload = PeopleUpload.objects.get()
    assert (upload.content, upload.preview) == (None, None)


def test_what_was_only_looked_at_is_not_listed_as_done(page: Client) -> None:
    look(page, GERMAN)

    assert "2 would join, 0 move, 0 leave, 0 change" in words(page.get("/change/people/"))
    apply(page)
    work()
    assert "2 joined, 0 moved, 0 left, 0 changed" in words(page.get("/change/people/"))


def test_columns_are_remembered_for_the_next_file_of_the_same_source(page: Client) -> None:
    odd = "Nr;Wer;Wo\n1;Ana;Haus\n"
    send(page, odd)
    assert not any(chosen(page).values())
    page.post(columns_url(), {"external_id": "Nr", "name": "Wer", "location": "Wo"})

    send(page, odd.replace("Ana", "Bo"))
    assert chosen(page) | {"external_id": "Nr", "name": "Wer", "location": "Wo"} == chosen(page)

    send(page, "Nr;Wer;Wann\n1;Ana;2026\n")
    assert not any(chosen(page).values())


def test_a_column_that_somebody_left_out_is_left_out(page: Client) -> None:
    send(page, PLAIN)

    page.post(columns_url(), chosen(page) | {"email": ""})
    apply(page)
    work()

    assert set(Person.objects.filter(external_id__startswith="K").values_list("email")) == {("",)}


def test_without_the_columns_that_are_needed_the_form_comes_back(page: Client) -> None:
    send(page, PLAIN)

    response = page.post(columns_url(), {"external_id": "external_id"})

    assert response.status_code == 400
    assert "name" in response.context["form"].errors


def test_errors_have_row_numbers_and_nothing_can_be_applied(page: Client) -> None:
    response = look(page, "external_id,name,ends_on\nK1,Ana,2026-13-40\n,Bo,\n")

    text = words(response)
    assert "2 errors have to be mended in the file first." in text
    assert "Row 2 ends_on" in text
    assert "Row 3 external_id It is empty." in text
    assert "Apply it" not in text
    upload = PeopleUpload.objects.get()
    assert page.post(import_url(), {"digest": upload.digest}).status_code == 409
    assert not JobRun.objects.exists()


def test_it_refuses_when_people_were_changed_after_the_look(page: Client) -> None:
    look(page, PLAIN)
    apply(page)
    factories.make_person("Somebody else", external_id="K2")

    job = work()

    assert (job.state, job.failure) == ("failed", "changed_since_preview")
    assert not Person.objects.filter(external_id="K1").exists()
    assert PeopleSync.objects.latest("pk").state == "refused"
    runs = words(page.get("/change/people/")).partition("What came of it")[2]
    assert "Refused People or groups were changed after this was previewed." in runs
    # The way on is a new look.
    assert page.get(job.result_url)["Location"] == columns_url()
    page.post(columns_url(), chosen(page))
    apply(page)
    assert work().state == "done"


def test_unusually_many_leavers_have_to_be_confirmed(page: Client) -> None:
    for number in range(30):
        factories.make_person(external_id=f"L{number}")

    response = look(page, PLAIN, full=True)

    assert "31 people would leave or move to another unit; up to 10 are usual." in words(response)
    assert apply(page).status_code == 400
    assert not JobRun.objects.exists()
    apply(page, confirm="on")
    assert work().state == "done"
    assert not Person.objects.active(NOW.date()).filter(external_id__startswith="L").exists()


def test_what_was_confirmed_is_not_exceeded(page: Client) -> None:
    """Who calls the service without the page's confirmation is refused by it, too."""
    for number in range(30):
        factories.make_person(external_id=f"L{number}")
    look(page, PLAIN, full=True)
    upload = PeopleUpload.objects.get()

    assert upload.owner is not None

    with pytest.raises(TooManyChangesError):
        uploads.apply_later(upload, expected=upload.digest, allow=30, actor=upload.owner, now=NOW)


def test_pressing_twice_begins_one_job(page: Client) -> None:
    look(page, PLAIN)
    digest = PeopleUpload.objects.get().digest

    first = page.post(import_url(), {"digest": digest})
    second = page.post(import_url(), {"digest": digest})

    assert first["Location"] == second["Location"]
    assert JobRun.objects.count() == 1


def test_a_long_file_is_looked_at_by_a_worker(page: Client) -> None:
    rows = "".join(f"N{n},Person {n:05} of the very long roster,\n" for n in range(3000))
    send(page, f"external_id,name,email\n{rows}")

    response = page.post(columns_url(), chosen(page))
    assert "/jobs/" in response["Location"]
    assert page.get(import_url())["Location"] == response["Location"]
    job = work()

    assert job.summary == "3000 people were looked at. Nothing was applied yet."
    assert job.result_url == import_url()
    assert "3000 people are in it." in words(page.get(import_url()))


def told_by(kind: JobKind, job: JobRun) -> list[int]:
    """How far it says that it is, in percent."""
    said: list[int] = []
    kind.run(job, now=NOW, tell=lambda done, total: said.append(100 * done // total))
    return said


def test_looking_and_applying_say_how_far_they_are_within_one_file(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (write, bulk):
        monkeypatch.setattr(module, "BATCH", 5)
    for role in ("Fitter", "Plumber"):  # first all of them join, then all of them change
        rows = "".join(f"N{n},Person {n},{role}\n" for n in range(50))
        look(page, f"external_id,name,job_title\n{rows}")
        upload = PeopleUpload.objects.latest("pk")
        task = {"upload": upload.pk, "allow": 0, "digest": upload.digest}

        for kind in (CheckPeople(), ImportPeople()):
            percent = told_by(kind, JobRun(owner=upload.owner, task=task))

            assert percent == sorted(percent)
            assert len(set(percent)) > 20
    assert Person.objects.filter(job_title="Plumber").count() == 50


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"\n\n", "The file is empty."),
        (b"\xd0\xcf\x11\xe0 old", "old or a protected Excel file"),
        (b"id,name\n" + b"x" * 10_000_000, "The file is bigger than 10 MB."),
        ((",".join(f"c{n}" for n in range(101)) + "\n").encode(), "more than 100 columns"),
    ],
)
def test_files_that_cannot_be_read_are_refused_at_once(
    page: Client, content: bytes, said: str
) -> None:
    response = send(page, content)

    assert response.status_code in {400, 409}
    assert said in response.content.decode()
    assert not PeopleUpload.objects.exists()


def test_only_those_who_manage_people_come_in(
    page: Client, hr: Person, outsider: Person, lead: Person, sign_in: SignIn
) -> None:
    look(page, PLAIN)
    boss = factories.make_person(login=User.objects.create_superuser("boss"))

    for person in (outsider, lead, boss):
        for url in ("/change/people/", columns_url(), import_url()):
            assert sign_in.page(person).get(url).status_code == 403
    other = factories.make_person(login=factories.make_user("other", "manage_people"))
    assert sign_in.page(other).get(import_url()).status_code == 404


def test_the_rows_of_a_long_file_are_read_by_the_worker_alone(page: Client) -> None:
    rows = "".join(f"N{n},Person {n:05} of the very long roster,\n" for n in range(3000))
    send(page, f'{PLAIN}{rows}N,"A"B,\n')

    named = page.post(columns_url(), chosen(page))
    job = work()

    assert named["Location"] == f"/change/jobs/{job.pk}/"
    assert (job.state, job.failure) == ("failed", "unreadable_file")
    assert job.summary.startswith("Row 3004 cannot be read: ")


def test_who_manages_people_no_longer_imports_no_longer(page: Client, hr: Person) -> None:
    look(page, PLAIN)
    apply(page)
    assert hr.user is not None
    hr.user.user_permissions.clear()

    job = work()

    assert (job.state, job.failure) == ("failed", "forbidden")
    assert not Person.objects.filter(external_id="K1").exists()


def test_a_file_that_nobody_applied_is_forgotten_after_a_day(page: Client) -> None:
    look(page, PLAIN)

    assert uploads.forget_uploads(now=NOW + timedelta(hours=23)) == 0
    assert uploads.forget_uploads(now=NOW + timedelta(hours=25)) == 1

    assert page.get(columns_url())["Location"] == "/change/people/"
    assert "a day has passed" in words(page.get("/change/people/"))


def test_programs_send_text_look_and_apply(hr: Person, sign_in: SignIn) -> None:
    api = sign_in.api(hr)
    url = "/change/api/v1/people-uploads/"

    sent = api.post(url, {"name": "nightly.csv", "text": GERMAN.replace("Personalnummer", "No")})
    one = f"{url}{sent.json()['id']}/"
    mapping = sent.json()["mapping"] | {"external_id": "No"}
    missing = api.post(f"{one}check/", {})
    seen = api.post(f"{one}check/", {"mapping": mapping}).json()
    wrong = api.post(f"{one}apply/", {"digest": "0"})
    begun = api.post(f"{one}apply/", {"digest": seen["digest"]})

    assert (sent.status_code, missing.status_code) == (201, 409)
    assert seen["preview"]["counts"]["joiners"] == 2
    assert (wrong.status_code, wrong.json()["code"]) == (409, "changed_since_preview")
    assert begun.status_code == 202
    assert begun.json()["job"] == work().pk
    assert Person.objects.filter(external_id__startswith="K").count() == 2


def test_what_was_seen_of_other_columns_is_not_kept_for_those_that_are_named_now(
    page: Client,
) -> None:
    look(page, PLAIN)
    slow = PeopleUpload.objects.get()
    swapped = {"external_id": "external_id", "name": "email", "email": "name"}

    def name_anew(done: int, _of: int) -> None:
        # At the beginning: while rows are copied, the connection is not there for others.
        if done == 0:
            uploads.name_columns(PeopleUpload.objects.get(), swapped)

    uploads.check_upload(slow, actor=factories.make_user(), now=NOW, tell=name_anew)

    kept = PeopleUpload.objects.get()
    assert (kept.mapping, kept.preview, kept.digest) == (swapped, None, "")
