"""Another rule that very many people join or leave by: a worker does it, the lead watches."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience, AudienceMember, OrgUnit, Person
from change_tracker.people.services.audiences import Clause, create_audience, recompute_audiences
from change_tracker.training.models import Enrolment, TrainingPlan
from change_tracker.training.services import assign_plan
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


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


def look(page: Any, url: str, line: dict[str, Any]) -> Any:
    """What a worker finds out about another rule, on the page that its job leads to."""
    answer = page.post(url, line)
    job = JobRun.objects.get(kind="check_group_rule")
    assert answer.url == f"/change/jobs/{job.pk}/"
    assert AudienceMember.objects.open().count() == 202
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.summary) == ("done", "It is worked out. Nothing has happened yet.")
    assert AudienceMember.objects.open().count() == 202
    return page.get(job.result_url)


def press(page: Any, check: Any) -> Any:
    sent = dict(check.context["kept"]) | {"digest": check.context["digest"]}
    return page.post(check.context["own_url"], sent)


def url_of(initiative: Initiative, audience: Audience) -> str:
    return f"/change/i/{initiative.slug}/audiences/{audience.pk}/"


def test_many_who_leave_are_taken_out_by_a_worker(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(initiative, crews)
    check = look(page, url, drop(crews, kind="unit"))

    response = press(page, check)

    assert "201 people leave. 201 unfinished plans of people are withdrawn" in words(check)
    assert "Its rule is then: Amira Hassan" in words(check)
    assert "it is done in the background" in words(check)
    job = JobRun.objects.get(kind="change_group_rule")
    assert response.url == f"/change/jobs/{job.pk}/"
    assert (job.title, job.result_url) == ("Changing the group “Crews”", url)
    assert AudienceMember.objects.open().count() == 202
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    assert job.state == "done"
    assert job.summary.startswith(
        "The rule is changed. 201 people left. 201 unfinished plans of people are"
    )
    assert AudienceMember.objects.open().count() == 1
    assert Enrolment.objects.filter(state="withdrawn").count() == 201


def test_a_line_of_every_kind_comes_back_from_the_task(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_plan(initiative)
    page, url = sign_in.page(lead), url_of(initiative, crews)
    line = {"kind": "joined_after", "effect": "exclude", "joined_after": "2026-10-01"}
    Person.objects.filter(external_id__startswith="m").update(starts_on=TODAY)

    press(page, look(page, url, line | {"version": crews.version}))
    run_jobs(clock=lambda: NOW)

    assert JobRun.objects.get(kind="change_group_rule").state == "done"
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
    press(page, look(page, url, drop(crews, kind="unit")))
    TrainingPlan.objects.update(title="Other")
    Enrolment.objects.filter(person__external_id="m7").update(state="completed")

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get(kind="change_group_rule")
    assert (job.state, job.failure) == ("failed", "changed_since_preview")
    assert AudienceMember.objects.open().count() == 202


def test_what_a_worker_found_out_is_shown_to_who_asked_about_that_group(
    initiative: Initiative, crews: Audience, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(initiative, crews)
    look(page, url, drop(crews, kind="unit"))
    job = JobRun.objects.get()
    other = create_audience(
        name="Desk", clauses=[Clause(kind="person", person=employee)], actor=lead.user, **WHEN
    )
    second = factories.make_person("Second", login=True)
    initiative.members.create(person=second, role="lead")

    asked = f"?checked={job.pk}"
    answers = [
        page.get(url_of(initiative, other) + asked),
        page.get(f"{url}?checked=none"),
        sign_in.page(second).get(url + asked),
    ]

    assert [each.status_code for each in answers] == [200, 200, 200]
    assert not any("people leave" in words(each) for each in answers)


def test_a_look_of_who_leads_no_longer_finds_nothing_out(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    sign_in.page(lead).post(url_of(initiative, crews), drop(crews, kind="unit"))
    Audience.objects.update(created_by=None)
    initiative.members.all().delete()

    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get()
    assert (job.state, job.failure, job.found) == ("failed", "forbidden", None)


def test_one_who_leaves_is_taken_out_at_once(
    initiative: Initiative, crews: Audience, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), url_of(initiative, crews)

    check = page.post(url, drop(crews, kind="person"))
    press(page, check)

    assert "in the background" not in words(check)
    assert not JobRun.objects.exists()
    assert AudienceMember.objects.open().count() == 201


def test_another_system_is_answered_with_the_job(
    crews: Audience, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    api, url = sign_in.api(lead), f"/change/api/v1/audiences/{crews.pk}/"
    clauses = [{"kind": "person", "effect": "include", "person": employee.pk}]
    body = {"name": "Crews of old", "clauses": clauses}

    stale = api.patch(url, body, format="json", headers={"If-Match": '"9"'})
    answer = api.patch(url, body, format="json", headers={"If-Match": f'"{crews.version}"'})

    assert stale.status_code == 412
    assert answer.status_code == 202
    assert (answer.json()["kind"], answer.json()["state"]) == ("change_group_rule", "queued")
    assert AudienceMember.objects.open().count() == 202
    crews.refresh_from_db()
    assert crews.name == "Crews of old"
    run_jobs(clock=lambda: NOW)
    assert api.get(f"/change/api/v1/jobs/{answer.json()['id']}/").json()["state"] == "done"
    assert AudienceMember.objects.open().get().person == employee


def test_another_system_does_what_was_previewed_or_nothing(
    crews: Audience, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    api, url = sign_in.api(lead), f"/change/api/v1/audiences/{crews.pk}/"
    clauses = [{"kind": "person", "effect": "include", "person": employee.pk}]
    looking = api.post(f"{url}preview/", {"clauses": clauses}, format="json")
    assert looking.status_code == 202
    run_jobs(clock=lambda: NOW)
    shown = api.get(f"/change/api/v1/jobs/{looking.json()['id']}/").json()["found"]
    assert [(each["joined"], each["left"]) for each in shown["changes"]] == [(0, 201)]
    Enrolment.objects.filter(person__external_id="m7").update(state="completed")

    api.patch(url, {"clauses": clauses, "digest": shown["digest"]}, format="json")
    run_jobs(clock=lambda: NOW)

    job = JobRun.objects.get(kind="change_group_rule")
    assert job.failure == "changed_since_preview"
    assert AudienceMember.objects.open().count() == 202


def without_the_depot(crews: Audience) -> dict[str, Any]:
    """The admin's form, with the line of the unit ticked to be deleted."""
    lines = list(crews.clauses.order_by("pk"))
    form: dict[str, Any] = {
        "name": crews.name,
        "clauses-TOTAL_FORMS": len(lines),
        "clauses-INITIAL_FORMS": len(lines),
    }
    for place, line in enumerate(lines):
        form |= {f"clauses-{place}-id": line.pk, f"clauses-{place}-audience": crews.pk}
    return form | {"clauses-0-DELETE": "on"}


