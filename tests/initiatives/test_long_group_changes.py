"""Another rule that very many people join or leave by: a worker does it, the lead watches."""

from typing import Any

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience, AudienceMember, OrgUnit, Person
from change_tracker.people.services.audiences import Clause, create_audience
from change_tracker.training.models import Enrolment, TrainingPlan
from change_tracker.training.services import assign_plan
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def depot() -> OrgUnit:
    """201 people work there."""
    unit = factories.make_unit("Depot")
    Person.objects.bulk_create(
        Person(external_id=f"m{n}", display_name=f"Person {n:03}", unit=unit) for n in range(201)
    )
    return unit


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def crews(initiative: Initiative, depot: OrgUnit, employee: Person, lead: Person) -> Audience:
    """Amira and everyone in the depot; they have a plan."""
    clauses = [Clause(kind="unit", unit=depot), Clause(kind="person", person=employee)]
    audience = create_audience(name="Crews", clauses=clauses, actor=lead.user, today=TODAY, now=NOW)
    factories.make_group(initiative, audience)
    plan = factories.make_plan(initiative)
    factories.make_rule(plan, audience)
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    return audience


def drop(audience: Audience, **values: Any) -> dict[str, Any]:
    line = audience.clauses.get(**values)
    return {"do": "drop", "clause": line.pk, "version": audience.version}


def press(page: Any, check: Any) -> Any:
    sent = dict(check.context["kept"]) | {"digest": check.context["digest"]}
    return page.post(check.context["own_url"], sent)


def url_of(initiative: Initiative, audience: Audience) -> str:
    return f"/change/i/{initiative.slug}/audiences/{audience.pk}/"


def test_many_who_leave_are_taken_out_by_a_worker(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(initiative, crews)
    check = page.post(url, drop(crews, kind="unit"))

    response = press(page, check)

    assert "it is done in the background" in words(check)
    job = JobRun.objects.get()
    assert response.url == f"/change/jobs/{job.pk}/"
    assert (job.title, job.result_url) == ("Changing the group “Crews”", url)
    assert AudienceMember.objects.open().count() == 202
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert job.state == "done"
    assert job.summary.startswith("The rule is changed. 201 people left. 201 open enrolments are")
    assert AudienceMember.objects.open().count() == 1
    assert Enrolment.objects.filter(state="withdrawn").count() == 201


def test_a_line_of_every_kind_comes_back_from_the_task(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_plan(initiative)
    page, url = sign_in.page(lead), url_of(initiative, crews)
    line = {"kind": "joined_after", "effect": "exclude", "joined_after": "2026-10-01"}
    Person.objects.filter(external_id__startswith="m").update(starts_on=TODAY)

    check = page.post(url, line | {"version": crews.version})
    press(page, check)
    run_jobs(clock=lambda: NOW)

    assert JobRun.objects.get().state == "done"
    assert [each.kind for each in crews.clauses.order_by("pk")] == [
        "unit",
        "person",
        "joined_after",
    ]
    assert AudienceMember.objects.open().count() == 1


def test_it_is_refused_where_somebody_moved_meanwhile(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(initiative, crews)
    press(page, page.post(url, drop(crews, kind="unit")))
    TrainingPlan.objects.update(title="Other")
    Enrolment.objects.filter(person__external_id="m7").update(state="completed")

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get()
    assert (job.state, job.failure) == ("failed", "changed_since_preview")
    assert AudienceMember.objects.open().count() == 202


def test_one_who_leaves_is_taken_out_at_once(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(initiative, crews)

    check = page.post(url, drop(crews, kind="person"))
    press(page, check)

    assert "in the background" not in words(check)
    assert not JobRun.objects.exists()
    assert AudienceMember.objects.open().count() == 201
