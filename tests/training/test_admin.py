"""The admin of training: through the services, and quick however many rows there are."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.training import planjobs
from change_tracker.training.models import (
    Enrolment,
    LearningActivity,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

ADMIN = "/admin/change_tracker"
MODELS = (
    "activitykind",
    "learningactivity",
    "trainingplan",
    "planitem",
    "planaudience",
    "enrolment",
    "trainingrecord",
)


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(factories.make_user("root", is_superuser=True, is_staff=True))
    return client


def staff(*permissions: str) -> User:
    return factories.make_user("", *permissions, is_staff=True)


@pytest.fixture
def clerk() -> Client:
    """Somebody of human resources who works in the admin."""
    client = Client()
    client.force_login(staff("manage_people", "change_trainingplan", "view_trainingplan"))
    return client


@pytest.fixture
def initiative() -> Initiative:
    return factories.make_initiative()


@pytest.fixture(autouse=True)
def _today(time_machine: Any) -> None:
    time_machine.move_to(NOW)


def shown(check: str) -> str:
    """The digest of what a check page shows."""
    found = re.search(r'name="ct-digest" value="(\w+)"', check)
    return found[1] if found else ""


def fill(initiative: Initiative, count: int) -> None:
    for _ in range(count):
        plan = factories.make_plan(initiative)
        person = factories.make_person(unit=factories.make_unit())
        rule = factories.make_rule(plan, factories.make_audience(person))
        factories.make_enrolment(plan, person, rule=rule)


@pytest.mark.exhaustive
@pytest.mark.parametrize("model", MODELS)
def test_lists_take_as_many_queries_for_forty_rows_as_for_one(
    root: Client, initiative: Initiative, model: str
) -> None:
    counted = []
    for count in (1, 39):
        fill(initiative, count)
        root.get(f"{ADMIN}/{model}/")
        with CaptureQueriesContext(connection) as queries:
            assert root.get(f"{ADMIN}/{model}/").status_code == 200
        counted.append(len(queries))

    assert counted[0] == counted[1]


@pytest.mark.exhaustive
def test_forms_take_as_many_queries_for_many_parts_as_for_one(
    root: Client, initiative: Initiative
) -> None:
    counted = []
    for count in (1, 12):
        plan = factories.make_plan(initiative, items=count, state="draft")
        for _ in range(count):
            factories.make_rule(plan, factories.make_audience())
        enrolment = factories.make_enrolment(plan, factories.make_person())
        each = []
        for url in (
            f"{ADMIN}/trainingplan/{plan.pk}/change/",
            f"{ADMIN}/enrolment/{enrolment.pk}/change/",
        ):
            root.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert root.get(url).status_code == 200
            each.append(len(queries))
        counted.append(each)

    assert counted[0] == counted[1]


def form(**values: Any) -> dict[str, Any]:
    empty = {
        f"{prefix}-{name}": 0
        for prefix in ("items", "audiences")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return empty | values


def test_a_plan_is_made_with_its_items_and_rules_and_history(
    root: Client, initiative: Initiative
) -> None:
    activity, audience = factories.make_activity(initiative), factories.make_audience()
    values = {
        "title": "Basics",
        "initiative": initiative.pk,
        "items-TOTAL_FORMS": 1,
        "items-0-activity": activity.pk,
        "items-0-position": 2,
        "items-0-is_required": "on",
        "items-0-due_unit": "days",
        "audiences-TOTAL_FORMS": 1,
        "audiences-0-audience": audience.pk,
        "audiences-0-due_rule": "fixed",
        "audiences-0-due_on": "2026-12-01",
        "audiences-0-due_unit": "days",
        "audiences-0-on_leave": "keep",
    }

    response = root.post(f"{ADMIN}/trainingplan/add/", form(**values))

    assert response.status_code == 302, response.context["errors"]
    plan = TrainingPlan.objects.get(title="Basics")
    assert plan.items.get().activity == activity
    assert plan.audiences.get().due_on == date(2026, 12, 1)
    created = set(AuditEvent.objects.filter(verb="created").values_list("object_type", flat=True))
    assert created == {"trainingplan", "planitem", "planaudience"}


def test_an_incomplete_rule_is_said_beside_its_field(root: Client, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative)
    rule = factories.make_rule(plan, factories.make_audience())
    url = f"{ADMIN}/planaudience/{rule.pk}/change/"
    values = {
        "plan": plan.pk,
        "audience": rule.audience_id,
        "due_rule": "joined_group",
        "due_unit": "days",
    }

    response = root.post(url, values)

    assert response.status_code == 200
    assert b"Say how many days" in response.content


def test_items_of_a_published_plan_cannot_be_added_or_changed(
    root: Client, initiative: Initiative
) -> None:
    plan = factories.make_plan(initiative)
    item = plan.items.get()
    page = root.get(f"{ADMIN}/trainingplan/{plan.pk}/change/").content.decode()
    values = {"plan": plan.pk, "activity": item.activity_id, "position": 7, "due_unit": "days"}

    response = root.post(f"{ADMIN}/planitem/{item.pk}/change/", values, follow=True)

    assert "items-__prefix__-activity" not in page
    assert "audiences-__prefix__-audience" in page
    assert "it changes for all of them at once, by a revision" in response.content.decode()
    item.refresh_from_db()
    assert item.position == 1


def test_assign_now_carries_plans_out_and_says_what_it_did(
    clerk: Client, initiative: Initiative
) -> None:
    plan, draft = factories.make_plan(initiative), factories.make_plan(initiative, state="draft")
    for each in (plan, draft):
        factories.make_rule(each, factories.make_audience(factories.make_person()))
    selected = {"action": "assign_now", "_selected_action": [plan.pk, draft.pk]}

    check = clerk.post(f"{ADMIN}/trainingplan/", selected).content.decode()
    assert f"{plan}: 1 would be enrolled" in check
    assert not Enrolment.objects.exists()
    seen = selected | {"ct-digest": shown(check)}
    page = clerk.post(f"{ADMIN}/trainingplan/", seen, follow=True).content.decode()

    assert f"{plan}: 1 enrolled" in page
    assert f"{draft}: Only a published plan" in page
    assert Enrolment.objects.get().plan == plan


def test_assign_now_leaves_many_people_to_a_worker(
    clerk: Client, initiative: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planjobs, "MOST_GIVEN_AT_ONCE", 1)
    plan = factories.make_plan(initiative)
    people = [factories.make_person() for _ in range(2)]
    factories.make_rule(plan, factories.make_audience(*people))
    selected = {"action": "assign_now", "_selected_action": [plan.pk]}
    seen = {"ct-digest": shown(clerk.post(f"{ADMIN}/trainingplan/", selected).content.decode())}

    page = clerk.post(f"{ADMIN}/trainingplan/", selected | seen, follow=True).content.decode()

    job = JobRun.objects.get(kind="assign_plan")
    assert f'href="/change/jobs/{job.pk}/">{plan}: it is being assigned in the background.' in page


def test_assign_now_shows_anew_what_has_changed_meanwhile(
    clerk: Client, initiative: Initiative
) -> None:
    plan, group = factories.make_plan(initiative), factories.make_audience(factories.make_person())
    factories.make_rule(plan, group)
    selected = {"action": "assign_now", "_selected_action": [plan.pk]}
    digest = shown(clerk.post(f"{ADMIN}/trainingplan/", selected).content.decode())
    group.members.create(person=factories.make_person(), joined_on=TODAY)

    again = clerk.post(f"{ADMIN}/trainingplan/", selected | {"ct-digest": digest}).content.decode()

    assert f"{plan}: 2 would be enrolled" in again
    assert not Enrolment.objects.exists()


def test_an_activity_leads_to_where_its_files_and_versions_are_made(
    root: Client, initiative: Initiative
) -> None:
    alone = factories.make_activity(initiative)
    plan = factories.make_plan(initiative)
    item = plan.items.get()
    page = root.get(f"{ADMIN}/learningactivity/{item.activity_id}/change/").content.decode()
    none = root.get(f"{ADMIN}/learningactivity/{alone.pk}/change/").content.decode()

    where = f"/change/i/{initiative.slug}/training/{plan.pk}/items/{item.pk}"
    assert f'href="{where}/version/"' in page
    assert f'href="{where}/files/"' in page
    assert "none has yet" in none


def test_assign_now_is_not_for_everyone_who_comes_into_the_admin(initiative: Initiative) -> None:
    login = staff("change_trainingplan", "view_trainingplan")
    factories.make_role(initiative, factories.make_person(login=login), "sponsor")
    plan = factories.make_plan(initiative)
    factories.make_rule(plan, factories.make_audience(factories.make_person()))
    client = Client()
    client.force_login(login)
    selected = {"action": "assign_now", "_selected_action": [plan.pk]}

    page = client.post(f"{ADMIN}/trainingplan/", selected, follow=True).content.decode()

    assert "You are not allowed to do this" in page
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("model", ["enrolment", "trainingrecord"])
def test_what_people_did_is_read_only(root: Client, initiative: Initiative, model: str) -> None:
    fill(initiative, 1)
    row: Any = {"enrolment": Enrolment, "trainingrecord": TrainingRecord}[model]
    pk = row.objects.get().pk

    assert root.get(f"{ADMIN}/{model}/{pk}/change/").status_code == 200
    for url in (f"{ADMIN}/{model}/add/", f"{ADMIN}/{model}/{pk}/delete/"):
        assert root.get(url).status_code == 403
    assert root.post(f"{ADMIN}/{model}/{pk}/change/", {}).status_code == 403


def test_changing_an_activity_leaves_history(root: Client, initiative: Initiative) -> None:
    activity = factories.make_activity(initiative)
    values = {
        "title": "Better",
        "initiative": initiative.pk,
        "minutes": 15,
        "activity_version": 1,
        "completion_rule": "attest",
    }

    response = root.post(f"{ADMIN}/learningactivity/{activity.pk}/change/", values)

    assert response.status_code == 302
    assert LearningActivity.objects.get().title == "Better"
    assert AuditEvent.objects.get().changes == {"title": "Better"}
    assert PlanAudience.objects.count() == 0


def test_what_is_called_off_or_taken_out_says_so(root: Client) -> None:
    initiative = factories.make_initiative()
    item = factories.make_plan(initiative).items.get()
    session = factories.make_session(initiative, item.activity, cancelled_on=date(2026, 11, 17))
    item.removed_on = date(2026, 11, 16)
    item.save()

    for name, row, day in (
        ("session", session.pk, "Nov. 17, 2026"),
        ("planitem", item.pk, "Nov. 16, 2026"),
    ):
        for where in ("", f"{row}/change/"):
            assert day in root.get(f"{ADMIN}/{name}/{where}").content.decode()
