"""Giving a plan to more people than a page can wait for, and changing one that so many have."""

import re
from datetime import date
from typing import Any

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.initiatives.models import InitiativeMember
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.training.services import assign_plan
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import main_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
BACKGROUND = "it is done in the background"


def crowd(count: int) -> list[Person]:
    return Person.objects.bulk_create(
        Person(external_id=f"m{n}", display_name=f"Person {n:04}") for n in range(count)
    )


def plan_for(lead: Person, count: int, state: str = "published") -> TrainingPlan:
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    activities = [factories.make_activity(initiative, title=name) for name in ("Listen", "Book")]
    plan = factories.make_plan(initiative, items=activities, title="First week", state=state)
    factories.make_rule(plan, factories.make_audience(*crowd(count)))
    return plan


def url_of(plan: TrainingPlan, rest: str) -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/{rest}"


def sent(response: Any) -> dict[str, str]:
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main_of(response))
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def test_a_draft_for_very_many_is_published_and_assigned_by_a_worker(
    lead: Person, sign_in: SignIn
) -> None:
    plan, page = plan_for(lead, 1001, state="draft"), sign_in.page(lead)
    check = page.get(url_of(plan, "assign/"))

    response: Any = page.post(url_of(plan, "assign/"), sent(check))

    assert BACKGROUND in words(check)
    job = JobRun.objects.get()
    assert response.url == f"/change/jobs/{job.pk}/"
    assert (job.state, job.title) == ("queued", "Assigning “First week”")
    assert not Enrolment.objects.exists()
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.summary) == ("done", "1001 people were given this plan.")
    assert (job.done, job.total) == (1001, 1001)
    assert job.result_url == url_of(plan, "")
    assert TrainingPlan.objects.get().state == "published"
    assert TrainingRecord.objects.filter(due_on=date(2026, 11, 30)).count() == 2002


def test_fewer_people_get_it_at_once(lead: Person, sign_in: SignIn) -> None:
    plan, page = plan_for(lead, 1000), sign_in.page(lead)
    check = page.get(url_of(plan, "assign/"))

    page.post(url_of(plan, "assign/"), sent(check))

    assert BACKGROUND not in words(check)
    assert not JobRun.objects.exists()
    assert Enrolment.objects.count() == 1000


def test_who_has_it_already_does_not_make_assigning_long(lead: Person, sign_in: SignIn) -> None:
    plan, page = plan_for(lead, 1001), sign_in.page(lead)
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    factories.make_rule(plan, factories.make_audience(factories.make_person("Newcomer")))

    page.post(url_of(plan, "assign/"), sent(page.get(url_of(plan, "assign/"))))

    assert not JobRun.objects.exists()
    assert Enrolment.objects.count() == 1002


def test_what_was_not_shown_begins_no_job(lead: Person, sign_in: SignIn) -> None:
    plan, page = plan_for(lead, 1001), sign_in.page(lead)

    response: Any = page.post(url_of(plan, "assign/"), {"digest": "0" * 64})

    assert response.status_code == 409
    assert not JobRun.objects.exists()


def test_a_worker_refuses_where_the_people_are_others_by_then(
    lead: Person, sign_in: SignIn
) -> None:
    plan, page = plan_for(lead, 1001), sign_in.page(lead)
    page.post(url_of(plan, "assign/"), sent(page.get(url_of(plan, "assign/"))))
    Person.objects.filter(external_id="m7").update(ends_on=date(2026, 1, 1))

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get()
    assert (job.state, job.failure) == ("failed", "people_changed")
    assert not Enrolment.objects.exists()


def test_who_leads_no_longer_assigns_no_longer(lead: Person, sign_in: SignIn) -> None:
    plan, page = plan_for(lead, 1001), sign_in.page(lead)
    page.post(url_of(plan, "assign/"), sent(page.get(url_of(plan, "assign/"))))
    InitiativeMember.objects.filter(person=lead).delete()

    run_jobs(clock=lambda: NOW)

    assert JobRun.objects.get().state == "failed"
    assert not Enrolment.objects.exists()


def test_another_system_is_answered_with_the_job(lead: Person, sign_in: SignIn) -> None:
    plan, api = plan_for(lead, 1001), sign_in.api(lead)
    rule = plan.audiences.get()

    answer = api.post(
        f"/change/api/v1/plans/{plan.pk}/assign/", {"rules": [rule.pk]}, format="json"
    )

    assert answer.status_code == 202
    assert (answer.json()["kind"], answer.json()["state"]) == ("assign_plan", "queued")
    run_jobs(clock=lambda: NOW)
    assert api.get(f"/change/api/v1/jobs/{answer.json()['id']}/").json()["state"] == "done"
    assert Enrolment.objects.count() == 1001


