"""A spreadsheet from a page into the register: columns, what it would do, and a worker."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.initiatives.models import Initiative, Objective
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.spreadsheets.services import uploads
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.portal.browsing import words
from tests.spreadsheets.conftest import workbook

pytestmark = pytest.mark.django_db

SEND = "/change/i/desk/spreadsheet/"


@pytest.fixture
def page(initiative: Initiative, lead: Person, sign_in: SignIn) -> Client:
    factories.make_source_type(label="Fear of losing the job", slug="job-loss")
    return sign_in.page(lead)


def send(page: Client, content: bytes, name: str = "mine.xlsx") -> Any:
    return page.post(SEND, {"file": SimpleUploadedFile(name, content)})


def chosen(page: Client) -> dict[str, str]:
    form = page.get(columns_url()).context["form"]
    return {name: form[name].initial for name in form.fields}


def check_url() -> str:
    return f"{SEND}{RegisterUpload.objects.latest('pk').pk}/"


def columns_url() -> str:
    return f"{check_url()}columns/"


def apply(page: Any, now: datetime = NOW) -> JobRun:
    response = page.get(check_url())
    found = re.search(r'name="digest" value="(\w+)"', response.content.decode())
    page.post(check_url(), {"digest": found[1] if found else ""})
    run_jobs(clock=lambda: now)
    return JobRun.objects.latest("pk")


def test_a_workbook_goes_from_its_columns_over_what_it_does_into_the_register(
    page: Any, initiative: Initiative
) -> None:
    assert "Bring a spreadsheet in" in words(page.get("/change/i/desk/resistance/"))
    content = workbook(
        Sorgen=[["Wer sagt was", "Art"], ["Our jobs go next", "job-loss"]],
        Ziele=[["Goal"], ["Solved at once"]],
        Notes=[["Anything"], ["x"]],
    )

    assert send(page, content).url == columns_url()
    assert {name: said for name, said in chosen(page).items() if said} == {
        "kind_1": "objectives",
        "1_title": "Goal",
    }
    # Which sheet it is, is said first; then its columns are asked for.
    turned = page.post(columns_url(), chosen(page) | {"kind_0": "resistance"})
    assert turned.url == columns_url()
    assert chosen(page)["0_type"] == "Art"
    assert page.post(columns_url(), chosen(page)).status_code == 400
    page.post(columns_url(), chosen(page) | {"0_statement": "Wer sagt was"})

    text = words(page.get(check_url()))
    assert "Nothing is applied yet." in text
    assert "Our jobs go next" in text
    assert not ResistanceSource.objects.exists()
    job = apply(page)

    assert job.summary == "Applied: 2 new, 0 changed, 0 as they were."
    assert ResistanceSource.objects.get().statement == "Our jobs go next"
    assert Objective.objects.filter(initiative=initiative, title="Solved at once").exists()
    assert RegisterUpload.objects.get().content is None
    assert page.get(check_url()).url == SEND
    # The next file with these columns is read as this one was.
    send(page, content)
    assert chosen(page)["0_statement"] == "Wer sagt was"
    page.post(columns_url(), chosen(page))
    assert "Everything in it is there already." in words(page.get(check_url()))


def test_errors_are_shown_with_row_column_and_reason_and_cannot_be_applied(page: Any) -> None:
    send(page, b"Goal;Target\nFaster;many\n", "goals.csv")
    page.post(columns_url(), chosen(page))

    text = words(page.get(check_url()))

    assert "1 error has to be mended in the file first." in text
    assert "Row 2 Objectives: Where we want to be “many” is not a number." in text
    assert (
        page.post(check_url(), {"digest": RegisterUpload.objects.get().digest}).status_code == 409
    )


def test_the_rows_of_a_long_file_are_read_by_the_worker_alone(page: Any) -> None:
    rows = "".join(f"Objective {n:05} of the very long list of ours;\n" for n in range(3000))
    send(page, f'Goal;Unit\n{rows}"A"B;\n'.encode(), "goals.csv")

    named = page.post(columns_url(), chosen(page))
    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get()
    assert named.url == f"/change/jobs/{job.pk}/"
    assert (job.state, job.failure) == ("failed", "unreadable_file")
    assert job.summary.startswith("Row 3002 cannot be read: ")
    assert page.get(check_url()).url == columns_url()


def tokyo(get_response: Any) -> Any:
    """A host that shows everybody their own time."""

    def middleware(request: Any) -> Any:
        with timezone.override("Asia/Tokyo"):
            return get_response(request)

    return middleware


def test_it_is_applied_on_the_day_on_which_it_was_looked_at(page: Any, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.tokyo"]
    lines = "Statement;Kind;Level;Reviewed on\nFast;job-loss;3;\nSlow;job-loss;3;19.11.2026\n"
    evening = NOW.replace(hour=16)
    with time_machine.travel(evening, tick=False):
        send(page, lines.encode(), "register.csv")
        page.post(columns_url(), chosen(page))
        job = apply(page, evening)

    assert job.summary == "Applied: 2 new, 0 changed, 0 as they were."
    days = ResistanceReview.objects.values_list("reviewed_on", flat=True)
    assert set(days) == {date(2026, 11, 19)}


def test_a_calendar_beside_the_lists_is_no_obstacle(page: Any) -> None:
    days = list(range(1, 366))
    sheets: dict[str, list[list[Any]]] = {
        "Plan": [days, days],
        "Ziele": [["Goal"], ["Solved at once"]],
    }

    assert send(page, workbook(**sheets)).status_code == 302
    assert chosen(page)["kind_0"] == "objectives"

    alone = send(page, workbook(Plan=[days, days]))
    assert alone.status_code == 409
    assert "The file has more than 100 columns." in words(alone)


def test_what_has_changed_since_somebody_looked_is_looked_at_again(
    page: Any, initiative: Initiative
) -> None:
    send(page, b"Goal\nFaster\n", "goals.csv")
    page.post(columns_url(), chosen(page))
    factories.make_objective(initiative, title="Faster")

    job = apply(page)

    assert (job.state, job.failure) == ("failed", "changed_since_preview")
    assert page.get(check_url()).url == columns_url()
    assert Objective.objects.filter(title="Faster").count() == 1


def test_a_file_that_cannot_be_read_is_refused_and_one_that_waits_is_forgotten(
    page: Any,
) -> None:
    assert send(page, b"", "empty.csv").status_code == 400
    assert send(page, b"PK\x03\x04broken").status_code == 409
    send(page, b"Anything\nx\n", "notes.csv")
    refused = page.post(columns_url(), chosen(page))
    assert refused.status_code == 400
    assert "Say of one sheet at least what is in it" in refused.content.decode()

    assert uploads.forget_uploads(now=NOW + timedelta(hours=23)) == 0
    assert uploads.forget_uploads(now=NOW + timedelta(hours=25)) == 1
    assert page.get(columns_url()).url == SEND


def test_only_who_sent_it_and_still_leads_sees_what_is_in_a_file(
    page: Any, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_person("Eve Stone", login=True)
    factories.make_role(initiative, other, "lead")
    send(page, b"Goal\nFaster\n", "goals.csv")

    assert sign_in.page(other).get(columns_url()).status_code == 404
    initiative.members.filter(person=lead).delete()
    assert page.get(columns_url()).status_code == 404
