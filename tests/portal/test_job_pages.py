"""Watching long work: its page, its problems as a file, running it again."""

from datetime import timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from change_tracker.core.jobs.models import JobRun
from change_tracker.people.models import Person
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db

PROBLEM = {"row": 7, "field": "name", "reason": "=It is empty.", "is_error": True}


def make_job(owner: Person, state: str = "queued", **values: object) -> JobRun:
    if state == "running":
        values |= {"lease_token": "0" * 32, "lease_until": NOW, "attempts": 1}
    if state in {"done", "failed"}:
        values |= {"finished_at": NOW}
    job: JobRun = JobRun.objects.create(
        **{"kind": "x", "title": "Import of roster.csv", "owner": owner.user, "queued_at": NOW}
        | {"state": state}
        | values
    )
    return job


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_page_of_work_under_way_shows_progress_and_comes_again(
    hr: Person, sign_in: SignIn
) -> None:
    job = make_job(hr, "running", done=1, total=4)

    response = sign_in.page(hr).get(f"/change/jobs/{job.pk}/")

    assert response["Refresh"] == "5"
    bar = " ".join(response.content.decode().partition("<progress ")[2].split())
    assert bar.startswith('class="ct-bar" max="100" value="25"')
    assert "You may close this page" in response.content.decode()


def test_the_page_stands_still_where_somebody_asks_for_it(hr: Person, sign_in: SignIn) -> None:
    job = make_job(hr, "running")

    response = sign_in.page(hr).get(f"/change/jobs/{job.pk}/?still")

    assert "Refresh" not in response
    assert ">Refresh</a>" in response.content.decode()


def test_what_has_ended_does_not_come_again(hr: Person, sign_in: SignIn) -> None:
    job = make_job(hr, "done", summary="12 people were added.", result_url="/change/people/")

    response = sign_in.page(hr).get(f"/change/jobs/{job.pk}/")

    assert "Refresh" not in response
    assert "12 people were added." in response.content.decode()
    assert 'href="/change/people/"' in response.content.decode()


def test_where_no_worker_runs_the_page_says_so_kindly(hr: Person, sign_in: SignIn) -> None:
    job = make_job(hr)
    page = sign_in.page(hr)

    assert "within a minute" in page.get(f"/change/jobs/{job.pk}/").content.decode()
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        text = sign_in.page(hr).get(f"/change/jobs/{job.pk}/").content.decode()
    assert "nothing is lost" in text


def test_each_row_that_went_wrong_is_listed_and_can_be_taken_along(
    hr: Person, sign_in: SignIn
) -> None:
    job = make_job(hr, "failed", summary="It has errors.", problems=[PROBLEM])
    page = sign_in.page(hr)

    assert "It is empty." in page.get(f"/change/jobs/{job.pk}/").content.decode()
    file = page.get(f"/change/jobs/{job.pk}/problems.csv")
    lines = b"".join(file).decode("utf-8-sig").splitlines()
    assert lines == ["Row,Where,Note", "7,name,'=It is empty."]


def test_only_the_owner_sees_it(hr: Person, outsider: Person, sign_in: SignIn) -> None:
    job = make_job(hr)

    assert sign_in.page(outsider).get(f"/change/jobs/{job.pk}/").status_code == 404
    assert sign_in.page(outsider).get("/change/jobs/").context["jobs"].count() == 0
    assert sign_in.page(hr).get("/change/jobs/").context["jobs"].count() == 1


def test_what_broke_off_is_put_in_the_queue_again(hr: Person, sign_in: SignIn) -> None:
    job = make_job(hr, "failed", failure="interrupted", summary="It broke off.")
    page = sign_in.page(hr)

    assert "Run it again" in page.get(f"/change/jobs/{job.pk}/").content.decode()
    response = page.post(f"/change/jobs/{job.pk}/again/", follow=True)

    job.refresh_from_db()
    assert (job.state, response.status_code) == ("queued", 200)


def test_what_was_refused_is_not_and_it_says_why(hr: Person, sign_in: SignIn) -> None:
    job = make_job(hr, "failed", failure="changed_since_preview", summary="It was changed.")
    page = sign_in.page(hr)

    response = page.post(f"/change/jobs/{job.pk}/again/", follow=True)

    assert "only be run again after it broke off" in response.content.decode()
    assert "Run it again" not in page.get(f"/change/jobs/{job.pk}/").content.decode()


def test_programs_watch_it_as_well(hr: Person, sign_in: SignIn) -> None:
    job = make_job(hr, "failed", failure="interrupted", problems=[PROBLEM])
    api: APIClient = sign_in.api(hr)

    found = api.get("/change/api/v1/jobs/?state=failed").json()["results"]
    again = api.post(f"/change/api/v1/jobs/{job.pk}/again/")
    twice = api.post(f"/change/api/v1/jobs/{job.pk}/again/")

    assert [each["problems"] for each in found] == [[PROBLEM]]
    assert (again.status_code, again.json()["state"]) == (200, "queued")
    assert (twice.status_code, twice.json()["code"]) == (409, "not_repeatable")