@pytest.fixture
def given(lead: Person) -> TrainingPlan:
    """Listen and Book, given to 1001."""
    plan = plan_for(lead, 1001)
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    return plan


def look(page: Any, url: str, form: dict[str, str] | None = None) -> Any:
    """What a worker finds out about a change, on the page that its job leads to."""
    answer = page.post(url, form or {})
    job = JobRun.objects.get(kind="check_revision")
    assert answer.url == f"/change/jobs/{job.pk}/"
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 1001, 1001)
    assert TrainingPlan.objects.get().revision == 1
    return page.get(job.result_url)


def test_what_a_worker_found_out_is_shown_to_who_asked_and_of_that_plan(
    given: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(given, "items/new/")
    look(page, url, {"title": "Ride along", "minutes": "30"})
    asked = f"?checked={JobRun.objects.get().pk}"
    second = factories.make_person("Second", login=True)
    given.initiative.members.create(person=second, role="lead")
    other = factories.make_plan(given.initiative)

    answers = [
        page.get(url_of(other, "items/new/") + asked),
        sign_in.page(second).get(url + asked),
    ]

    assert [each.status_code for each in answers] == [200, 200]
    assert not any("Ride along" in words(each) for each in answers)


def test_what_is_as_wanted_begins_no_look(
    given: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    api, url = sign_in.api(lead), f"/change/api/v1/plans/{given.pk}/revise/"
    items = [{"activity": each.activity_id} for each in given.items.order_by("position")]

    answer = api.post(url, {"items": items, "dry_run": True}, format="json")

    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    assert not JobRun.objects.exists()


def test_a_plan_that_many_have_is_changed_by_a_worker(
    given: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(given, "items/new/")
    check = look(page, url, {"title": "Ride along", "minutes": "30", "body": "With *Ben*"})

    response: Any = page.post(url, sent(check))

    assert "1001 people have work ahead in this plan" in words(check)
    assert "1001 people get “Ride along” as well, the first of them due" in words(check)
    assert BACKGROUND in words(check)
    job = JobRun.objects.get(kind="revise_plan")
    assert response.url == f"/change/jobs/{job.pk}/"
    assert job.title == "Changing “First week” for everyone"
    assert given.items.count() == 2
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.summary) == (
        "done",
        "The plan is changed for everyone: this is revision 2.",
    )
    assert (job.done, job.total) == (1001, 1001)
    added = given.items.get(activity__title="Ride along").activity
    assert (added.minutes, added.body) == (30, "With *Ben*")
    assert TrainingRecord.objects.filter(activity=added).count() == 1001


def test_a_change_is_refused_where_somebody_finished_meanwhile(
    given: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, item = sign_in.page(lead), given.items.get(activity__title="Book")
    url = url_of(given, f"items/{item.pk}/remove/")
    page.post(url, sent(look(page, url)))
    TrainingRecord.objects.filter(person__external_id="m7").update(
        state="completed", completed_on=TODAY
    )

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get(kind="revise_plan")
    assert (job.state, job.failure) == ("failed", "people_changed")
    assert given.items.in_force().count() == 2


def test_another_system_revises_with_dates_and_rules_kept(
    given: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    api, first = sign_in.api(lead), given.items.earliest("position")
    url = f"/change/api/v1/plans/{given.pk}/revise/"
    items = [{"activity": first.activity_id, "due_rule": "fixed", "due_on": "2026-12-04"}]

    looked = api.post(url, {"items": items, "dry_run": True}, format="json")
    run_jobs(clock=lambda: NOW)
    found = api.get(f"/change/api/v1/jobs/{looked.json()['id']}/").json()["found"]
    answer = api.post(url, {"items": items, "digest": found["digest"]}, format="json")

    assert (looked.status_code, answer.status_code) == (202, 202)
    assert [each["people"] for each in found["removed"]] == [1001]
    run_jobs(clock=lambda: NOW)
    job = JobRun.objects.get(kind="revise_plan")
    assert (job.state, job.failure) == ("done", "")
    open_ones = TrainingRecord.objects.outstanding()
    assert set(open_ones.values_list("due_on", flat=True)) == {date(2026, 12, 4)}
    assert open_ones.count() == 1001


def test_a_revision_that_cannot_be_begins_no_job(
    given: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    answer = sign_in.api(lead).post(
        f"/change/api/v1/plans/{given.pk}/revise/", {"items": []}, format="json"
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "last_item"
    assert not JobRun.objects.exists()
