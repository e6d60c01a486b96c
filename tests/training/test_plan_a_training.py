"""A lead makes a plan and gives it to people, on the pages alone."""

from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, LearningActivity, TrainingPlan
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import queries, title, words
from tests.training.test_plan_page import plan_url, plans_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


def assign(page: Any, plan: TrainingPlan) -> Any:
    """Look at the check page, press its button, and see where that leads."""
    url = f"{plan_url(plan)}assign/"
    return page.post(url, {"digest": page.get(url).context["digest"]}, follow=True)


@pytest.fixture
def draft(initiative: Initiative) -> TrainingPlan:
    return factories.make_plan(initiative, title="First week", state="draft", items=0)


def test_from_nothing_to_people_who_have_it(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    assert not lead.user.is_staff
    people = [factories.make_person(login=True), factories.make_person()]
    group = factories.make_audience(*people, name="Crews", created_by=lead.user)
    page = sign_in.page(lead)

    page.post(f"{plans_url(initiative)}new/", {"title": "First week"})
    plan = initiative.trainingplans.get()
    page.post(
        f"{plan_url(plan)}items/new/",
        {"title": "Listen to a call", "minutes": "15", "body": "*Go*"},
    )
    page.post(
        f"{plan_url(plan)}groups/new/",
        {"audience": group.pk, "due_rule": "fixed", "due_on": "2026-11-30"},
    )
    check = words(page.get(f"{plan_url(plan)}assign/"))
    assert "2 people get this plan. 1 has no login, and cannot see it here." in check
    assert "Publish and assign to 2 people" in check
    assert not Enrolment.objects.exists()
    after = assign(page, plan)

    assert "2 people were given this plan." in words(after)
    assert "0 of 2 people are done." in words(after)
    records = [record for each in Enrolment.objects.all() for record in each.records.all()]
    assert [(each.due_on, each.activity.minutes) for each in records] == [
        (date(2026, 11, 30), 15)
    ] * 2


def test_the_check_says_which_dates_move_and_why(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative, items=[factories.make_activity(title="A call")])
    group = factories.make_audience(factories.make_person())
    factories.make_rule(plan, group, due_rule="fixed", due_on=date(2026, 11, 2))

    text = words(sign_in.page(lead).get(f"{plan_url(plan)}assign/"))

    assert "date of “A call” moves from Mon 2 Nov to Thu 19 Nov, because it has passed." in text
    assert "Assign to 1 person" in text


def test_a_second_time_there_is_nothing_to_press(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    factories.make_rule(plan, factories.make_audience(factories.make_person()))
    page = sign_in.page(lead)
    assign(page, plan)

    response = page.get(f"{plan_url(plan)}assign/")

    assert "There is nobody new to assign it to. 1 has it already." in words(response).replace(
        " 1 has no login, and cannot see it here.", ""
    )
    assert "ct-btn--main" not in response.content.decode()


@pytest.mark.parametrize("meanwhile", ["joined", "left", "moved", "extra"])
def test_what_became_of_the_people_since_the_check_is_shown_first(
    meanwhile: str, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    people = [factories.make_person(login=True, email=f"{name}@example.org") for name in "ab"]
    plan = factories.make_plan(initiative, title="First week", state="draft", items=1)
    group = factories.make_audience(*people)
    rule = factories.make_rule(plan, group, due_rule="fixed", due_on=date(2026, 11, 30))
    page, url = sign_in.page(lead), f"{plan_url(plan)}assign/"
    sent = {"digest": page.get(url).context["digest"]}
    if meanwhile == "joined":
        group.members.create(person=factories.make_person(), joined_on=TODAY)
    elif meanwhile == "left":
        group.members.filter(person=people[0]).delete()
    elif meanwhile == "moved":
        type(rule).objects.filter(pk=rule.pk).update(due_on=date(2026, 12, 1))
    else:
        factories.make_rule(plan, factories.make_audience(people[0]))

    refused = page.post(url, sent)

    assert refused.status_code == 409
    assert "Something changed for these people in the meantime." in words(refused)
    assert not Enrolment.objects.exists()
    plan.refresh_from_db()
    assert plan.state == "draft"
    shown = {"joined": 3, "left": 1}.get(meanwhile, 2)
    assert f"Publish and assign to {shown} " in words(refused)
    page.post(url, {"digest": refused.context["digest"]})
    assert Enrolment.objects.count() == shown


def test_a_plan_without_activities_is_refused_and_stays_a_draft(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(f"{plan_url(draft)}assign/")

    assert response.status_code == 409
    assert "Add at least one item first." in words(response)
    assert title(response).startswith("Error:")
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose an activity, or write the title of a new one."),
        ({"title": "New", "minutes": "soon"}, "Enter a whole number."),
    ],
)
def test_what_is_wrong_with_an_activity_is_said_and_nothing_is_lost(
    typed: dict[str, str], said: str, draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(f"{plan_url(draft)}items/new/", {"body": "Kept"} | typed)

    assert response.status_code == 400
    assert said in response.content.decode()
    assert "Kept" in response.content.decode()
    assert not LearningActivity.objects.exists()


def test_activities_stand_in_the_order_in_which_they_are_added(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    library = factories.make_activity(draft.initiative, title="From before")
    page = sign_in.page(lead)

    page.post(f"{plan_url(draft)}items/new/", {"title": "New", "is_optional": "on"})
    page.post(f"{plan_url(draft)}items/new/", {"activity": library.pk})

    items = [(str(item), item.position, item.is_required) for item in draft.items.all()]
    assert items == [("New", 1, False), ("From before", 2, True)]


def test_a_fixed_rule_without_its_date_is_said(
    draft: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(created_by=lead.user)

    response = sign_in.page(lead).post(
        f"{plan_url(draft)}groups/new/", {"audience": group.pk, "due_rule": "fixed"}
    )

    assert response.status_code == 400
    assert "Say on which date it is due." in response.content.decode()


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_where_the_initiative_has_ended_the_check_says_so_and_has_no_button(
    state: str, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(factories.make_initiative(lead=lead, state=state))
    factories.make_rule(plan, factories.make_audience(employee))
    page = sign_in.page(lead)

    check = page.get(f"{plan_url(plan)}assign/")

    assert "The initiative has ended: nobody new gets the plan." in words(check)
    assert 'name="digest"' not in check.content.decode()
    assert f"{plan_url(plan)}assign/" not in page.get(plan_url(plan)).content.decode()


def test_whoever_only_reads_a_plan_finds_no_button_and_is_refused(
    draft: TrainingPlan, sponsor: Person, sign_in: SignIn
) -> None:
    factories.make_role(draft.initiative, sponsor, "sponsor")
    page = sign_in.page(sponsor)

    assert "ct-btn--main" not in page.get(plan_url(draft)).content.decode()
    for part in ("assign/", "items/new/", "groups/new/"):
        assert page.get(f"{plan_url(draft)}{part}").status_code == 403
        assert page.post(f"{plan_url(draft)}{part}").status_code == 403


@pytest.mark.exhaustive
@pytest.mark.parametrize("people", [1, 100])
def test_the_check_costs_the_same_for_more_people(
    people: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    group = factories.make_audience(*(factories.make_person() for _ in range(people)))
    factories.make_rule(plan, group)

    assert len(queries(sign_in.page(lead), f"{plan_url(plan)}assign/")) == 6
