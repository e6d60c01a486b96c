"""My team: who is late, what changes by month, one person, the same as a file."""

import csv
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import override_settings

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Absence, Person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import MY_TRAINING, TEAM, queries, title, words

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 13)  # TODAY is the Wednesday after it
BUDGET = 5
NOTHING = "\N{EN DASH}"


@pytest.fixture
def initiative() -> Initiative:
    return factories.make_initiative(title="One Front Door")


def give(initiative: Initiative, person: Person, due_on: date | None, **values: Any) -> Any:
    """One piece of training, called Listening unless said otherwise."""
    activity = factories.make_activity(initiative, **{"title": "Listening"} | values)
    plan = factories.make_plan(initiative, items=[activity])
    return factories.make_enrolment(plan, person, due_on=due_on).records.get()


def complete(record: TrainingRecord) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(state="completed", completed_on=TODAY)


def person_url(person: Person) -> str:
    return f"{TEAM}{person.pk}/"


@pytest.fixture
def four(initiative: Initiative, manager: Person) -> dict[str, int]:
    """Late training of two people in two units and plans; the keys to find it by."""
    keys: dict[str, int] = {}
    for name, days in (("Ann", 1), ("Bo", 5)):
        unit = factories.make_unit(f"Unit of {name}")
        person = factories.make_person(name, unit=unit, manager=manager)
        record = give(initiative, person, TODAY - timedelta(days=days))
        keys |= {f"unit_{name}": unit.pk, f"plan_{name}": record.plan_id}
    return keys


@pytest.mark.parametrize(
    ("query", "named", "chip"),
    [
        ("unit={unit_Ann}", "Ann", "Unit: Unit of Ann"),
        ("plan={plan_Bo}", "Bo", "Plan: Plan"),
        ("due_from=2026-11-14", "Ann", "Due from: Sat 14 Nov 2026"),
        ("due_to=2026-11-14&only=direct", "Bo", "Due until: Sat 14 Nov 2026"),
        ("unit={unit_Ann}&plan={plan_Bo}", "", "The filter finds nobody. Show everyone"),
    ],
)
def test_training_is_found_by_unit_plan_and_date(
    query: str, named: str, chip: str, four: dict[str, int], manager: Person, sign_in: SignIn
) -> None:
    page, asked = sign_in.page(manager), query.format(**four)

    response = page.get(f"{TEAM}?{asked}")
    text = page.get(f"{TEAM}team.csv?{asked}").getvalue().decode("utf-8-sig")

    assert [row["Person"] for row in csv.DictReader(text.splitlines())] == named.split()
    assert [row.person.display_name for row, _chip in response.context["lines"]] == named.split()
    assert chip in words(response)
    assert f"Late: {len(named.split())}" in words(response)
    kept = response.context["scopes"][0][1]
    assert set(kept.split("&")) == set(asked.split("&")) - {"only=direct"}