def press_in_the_admin(client: Any, crews: Audience) -> tuple[str, Any]:
    """What the admin shows first, and its answer once that was confirmed."""
    url = reverse("admin:change_tracker_audience_change", args=[crews.pk])
    form = without_the_depot(crews)
    check = client.post(url, form)
    digest = re.search(r'name="ct-digest" value="(\w+)"', check.content.decode())
    assert digest
    return words(check), client.post(url, form | {"ct-digest": digest[1]}, follow=True)


@pytest.mark.parametrize("moved", [False, True])
def test_the_admin_has_a_worker_do_it_as_it_was_shown(
    crews: Audience, *, moved: bool, client: Client
) -> None:
    client.force_login(factories.make_user("root", is_staff=True, is_superuser=True))

    check, after = press_in_the_admin(client, crews)

    assert "Crews: 0 join, 201 leave." in check
    assert "What follows from it is worked out in the background." in check
    job = JobRun.objects.get()
    assert f'<a href="/change/jobs/{job.pk}/">' in after.content.decode()
    assert AudienceMember.objects.open().count() == 202
    if moved:
        Person.objects.filter(external_id="m7").update(unit=None)
        recompute_audiences(actor=None, today=TODAY, now=NOW)
    run_jobs(clock=lambda: NOW)
    job.refresh_from_db()
    expected = ("failed", "changed_since_preview", 201) if moved else ("done", "", 1)
    assert (job.state, job.failure, AudienceMember.objects.open().count()) == expected
