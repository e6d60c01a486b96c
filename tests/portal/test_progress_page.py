"""The figures of one initiative on a chosen day."""

from datetime import date

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import progress_url, queries, title, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


def train(initiative: Initiative, people: int, *, due_on: date, done: int = 0) -> None:
    """One plan, each person in a unit of their own, the first `done` of them done on 10 Nov."""
    plan = factories.make_plan(initiative)
    for number in range(people):
        person = factories.make_person(unit=factories.make_unit())
        enrolment = factories.make_enrolment(plan, person, due_on=due_on)
        if number < done:
            enrolment.records.update(state="completed", completed_on=date(2026, 11, 10))


def test_it_shows_the_measures_of_the_day(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    train(initiative, 4, due_on=date(2026, 11, 9), done=1)
    train(initiative, 2, due_on=date(2026, 11, 16), done=2)

    response = sign_in.page(lead).get(progress_url(initiative.slug))

    text = words(response)
    assert "3 of 6 trainings that were due by Wed 18 Nov are done. 3 are late." in text
    assert "Done of what was due 50% 3 of 6 On time 2" in text
    assert "Done late 1 done after their date Late 3" in text
    assert "Enrolled 6" in text
    assert title(response).startswith("One Front Door: progress")


def test_it_shows_each_plan_and_each_unit(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    repairs = factories.make_unit("Repairs")
    plan = factories.make_plan(initiative, title="First week")
    due_on = date(2026, 11, 16)
    factories.make_enrolment(plan, factories.make_person(unit=repairs), due_on=due_on)
    factories.make_enrolment(plan, factories.make_person(), due_on=due_on)
    factories.make_plan(initiative, title="For managers")

    text = words(sign_in.page(lead).get(progress_url(initiative.slug)))

    assert "First week 0 0% 2 0 0 2 2" in text
    assert "For managers no data yet" in text
    assert "Repairs 0 0% 1 0 0 1 late in Repairs 1" in text
    assert "No unit 0 0% 1 0 0 1 late in No unit 1" in text


def test_an_earlier_day_is_shown_as_it_was(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    train(initiative, 2, due_on=date(2026, 11, 9), done=1)

    response = sign_in.page(lead).get(progress_url(initiative.slug), {"on": "2026-11-09"})

    assert "0 of 2 trainings that were due by Mon 9 Nov are done." in words(response)
    assert 'value="2026-11-09"' in response.content.decode()
    assert "Back to today" in words(response)


@pytest.mark.parametrize("asked", ["yesterday", "2026-13-40", "20261109", "<b>"])
def test_a_day_that_is_none_is_ignored_with_a_note(
    asked: str, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(progress_url(initiative.slug), {"on": asked})

    assert "is not a date, so this shows today." in words(response)
    assert 'value="2026-11-18"' in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_a_day_to_come_says_what_it_counts(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    train(initiative, 1, due_on=date(2026, 11, 30))

    text = words(sign_in.page(lead).get(progress_url(initiative.slug), {"on": "2026-12-07"}))

    assert "This day is still to come" in text
    assert "1 is late." in text


def test_nothing_due_yet_is_no_zero_percent(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    train(initiative, 1, due_on=date(2026, 11, 30))

    text = words(sign_in.page(lead).get(progress_url(initiative.slug)))

    assert "Nothing was due by Wed 18 Nov." in text
    assert "no data yet" in text
    assert "0%" not in text


def test_an_initiative_without_training_says_how_figures_come(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(progress_url(initiative.slug)))

    assert "Nobody had a training on that day" in text


def test_figures_are_for_those_with_a_role_and_hr(
    initiative: Initiative,
    sponsor: Person,
    hr: Person,
    employee: Person,
    manager: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    factories.make_group(initiative, factories.make_audience(employee))
    viewer = factories.make_person(login=True)
    factories.make_role(initiative, viewer, Role.VIEWER)

    codes = {
        person.display_name: sign_in.page(person).get(progress_url(initiative.slug)).status_code
        for person in (sponsor, hr, viewer, employee, manager, outsider)
    }

    assert list(codes.values()) == [200, 200, 200, 404, 404, 404], codes


def test_page_and_api_show_the_same_figures(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    train(initiative, 3, due_on=date(2026, 11, 9), done=1)

    api = sign_in.api(lead).get(f"/change/api/v1/initiatives/{initiative.pk}/progress/")
    text = words(sign_in.page(lead).get(progress_url(initiative.slug)))

    assert (api.json()["completed"], api.json()["due"]) == (1, 3)
    assert "1 of 3 trainings" in text


@pytest.mark.exhaustive
@pytest.mark.parametrize("people", [1, 10, 100])
def test_its_cost_does_not_grow_with_people_plans_and_units(
    people: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    train(initiative, people, due_on=date(2026, 11, 9))
    for _ in range(people - 1):
        factories.make_plan(initiative, items=0)
    assert TrainingRecord.objects.count() == people

    cost = queries(sign_in.page(lead), progress_url(initiative.slug))

    assert len(cost) == 6, cost
