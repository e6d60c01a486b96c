"""The page of one plan, and the list of plans."""

from datetime import date, timedelta

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingPlan
from change_tracker.training.services import assign_plan, waive_record, withdraw_enrolment
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def plans_url(initiative: Initiative) -> str:
    return f"/change/i/{initiative.slug}/training/"


def plan_url(plan: TrainingPlan) -> str:
    return f"{plans_url(plan.initiative)}{plan.pk}/"


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def plan(initiative: Initiative, lead: Person) -> TrainingPlan:
    """Four people of Repairs (late, open, done, exempt) and one of Sales who has left the plan."""
    repairs, sales = factories.make_unit("Repairs"), factories.make_unit("Sales")
    plan = factories.make_plan(initiative, title="First week", items=2)
    group = factories.make_audience(unit=repairs, name="Repair crews")
    rule = factories.make_rule(plan, group)
    for name, due_on in (("Late Lou", 16), ("Open Ola", 25), ("Done Dee", 16), ("Exempt Eve", 16)):
        person = factories.make_person(name, unit=repairs)
        day = date(2026, 11, due_on)
        enrolment = factories.make_enrolment(plan, person, rule=rule, due_on=day)
        if name.startswith("Done"):
            enrolment.records.update(state="completed", completed_on=date(2026, 11, 10))
            type(enrolment).objects.filter(pk=enrolment.pk).update(state="completed")
        if name.startswith("Exempt"):
            assert lead.user is not None
            for record in enrolment.records.all():
                waive_record(
                    record=record, reason="Did it elsewhere", actor=lead.user, today=TODAY, now=NOW
                )
    gone = factories.make_enrolment(plan, factories.make_person("Gone Gil", unit=sales))
    withdraw_enrolment(enrolment=gone, reason="Moved", actor=lead.user, today=TODAY, now=NOW)
    return plan


