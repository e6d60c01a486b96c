"""Deciding about more people than a page can wait for: a worker does it, the lead watches."""

import re
from datetime import date
from typing import Any

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.initiatives.models import InitiativeMember
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def plan(lead: Person) -> TrainingPlan:
    """201 people have it open; one of them is the lead, and one has done it."""
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    plan = factories.make_plan(initiative, title="First week")
    people = Person.objects.bulk_create(
        Person(external_id=f"m{n}", display_name=f"Person {n:03}") for n in range(202)
    )
    enrol(plan, [*people, lead])
    done = Enrolment.objects.filter(person=people[0])
    done.update(state="completed")
    TrainingRecord.objects.filter(person=people[0]).update(
        state="completed", completed_on=date(2026, 11, 10)
    )
    return plan


def enrol(plan: TrainingPlan, people: list[Person]) -> None:
    item = plan.items.get()
    rows = Enrolment.objects.bulk_create(
        Enrolment(plan=plan, person=each, assigned_on=date(2026, 11, 2)) for each in people
    )
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            enrolment=row,
            person=row.person,
            plan=plan,
            item=item,
            activity=item.activity,
            opens_on=date(2026, 11, 2),
            due_on=date(2026, 11, 30),
            due_rule="fixed",
        )
        for row in rows
    )


def check_url(plan: TrainingPlan, query: str) -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/people/check/?everyone=on&{query}"


def decide(page: Any, url: str, reason: str = "The strike") -> Any:
    found = re.search(r'name="digest" value="(\w+)"', page.get(url).content.decode())
    return page.post(url, {"digest": found[1] if found else "", "reason": reason})


def test_the_check_says_beforehand_that_it_is_done_in_the_background(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    some = Enrolment.objects.filter(plan=plan, state="active").earliest("pk")

    many = page.get(check_url(plan, "do=withdraw")).content.decode()
    one = page.get(
        check_url(plan, f"do=withdraw&chosen={some.pk}").replace("everyone=on&", "")
    ).content.decode()

    assert "it is done in the background" in many
    assert ">Withdraw 1 person<" in one
    assert "in the background" not in one


def test_the_page_leads_to_the_job_and_nothing_has_happened_yet(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    response = decide(sign_in.page(lead), check_url(plan, "do=withdraw"))

    job = JobRun.objects.get()
    assert response.url == f"/change/jobs/{job.pk}/"
    assert (job.state, job.title) == ("queued", "Withdrawing 201 people from “First week”")
    assert not Enrolment.objects.filter(state="withdrawn").exists()


@pytest.mark.parametrize(
    ("query", "said", "record"),
    [
        ("do=withdraw", "201 people are withdrawn.", {"state": "void"}),
        ("do=exempt", "201 people are exempt.", {"state": "waived", "left_reason": "The strike"}),
        (
            "do=extend&until=2026-12-11",
            "201 people have time until Fri 11 Dec.",
            {"due_on": date(2026, 12, 11), "is_extended": True},
        ),
    ],
)
def test_a_worker_does_it_and_names_who_was_left_out(
    plan: TrainingPlan,
    lead: Person,
    sign_in: SignIn,
    query: str,
    said: str,
    record: dict[str, Any],
) -> None:
    decide(sign_in.page(lead), check_url(plan, query))

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get()
    assert (job.state, job.done, job.total) == ("done", 201, 201)
    assert job.summary.startswith(said)
    assert [(each["field"], each["reason"]) for each in job.problems] == [
        ("Person 000", "Left out: done already"),
        ("Priya Nair", "Left out: oneself"),
    ]
    assert TrainingRecord.objects.filter(plan=plan, **record).count() == 201


def test_it_refuses_when_somebody_finished_meanwhile(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    decide(sign_in.page(lead), check_url(plan, "do=withdraw"))
    Enrolment.objects.filter(person__external_id="m7").update(state="completed")

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get()
    assert (job.state, job.failure) == ("failed", "people_changed")
    assert not Enrolment.objects.filter(state="withdrawn").exists()


def test_who_leads_no_longer_decides_no_longer(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    decide(sign_in.page(lead), check_url(plan, "do=withdraw"))
    InitiativeMember.objects.filter(person=lead).delete()

    run_jobs(clock=lambda: NOW)

    assert JobRun.objects.get().state == "failed"
    assert not Enrolment.objects.filter(state="withdrawn").exists()


def test_what_was_not_shown_begins_no_job(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        check_url(plan, "do=withdraw"), {"digest": "0" * 64, "reason": "The strike"}
    )

    assert response.status_code == 409
    assert not JobRun.objects.exists()


def test_few_people_are_decided_about_at_once(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    TrainingRecord.objects.filter(person__external_id="m9").delete()
    Enrolment.objects.filter(person__external_id="m9").delete()

    decide(sign_in.page(lead), check_url(plan, "do=withdraw"))

    assert not JobRun.objects.exists()
    assert Enrolment.objects.filter(state="withdrawn").count() == 200