def test_late_people_come_first_with_what_since_when_and_working_days(
    initiative: Initiative, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    give(initiative, employee, FRIDAY)
    factories.make_person("Joe Bell", manager=manager)

    response = sign_in.page(manager).get(TEAM)

    text = words(response)
    assert "1 of your team is late 2 people report to you." in text
    assert "Late: 1" in text
    assert "Amira Hassan Repairs Listening One Front Door Fri 13 Nov 3 working days late" in text
    assert "Up to date (1) Joe Bell" in text
    assert title(response).startswith("My team")
    assert response.content.decode().count("<h1") == 1


@override_settings(CHANGE_TRACKER={"WORKING_DAYS": (0, 1, 2, 3, 4, 5, 6)})
def test_the_days_on_which_people_work_are_the_hosts(
    initiative: Initiative, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    give(initiative, employee, FRIDAY)

    assert "5 working days late" in words(sign_in.page(manager).get(TEAM))


def test_reports_of_reports_are_of_the_team_and_can_be_left_out(
    initiative: Initiative, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    below = factories.make_person("Joe Bell", manager=employee)
    give(initiative, below, FRIDAY)
    client = sign_in.page(manager)

    everyone, direct = words(client.get(TEAM)), words(client.get(f"{TEAM}?only=direct"))

    assert "1 of your team is late 2 people report to you, 1 of them directly." in everyone
    assert "Joe Bell" in everyone
    assert "All of your team is up to date 1 person reports to you." in direct
    assert "Joe Bell" not in direct


def test_open_and_done_are_one_click_away_and_each_says_how_many(
    initiative: Initiative, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    give(initiative, employee, TODAY + timedelta(days=2), title="Booking")
    complete(give(initiative, employee, TODAY, title="Guide"))
    client = sign_in.page(manager)

    text = words(client.get(TEAM))
    still_open, done = (
        words(client.get(f"{TEAM}?state=open")),
        words(client.get(f"{TEAM}?state=done")),
    )

    assert "Late 0 Open 1 Done 1" in text
    assert "Nothing is late." in text
    assert "Booking One Front Door Fri 20 Nov In 2 days" in still_open
    assert "Guide One Front Door Wed 18 Nov Done" in done


def test_a_filter_that_does_not_exist_is_left_out_and_said(
    employee: Person, manager: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(manager).get(f"{TEAM}?state=best"))

    assert "Late: 0 This filter does not exist here, so it is left out." in text


def test_what_changes_stands_by_month_with_the_time_that_it_asks(
    employee: Person, manager: Person, sign_in: SignIn
) -> None:
    joe = factories.make_person("Joe Bell", manager=manager)
    stranger = factories.make_person()
    group = factories.make_audience(employee, joe, stranger, name="Call takers")
    also = factories.make_audience(employee, name="Vans")
    door = factories.make_initiative(title="One Front Door", group=group)
    factories.make_initiative(title="Not theirs", group=factories.make_audience(stranger))
    factories.make_action(
        door, title="Town hall", audiences=[group, also], minutes=30, due_on=date(2026, 12, 3)
    )
    factories.make_action(door, title="For others", due_on=date(2026, 12, 3))
    for person in (employee, joe, stranger):
        give(door, person, date(2026, 12, 4), minutes=45)
    give(door, employee, date(2026, 11, 27), minutes=20)
    give(door, employee, FRIDAY, minutes=20)

    text = words(sign_in.page(manager).get(TEAM))

    assert f"November 2026 {NOTHING} 1 training 1 person 20 min" in text
    assert (
        "December 2026 Thu 3 Dec Town hall One Front Door Mon 7 Dec One Front Door starts"
        " 2 trainings 2 people 2 h 30 min" in text
    )
    assert "Not theirs" not in text
    assert "For others" not in text


def test_without_dates_it_says_so(employee: Person, manager: Person, sign_in: SignIn) -> None:
    text = words(sign_in.page(manager).get(TEAM))

    assert "All of your team is up to date" in text
    assert "No date lies ahead" in text


def test_whom_nobody_reports_to_is_told_and_has_no_tab(
    employee: Person, manager: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(employee).get(TEAM))
    pages = [sign_in.page(person).get(MY_TRAINING) for person in (employee, manager)]

    assert "Nobody reports to you This page is for those to whom somebody reports." in text
    assert [f'href="{TEAM}"' in page.content.decode() for page in pages] == [False, True]


def test_the_file_has_the_same_lines_as_the_page_and_runs_no_formula(
    initiative: Initiative, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    give(initiative, employee, FRIDAY, title="=1+1")
    give(initiative, employee, TODAY, title="Not late")
    give(initiative, factories.make_person(), FRIDAY)

    response = sign_in.page(manager).get(f"{TEAM}team.csv?state=late")

    rows = list(csv.reader(response.getvalue().decode("utf-8-sig").splitlines()))
    assert rows[1:] == [
        ["Amira Hassan", "Repairs", "'=1+1", "One Front Door", "Late", "2026-11-13", "3", ""]
    ]
    assert len(rows[0]) == 8


def test_a_long_list_is_cut_into_pages_that_keep_the_filter(
    initiative: Initiative, manager: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    for _ in range(51):
        factories.make_enrolment(
            plan, factories.make_person(manager=manager), due_on=TODAY + timedelta(days=1)
        )
    client = sign_in.page(manager)

    first = client.get(f"{TEAM}?state=open&only=direct")

    assert "1 to 50 of 51" in words(first)
    assert 'href="?state=open&amp;only=direct&amp;page=2"' in first.content.decode()
    assert "51 to 51 of 51" in words(client.get(f"{TEAM}?state=open&only=direct&page=2"))


def test_one_person_shows_late_open_and_done_with_initiative_and_why(
    employee: Person, manager: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(employee, name="Call takers")
    door = factories.make_initiative(title="One Front Door", group=group)
    plan = factories.make_plan(door, items=3)
    enrolment = factories.make_enrolment(plan, employee, rule=factories.make_rule(plan, group))
    late, soon, done = enrolment.records.order_by("item__position")
    TrainingRecord.objects.filter(pk=late.pk).update(due_on=FRIDAY)
    TrainingRecord.objects.filter(pk=soon.pk).update(due_on=TODAY)
    TrainingRecord.objects.filter(pk=done.pk).update(score="98.75")
    complete(done)

    response = sign_in.page(manager).get(person_url(employee))

    text = words(response)
    assert "Amira Hassan 1 late, 1 open and 1 done Repairs Write an email" in text
    why = "Everyone in Call takers has it One Front Door"
    assert f"{late.activity.title} {why} Fri 13 Nov 3 working days late" in text
    assert f"{soon.activity.title} {why} Wed 18 Nov Today" in text
    assert f"Done (1) Training Part of Due State {done.activity.title}" in text
    assert "98.75" not in text
    assert f'href="mailto:{employee.email}"' in response.content.decode()


def test_what_somebody_is_exempt_from_is_not_told(
    initiative: Initiative, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    record = give(initiative, employee, FRIDAY)
    TrainingRecord.objects.filter(pk=record.pk).update(state="waived", left_on=TODAY)

    text = words(sign_in.page(manager).get(person_url(employee)))

    assert "Amira Hassan has no training yet." in text
    assert "Listening" not in text


def test_a_person_of_somebody_else_does_not_exist(
    employee: Person, manager: Person, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    codes = [
        sign_in.page(person).get(person_url(employee)).status_code
        for person in (manager, employee, lead, hr)
    ]

    assert codes == [200, 404, 404, 404]


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 500])
def test_its_cost_does_not_grow(
    number: int, initiative: Initiative, manager: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    people = [factories.make_person(manager=manager) for _ in range(number)]
    group = factories.make_audience(*people)
    factories.make_group(initiative, group)
    for person in people:
        factories.make_enrolment(plan, person, due_on=FRIDAY)
    for _ in range(min(number, 100)):
        factories.make_action(initiative, audiences=[group], due_on=TODAY)
    client = sign_in.page(manager)

    assert len(queries(client, TEAM)) <= BUDGET
    assert len(queries(client, person_url(people[0]))) <= BUDGET + 2  # holidays, absences


def test_a_manager_sees_when_somebody_is_away(
    manager: Person, employee: Person, sign_in: SignIn
) -> None:
    for first, last in (
        (date(2026, 11, 2), date(2026, 11, 6)),
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 12, 21), date(2027, 1, 8)),
    ):
        Absence.objects.create(person=employee, from_on=first, to_on=last)

    text = words(sign_in.page(manager).get(person_url(employee)))

    assert "away on Fri 20 Nov" in text
    assert "away from Mon 21 Dec to Fri 8 Jan 2027" in text
    assert "6 Nov" not in text


def test_what_waits_for_its_turn_is_not_late_whatever_its_date(
    initiative: Initiative, manager: Person, employee: Person, sign_in: SignIn
) -> None:
    steps = [factories.make_activity(initiative, title=each) for each in ("First", "Second")]
    plan = factories.make_plan(initiative, items=steps)
    factories.make_enrolment(plan, employee, due_on=FRIDAY)
    TrainingRecord.objects.filter(activity=steps[1]).update(opens_on=None)
    page = sign_in.page(manager)

    of_all, of_one = words(page.get(f"{TEAM}?state=open")), words(page.get(person_url(employee)))

    assert "Amira Hassan Repairs Second One Front Door Fri 13 Nov Opens later" in of_all
    assert "Second One Front Door Fri 13 Nov Opens after “First”" in of_one
    assert "First One Front Door Fri 13 Nov 3 working days late" in of_one


def test_a_year_of_many_dates_is_counted_to_its_end(
    initiative: Initiative, manager: Person, employee: Person, sign_in: SignIn
) -> None:
    group = factories.make_audience(employee)
    for day in (date(2026, 12, 1), date(2027, 3, 1)):
        for _ in range(150):
            factories.make_action(initiative, audiences=[group], due_on=day, minutes=60)

    text = words(sign_in.page(manager).get(TEAM))

    assert text.count("and 144 more") == 2
    assert text.count("150 h") == 2