def test_it_opens_with_a_verdict(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    response = sign_in.page(lead).get(plan_url(plan))

    text = words(response)
    assert "1 of 3 people are done. 1 is late." in text
    assert "2 people are exempt or no longer need it, and are not counted." in text
    assert title(response).startswith("First week, One Front Door")


@pytest.mark.parametrize("kind", ["plans", "actions"])
def test_a_number_that_no_database_holds_is_nothing_that_there_is(
    kind: str, plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    for number in (2**63 - 1, 2**63, 10**30):
        address = f"/change/i/{plan.initiative.slug}/{kind}/{number}/"
        assert page.get(address).status_code == 404


def test_it_shows_each_person_late_first_in_one_of_four_states(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(plan_url(plan)))

    people = text.partition("Got to")[2]
    assert people.startswith(" Late Lou Repairs 2 working days late Mon 16 Nov 0 of 2 done")
    assert "Open Ola Repairs Open Wed 25 Nov 0 of 2 done" in people
    assert "Done Dee Repairs Done" in people
    assert "2 of 2 done" in people
    assert "Exempt Eve Repairs Exempt" in people
    assert "Gone Gil Sales No longer needed" in people


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("late", {"Late Lou"}),
        ("open", {"Open Ola"}),
        ("done", {"Done Dee"}),
        ("out", {"Exempt Eve", "Gone Gil"}),
    ],
)
def test_the_filter_finds_one_state(
    state: str, names: set[str], plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    everyone = {"Late Lou", "Open Ola", "Done Dee", "Exempt Eve", "Gone Gil"}
    page = sign_in.page(lead)

    text = words(page.get(plan_url(plan), {"state": state}))
    file = page.get(f"{plan_url(plan)}people.csv", {"state": state}).getvalue().decode()

    assert {name for name in everyone if name in text} == names
    assert {name for name in everyone if name in file} == names
    assert f"{len(names)} {'person' if len(names) == 1 else 'people'}" in text


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("due_from=2026-11-20", {"Open Ola"}),
        ("due_to=2026-11-20", {"Late Lou"}),
        ("due_from=2026-11-16&due_to=2026-11-25", {"Late Lou", "Open Ola"}),
        ("due_from=2026-11-16&due_to=2026-11-25&state=late", {"Late Lou"}),
        ("due_from=2026-11-26", set()),
    ],
)
def test_people_are_found_by_their_next_date(
    query: str, named: set[str], plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = plan_url(plan)

    response = page.get(f"{url}?{query}")
    file = page.get(f"{url}people.csv?{query}").getvalue().decode("utf-8-sig")
    check = page.get(f"{url}people/check/?{query}&everyone=1&do=exempt")

    everyone = ("Late Lou", "Open Ola", "Done Dee", "Exempt Eve", "Gone Gil")
    assert {name for name in everyone if name in words(response)} == named
    assert {name for name in everyone if name in file} == named
    assert {name for name in everyone if name in words(check)} == named
    assert response.context["page"].paginator.count == len(named)
    assert ("The filter finds nobody." in words(response)) == (not named)


def test_a_window_of_dates_stands_above_the_people_and_can_be_dropped(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(f"{plan_url(plan)}?due_from=2026-11-16&due_to=2026-11-20")

    assert "Next date from: Mon 16 Nov 2026" in words(response)
    assert "Drop the filter Next date from" in words(response)
    assert 'href="?due_to=2026-11-20#ct-people"' in response.content.decode()
    assert "Everyone 1 Late 1" in words(response)


def test_what_is_no_day_means_nobody_where_everyone_is_decided_about(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    shown = page.get(f"{plan_url(plan)}?due_from=soon")
    check = page.get(f"{plan_url(plan)}people/check/?due_from=soon&everyone=1&do=exempt")

    assert "This filter does not exist here, so it is left out." in words(shown)
    assert "Open Ola" not in words(check)


def test_a_unit_leads_to_its_late_people(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    page = sign_in.page(lead)
    unit = Person.objects.get(display_name="Late Lou").unit_id

    assert (
        f'href="?state=late&amp;unit={unit}#ct-people"' in page.get(plan_url(plan)).content.decode()
    )
    text = words(page.get(plan_url(plan), {"state": "late", "unit": str(unit)}))
    assert "1 person, Repairs" in text
    assert "Open Ola" not in text


def test_a_filter_that_does_not_exist_is_left_out_with_a_note(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(plan_url(plan), {"state": "asleep", "unit": "x"}))

    assert "This filter does not exist here, so it is left out." in text
    assert "5 people" in text


def test_the_audience_is_a_sentence_with_a_head_count(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(plan_url(plan)))

    assert "Repair crews, 0 people Everyone in Repairs and below" in text
    assert "Due Mon 30 Nov" in text
    assert "This rule finds nobody today" in text


def test_a_rule_that_finds_nobody_says_which_line_does_it(
    initiative: Initiative, lead: Person, hr: Person, sponsor: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    factories.make_rule(plan, factories.make_audience(unit=factories.make_unit(), name="Board"))
    gone = factories.make_person("Gone Gwen", ends_on=date(2026, 11, 1))
    plan.audiences.get().audience.clauses.create(kind="person", person=gone)
    because = "and below and Gone Gwen."

    page = sign_in.page(lead).get(plan_url(plan))
    check = sign_in.page(hr).get(f"{plan_url(plan)}assign/")
    figures = words(sign_in.page(sponsor).get(plan_url(plan)))

    assert because in words(page)
    assert because in words(check).partition("“Board” has nobody in it today. Nobody who works")[2]
    assert "This rule finds nobody today" in figures
    assert str(gone) not in figures


def test_done_against_plan_is_a_picture_and_a_table(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(plan_url(plan))

    text = words(response)
    assert "2 of 6 are done today, 4 should be." in text
    assert "Mon 9 Nov 0 2 Mon 16 Nov 4 2 Mon 23 Nov 6 to come" in text
    assert 'role="img"' in response.content.decode()


def test_sponsors_agents_and_viewers_see_figures_without_names(
    plan: TrainingPlan, sponsor: Person, sign_in: SignIn
) -> None:
    for role in (Role.CHANGE_AGENT, Role.VIEWER):
        factories.make_role(plan.initiative, factories.make_person(login=True), role)
    members = [member.person for member in plan.initiative.members.exclude(role=Role.LEAD)]
    assert len(members) == 3

    for person in members:
        text = words(sign_in.page(person).get(plan_url(plan)))
        assert "1 is late" in text
        assert "Late Lou" not in text
        assert "Who the people are is shown to the lead" in text
        assert sign_in.page(person).get(f"{plan_url(plan)}people.csv").status_code == 404


def test_people_with_the_plan_find_no_such_page(
    plan: TrainingPlan, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_enrolment(plan, employee)

    for person in (employee, outsider):
        assert sign_in.page(person).get(plan_url(plan)).status_code == 404
        assert sign_in.page(person).get(plans_url(plan.initiative)).status_code == 404


def test_a_manager_is_led_to_their_own_people_in_the_plan(
    plan: TrainingPlan, manager: Person, employee: Person, sign_in: SignIn
) -> None:
    browser = sign_in.page(manager)
    assert browser.get(plan_url(plan)).status_code == 404

    factories.make_enrolment(plan, employee, due_on=TODAY - timedelta(days=3))
    factories.make_enrolment(factories.make_plan(plan.initiative, title="Another"), employee)

    text = words(browser.get(plan_url(plan), follow=True))
    assert "Late: 2" in text
    assert "Amira Hassan" in text
    assert "Late Lou" not in text
    assert browser.get(plans_url(plan.initiative)).status_code == 404
    elsewhere = plans_url(factories.make_initiative())
    assert browser.get(f"{elsewhere}{plan.pk}/").status_code == 404


def test_a_plan_is_found_in_its_own_initiative_only(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_initiative(lead=lead)

    assert sign_in.page(lead).get(f"{plans_url(other)}{plan.pk}/").status_code == 404


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    Person.objects.filter(display_name="Late Lou").update(display_name="=1+1")

    answer = sign_in.page(lead).get(f"{plan_url(plan)}people.csv")

    assert "\r\n'=1+1,Repairs,Late,2026-11-16,0,2,,\r\n" in answer.getvalue().decode()
    assert answer["Content-Type"].startswith("text/csv")


def test_a_plan_that_nobody_has_says_so(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative, items=0)

    text = words(sign_in.page(lead).get(plan_url(plan)))

    assert "Nobody has been given this plan yet." in text
    assert "No rule says yet who gets this plan." in text
    assert "a plan needs at least one activity" in text
    assert "0%" not in text


def test_the_list_shows_how_far_each_plan_is(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    factories.make_plan(plan.initiative, title="For managers")

    text = words(sign_in.page(lead).get(plans_url(plan.initiative)))

    assert "First week Published 1 of 3 1" in text
    assert "For managers Published nobody has it yet" in text


def test_an_initiative_without_plans_says_what_a_plan_is(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(plans_url(initiative)))

    assert "No training is planned here yet." in text


def test_the_overview_of_the_initiative_leads_here(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    overview = page.get(f"/change/i/{plan.initiative.slug}/").content.decode()

    assert f'href="{plans_url(plan.initiative)}"' in overview
    assert f'href="{plan_url(plan)}"' in page.get(plans_url(plan.initiative)).content.decode()


def test_the_head_count_is_what_assigning_reaches(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    people = [factories.make_person() for _ in range(3)]
    plan = factories.make_plan(initiative)
    factories.make_rule(plan, factories.make_audience(*people, name="Three"))
    assign_plan(plan=plan, actor=lead.user, today=TODAY, now=NOW)

    text = words(sign_in.page(lead).get(plan_url(plan)))

    assert "Three, 3 people" in text
    assert "0 of 3 people are done." in text


@pytest.mark.exhaustive
@pytest.mark.parametrize("people", [1, 10, 500])
def test_its_cost_does_not_grow(
    people: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    units = [factories.make_unit() for _ in range(min(people, 10))]
    for number in range(people):
        person = factories.make_person(unit=units[number % len(units)])
        factories.make_enrolment(plan, person)
    for unit in units:
        factories.make_rule(plan, factories.make_audience(unit=unit))

    # One of them says why its groups find nobody.
    assert len(queries(sign_in.page(lead), plan_url(plan))) == 9
    assert len(queries(sign_in.page(lead), plans_url(initiative))) == 6
