"""Activities, plans, items and rules through the API, and carrying a plan out."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import (
    ActivityKind,
    Enrolment,
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db

API = "/change/api/v1"


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor)


@pytest.fixture
def api(lead: Person, sign_in: SignIn) -> Any:
    return sign_in.api(lead)


@pytest.fixture(autouse=True)
def _today(time_machine: Any) -> None:
    time_machine.move_to(NOW)


def post(api: Any, path: str, **body: Any) -> Any:
    return api.post(f"{API}/{path}/", body, format="json")


def test_a_lead_builds_publishes_and_assigns_a_plan(
    api: Any, initiative: Initiative, employee: Person
) -> None:
    group = factories.make_audience(employee)
    factories.make_group(initiative, group)

    plan = post(api, "plans", initiative=initiative.pk, title="Basics").json()
    activity = post(api, "activities", initiative=initiative.pk, title="Intro", minutes=20).json()
    item = post(api, "plan-items", plan=plan["id"], activity=activity["id"], position=1)
    rule = post(
        api,
        "plan-audiences",
        plan=plan["id"],
        audience=group.pk,
        due_rule="fixed",
        due_on="2026-11-30",
    )
    moved = post(api, f"plans/{plan['id']}/move", to="published")
    preview = api.get(f"{API}/plans/{plan['id']}/preview/").json()
    done = post(api, f"plans/{plan['id']}/assign")

    assert (plan["state"], plan["moves"]) == ("draft", ["published"])
    assert (item.status_code, rule.status_code, moved.status_code) == (201, 201, 200)
    assert (preview["enrolled"], preview["already_enrolled"]) == (1, 0)
    assert preview["rules"] == [
        {"rule_id": rule.json()["id"], "audience": group.name, "people": 1, "nobody_because": ""}
    ]
    assert done.json() == {
        "enrolled": 1,
        "rejoined": 0,
        "already_enrolled": 0,
        "records": 1,
        "moved_dates": 0,
        "redated": 0,
    }
    assert Enrolment.objects.get().person == employee


def test_a_plan_without_items_is_not_published(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, items=0, state="draft")

    response = post(api, f"plans/{plan.pk}/move", to="published")

    assert (response.status_code, response.json()["code"]) == (409, "move_refused")


def test_only_some_rules_can_be_carried_out(api: Any, initiative: Initiative) -> None:
    plan, other = factories.make_plan(initiative), factories.make_plan(initiative)
    one, two = (
        factories.make_rule(plan, factories.make_audience(factories.make_person()))
        for _ in range(2)
    )
    foreign = factories.make_rule(other, factories.make_audience())

    assert post(api, f"plans/{plan.pk}/assign", rules=[two.pk]).json()["enrolled"] == 1
    assert post(api, f"plans/{plan.pk}/assign", rules=[foreign.pk]).status_code == 400
    one.refresh_from_db()
    assert one.first_assigned_on is None


def test_with_the_digest_of_the_preview_that_is_done_or_nothing(
    api: Any, initiative: Initiative, employee: Person
) -> None:
    plan = factories.make_plan(initiative)
    rule = factories.make_rule(plan, group := factories.make_audience(employee))
    digest = api.get(f"{API}/plans/{plan.pk}/preview/").json()["digest"]
    group.members.create(person=factories.make_person(), joined_on=NOW.date())

    refused = post(api, f"plans/{plan.pk}/assign", digest=digest)
    partly = post(api, f"plans/{plan.pk}/assign", digest=digest, rules=[rule.pk])

    assert (refused.status_code, refused.json()["code"]) == (409, "people_changed")
    assert partly.json()["errors"]["digest"] == (
        "The preview is of all rules: leave out “rules”, or this."
    )
    assert not Enrolment.objects.exists()
    seen = api.get(f"{API}/plans/{plan.pk}/preview/").json()["digest"]
    assert post(api, f"plans/{plan.pk}/assign", digest=seen).json()["enrolled"] == 2


def test_a_draft_is_previewed_but_not_assigned(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, state="draft")
    factories.make_rule(plan, factories.make_audience(factories.make_person()))

    refused = post(api, f"plans/{plan.pk}/assign")

    assert api.get(f"{API}/plans/{plan.pk}/preview/").json()["enrolled"] == 1
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_closed")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"due_rule": "fixed"}, "due_on"),
        ({"due_rule": "fixed", "due_on": "2026-12-01", "due_days": 3}, "due_days"),
        ({"due_rule": "joined_group"}, "due_days"),
        ({"due_rule": "joined_group", "due_days": 0}, "due_days"),
        ({"due_rule": "joined_group", "due_days": 4000}, "due_days"),
        ({"due_rule": "joined_group", "due_days": 3, "due_on": "2026-12-01"}, "due_on"),
        ({"due_rule": "", "due_on": "2026-12-01"}, "due_on"),
        ({"due_rule": "", "due_days": 7}, "due_days"),
        ({"due_rule": "whenever"}, "due_rule"),
    ],
)
def test_an_incomplete_due_rule_says_what_is_missing(
    api: Any, initiative: Initiative, values: dict[str, Any], field: str
) -> None:
    plan = factories.make_plan(initiative, state="draft")
    audience = factories.make_audience()
    factories.make_group(initiative, audience)
    activity = factories.make_activity(initiative)

    rule = post(api, "plan-audiences", plan=plan.pk, audience=audience.pk, **values)
    item = post(api, "plan-items", plan=plan.pk, activity=activity.pk, **values)

    for response in (rule, item):
        assert response.status_code == 400
        assert list(response.json()["errors"]) == [field]


def test_items_stay_as_they_were_published(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative)
    item, activity = plan.items.get(), factories.make_activity(initiative)

    answers = [
        post(api, "plan-items", plan=plan.pk, activity=activity.pk),
        api.patch(f"{API}/plan-items/{item.pk}/", {"position": 3}, format="json"),
        api.delete(f"{API}/plan-items/{item.pk}/"),
        api.delete(f"{API}/plans/{plan.pk}/"),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (409, "plan_published")
    ] * 4
    assert PlanItem.objects.get().position == 1


def test_a_published_plan_is_revised_as_it_was_shown(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, items=2)
    for _ in range(3):
        factories.make_enrolment(plan, factories.make_person())
    first, second = plan.items.all()
    extra = factories.make_activity(initiative, title="Extra")
    body: dict[str, Any] = {
        "items": [
            {"activity": extra.pk, "due_rule": "fixed", "due_on": "2026-12-10"},
            {"activity": first.activity_id, "is_required": False},
        ]
    }

    shown = post(api, f"plans/{plan.pk}/revise", dry_run=True, **body).json()
    assert PlanItem.objects.count() == 2
    done = post(api, f"plans/{plan.pk}/revise", digest=shown["digest"], **body)
    again = post(api, f"plans/{plan.pk}/revise", **body).json()

    assert (done.status_code, done.json()) == (200, shown)
    assert shown["added"] == [
        {
            "title": "Extra",
            "people": 3,
            "is_required": True,
            "first_due_on": "2026-12-10",
            "kept": 0,
        }
    ]
    assert [each["people"] for each in shown["removed"]] == [3]
    assert [each["people"] for each in shown["now_optional"]] == [3]
    assert (again["revision"], again["added"], again["digest"]) == (2, [], "")
    second.refresh_from_db()
    items = api.get(f"{API}/plan-items/?plan={plan.pk}").json()["results"]
    assert {each["id"]: each["removed_on"] for each in items}[second.pk] == str(second.removed_on)
    assert second.removed_on is not None


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"items": []}, 409, "A published plan keeps at least one activity."),
        ({"items": [{"activity": 0}]}, 400, "does not exist"),
        ({"digest": "of another day"}, 409, "people_changed"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(
    body: dict[str, Any], status: int, said: str, api: Any, initiative: Initiative
) -> None:
    plan = factories.make_plan(initiative)
    factories.make_enrolment(plan, factories.make_person())
    extra = factories.make_activity(initiative)

    response = post(api, f"plans/{plan.pk}/revise", **{"items": [{"activity": extra.pk}]} | body)

    assert response.status_code == status
    assert said in response.content.decode()
    assert TrainingPlan.objects.get().revision == 1


def test_drafts_are_changed_and_deleted_with_their_items(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, items=2, state="draft")
    first, second = plan.items.all()

    changed = api.patch(f"{API}/plan-items/{first.pk}/", {"is_required": False}, format="json")

    assert (changed.status_code, changed.json()["is_required"]) == (200, False)
    assert api.delete(f"{API}/plan-items/{second.pk}/").status_code == 204
    assert api.delete(f"{API}/plans/{plan.pk}/").status_code == 204
    assert not TrainingPlan.objects.exists()


def test_rules_of_a_published_plan_change_and_reach_people_with_the_next_run(
    api: Any, initiative: Initiative
) -> None:
    plan = factories.make_plan(initiative)
    rule = factories.make_rule(plan, factories.make_audience(factories.make_person()))
    post(api, f"plans/{plan.pk}/assign")

    changed = api.patch(f"{API}/plan-audiences/{rule.pk}/", {"due_on": "2026-12-10"}, format="json")
    preview = api.get(f"{API}/plans/{plan.pk}/preview/").json()
    again = post(api, f"plans/{plan.pk}/assign").json()

    assert changed.status_code == 200
    assert (preview["redated"], again["redated"], again["already_enrolled"]) == (1, 1, 1)
    assert Enrolment.objects.get().records.get().due_on == date(2026, 12, 10)


def test_a_rule_that_was_carried_out_stays_with_its_group(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative)
    audience, other = factories.make_audience(), factories.make_audience()
    factories.make_group(initiative, other)
    rule = factories.make_rule(plan, audience, first_assigned_on=date(2026, 11, 1))
    idle = factories.make_rule(plan, factories.make_audience())

    moved = api.patch(f"{API}/plan-audiences/{rule.pk}/", {"audience": other.pk}, format="json")
    deleted = api.delete(f"{API}/plan-audiences/{rule.pk}/")

    for response in (moved, deleted):
        assert (response.status_code, response.json()["code"]) == (409, "rule_in_use")
    assert api.delete(f"{API}/plan-audiences/{idle.pk}/").status_code == 204


def test_an_archived_plan_takes_no_rules(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, state="archived")
    audience = factories.make_audience()
    factories.make_group(initiative, audience)

    response = post(api, "plan-audiences", plan=plan.pk, audience=audience.pk)

    assert (response.status_code, response.json()["code"]) == (409, "plan_archived")


def test_nothing_of_another_initiative_comes_into_a_plan(
    api: Any, initiative: Initiative, lead: Person
) -> None:
    other = factories.make_initiative(lead=lead)
    plan = factories.make_plan(initiative, state="draft")
    foreign = factories.make_activity(other)
    shared = factories.make_activity(None)

    assert post(api, "plan-items", plan=plan.pk, activity=foreign.pk).status_code == 400
    assert post(api, "plan-items", plan=plan.pk, activity=shared.pk).status_code == 201
    for body in (
        {"sources": [factories.make_source(other).pk]},
        {"action": factories.make_action(other).pk},
        {"initiative": other.pk},
    ):
        response = api.patch(f"{API}/plans/{plan.pk}/", body, format="json")
        assert (response.status_code, list(response.json()["errors"])) == (400, list(body))


def test_a_plan_answers_resistance_that_only_some_may_read(
    api: Any, initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    source = factories.make_source(initiative)
    plan = factories.make_plan(initiative)
    body = api.patch(f"{API}/plans/{plan.pk}/", {"sources": [source.pk]}, format="json").json()
    factories.make_enrolment(plan, employee)

    seen = sign_in.api(employee).get(f"{API}/plans/{plan.pk}/").json()

    assert (body["sources"], seen["sources"]) == ([source.pk], [])


def test_who_sees_plans_and_who_writes_them(
    initiative: Initiative,
    employee: Person,
    manager: Person,
    sponsor: Person,
    hr: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    plan = factories.make_plan(initiative)
    factories.make_enrolment(plan, employee)
    url = f"{API}/plans/{plan.pk}/"

    for person in (employee, manager, sponsor):
        client = sign_in.api(person)
        assert client.get(url).status_code == 200
        assert client.patch(url, {"title": "X"}, format="json").status_code == 403
        assert post(client, f"plans/{plan.pk}/assign").status_code == 403
        assert client.get(f"{url}preview/").status_code == 403
        created = post(client, "plans", initiative=initiative.pk, title="X")
        assert created.status_code in {400, 403}
    assert sign_in.api(outsider).get(url).status_code == 404
    human = sign_in.api(hr)
    assert human.patch(url, {"title": "X"}, format="json").status_code == 200
    assert post(human, f"plans/{plan.pk}/assign").status_code == 200
    assert human.delete(url).status_code == 403


def test_activities_of_a_plan_are_read_by_those_who_have_it(
    initiative: Initiative, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    factories.make_enrolment(plan, employee)
    activity = plan.items.get().activity
    idle = factories.make_activity(initiative)

    rows = sign_in.api(employee).get(f"{API}/activities/").json()["results"]

    assert [row["id"] for row in rows] == [activity.pk]
    assert sign_in.api(outsider).get(f"{API}/activities/{idle.pk}/").status_code == 404


def test_an_activity_in_a_plan_is_not_deleted(api: Any, initiative: Initiative) -> None:
    used, idle = factories.make_plan(initiative).items.get(), factories.make_activity(initiative)

    refused = api.delete(f"{API}/activities/{used.activity_id}/")

    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert api.delete(f"{API}/activities/{idle.pk}/").status_code == 204


def test_an_activity_stays_in_its_initiative(
    api: Any, initiative: Initiative, lead: Person
) -> None:
    other = factories.make_initiative(lead=lead)
    activity = factories.make_activity(initiative)

    response = api.patch(
        f"{API}/activities/{activity.pk}/", {"initiative": other.pk}, format="json"
    )

    assert response.status_code == 400


def test_a_stale_writer_is_told(api: Any, initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, state="draft")

    response = api.patch(
        f"{API}/plans/{plan.pk}/", {"title": "X"}, format="json", HTTP_IF_MATCH='"7"'
    )

    assert response.status_code == 412


def test_kinds_are_read_by_those_who_plan(api: Any, initiative: Initiative) -> None:
    kind = ActivityKind.objects.create(slug="course", label="Course")

    (row,) = api.get(f"{API}/activity-kinds/").json()["results"]

    assert (row["id"], row["slug"]) == (kind.pk, "course")
    assert api.post(f"{API}/activity-kinds/", {"slug": "a", "label": "A"}).status_code == 403


@pytest.mark.parametrize("path", ["plans", "plan-items", "plan-audiences", "activities"])
def test_the_number_of_queries_does_not_grow(api: Any, initiative: Initiative, path: str) -> None:
    api.get(f"{API}/{path}/")
    counted = []
    for number in (1, 9, 40):
        for _ in range(number):
            plan = factories.make_plan(initiative)
            plan.sources.add(factories.make_source(initiative))
            factories.make_rule(plan, factories.make_audience())
        with CaptureQueriesContext(connection) as queries:
            assert api.get(f"{API}/{path}/").json()["results"]
        counted.append(len(queries))

    assert counted[0] == counted[1] == counted[2]
    assert PlanAudience.objects.count() == LearningActivity.objects.count() == 50
