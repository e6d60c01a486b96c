"""The page of one initiative: verdict, needs you today, figures, hill, dates."""

from datetime import date, timedelta

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import overview_url, queries, title, words

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
BUDGET = 10


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


def test_it_opens_with_the_verdict(initiative: Initiative, lead: Person, sign_in: SignIn) -> None:
    person = factories.make_person(unit=factories.make_unit("Repairs"))
    factories.make_enrolment(factories.make_plan(initiative), person, due_on=YESTERDAY)

    response = sign_in.page(lead).get(overview_url(initiative.slug))

    text = words(response)
    assert "Go-live is in 19 days. 1 person is late with training, in Repairs." in text
    assert (
        "Lead: Priya Nair Sponsor: Tom Reyes Go-live, the start of the new way: Mon 7 Dec" in text
    )
    assert title(response).startswith("One Front Door")
    assert response.content.decode().count("<h1") == 1


def test_what_needs_you_has_number_sentence_cause_and_link(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    person = factories.make_person(unit=factories.make_unit("Repairs"))
    factories.make_enrolment(factories.make_plan(initiative), person, due_on=YESTERDAY)
    factories.make_source(initiative, statement="The tablets are too slow.")

    response = sign_in.page(lead).get(overview_url(initiative.slug))

    text = words(response)
    assert "1 person is late with training All of it in Repairs. See who" in text
    assert "1 resistance has no action yet “The tablets are too slow.”" in text


def test_it_leads_to_the_pages_that_its_reader_has(
    initiative: Initiative, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    pages = {
        person.display_name: sign_in.page(person).get(overview_url(initiative.slug))
        for person in (lead, hr)
    }

    for name, page in pages.items():
        html = page.content.decode()
        for each in ("training/", "setup/", "about/", "progress/"):
            assert f'href="{overview_url(initiative.slug)}{each}"' in html
        sees_register = f'href="{overview_url(initiative.slug)}resistance/"' in html
        assert sees_register is (name == lead.display_name)


def test_a_draft_says_what_it_lacks_instead_of_empty_charts(lead: Person, sign_in: SignIn) -> None:
    draft = factories.make_initiative(title="Plain Words", lead=lead, state="draft")

    response = sign_in.page(lead).get(overview_url(draft.slug))

    text, html = words(response), response.content.decode()
    assert "This is a draft: only the people who prepare it see it." in text
    assert "What is missing Before it can start: Name a sponsor first." in text
    assert f'href="{overview_url(draft.slug)}setup/people/new/?role=sponsor"' in html
    assert f'href="{overview_url(draft.slug)}setup/"' in html
    assert "Training done" not in text
    assert "Actions under way" not in text


def test_a_draft_that_lacks_nothing_may_start(
    lead: Person, sponsor: Person, hr: Person, sign_in: SignIn
) -> None:
    draft = factories.make_initiative(
        lead=lead, sponsor=sponsor, group=factories.make_audience(), state="draft"
    )
    start = f'href="{overview_url(draft.slug)}setup/move/?to=active"'

    pages = [sign_in.page(each).get(overview_url(draft.slug)) for each in (lead, sponsor, hr)]

    assert all("Everything is there" in words(page) for page in pages)
    assert [start in page.content.decode() for page in pages] == [True, False, False]


def test_nothing_missing_is_said(initiative: Initiative, lead: Person, sign_in: SignIn) -> None:
    text = words(sign_in.page(lead).get(overview_url(initiative.slug)))

    assert "Needs you today Nothing waits for you today." in text


def test_without_data_there_is_no_nought_percent(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(overview_url(initiative.slug)))

    assert "0%" not in text
    assert "Training done no data yet" in text
    assert "Open resistance no data yet" in text
    assert "Actions under way none" in text
    assert "Enrolled no data yet" in text
    assert "No action is planned or begun." in text


def test_four_figures(initiative: Initiative, lead: Person, sign_in: SignIn) -> None:
    plan = factories.make_plan(initiative)
    for number in range(4):
        enrolment = factories.make_enrolment(plan, factories.make_person(), due_on=YESTERDAY)
        if number == 0:
            enrolment.records.update(state="completed", completed_on=YESTERDAY)
    factories.make_review(factories.make_source(initiative), 4)
    factories.make_action(initiative, due_on=YESTERDAY)

    text = words(sign_in.page(lead).get(overview_url(initiative.slug)))

    assert "Training done 25% 1 of 4 that were due" in text
    assert "Open resistance 1 1 of it strong" in text
    assert "Actions under way 1 1 past its date" in text
    assert "Enrolled 4" in text


def test_the_hill_says_the_same_in_a_table(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    factories.make_action(initiative, title="Town hall", owner=lead, position=80, due_on=YESTERDAY)
    factories.make_action(initiative, title="Ask the vans", position=10)

    response = sign_in.page(lead).get(overview_url(initiative.slug))

    text = words(response)
    assert "1 Town hall Getting it done Priya Nair 1 day late" in text
    assert "2 Ask the vans Finding out without an owner No fixed date" in text
    assert response.content.decode().count('class="ct-dot') == 4  # two dots, two numbers
    assert 'aria-hidden="true"' in response.content.decode()


def test_a_long_list_of_actions_says_how_many_there_are(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(9):
        factories.make_action(initiative)

    text = words(sign_in.page(lead).get(overview_url(initiative.slug)))

    assert "The 8 of 9 that are due first." in text


def test_dates_stand_in_order_with_today_among_them(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    Initiative.objects.filter(pk=initiative.pk).update(go_live_on=date(2026, 11, 16))
    plan = factories.make_plan(initiative, title="First week")
    factories.make_enrolment(plan, factories.make_person(), due_on=date(2026, 11, 20))
    factories.make_action(initiative, title="Town hall", due_on=date(2026, 11, 19))

    text = words(sign_in.page(lead).get(overview_url(initiative.slug)))

    assert (
        "Mon 16 Nov Go-live: the start of the new way Wed 18 Nov Today"
        " Thu 19 Nov (tomorrow) Town hall"
        " Fri 20 Nov (in 2 days) “First week” is due for 1 person" in text
    )


def test_hr_reads_figures_and_nothing_of_what_is_heard(
    initiative: Initiative, hr: Person, sign_in: SignIn
) -> None:
    factories.make_review(factories.make_source(initiative, statement="Our jobs go next."), 5)

    text = words(sign_in.page(hr).get(overview_url(initiative.slug)))

    assert "Our jobs go next." not in text
    assert "resistance" not in text.lower()
    assert "Training done" in text


def test_it_is_for_members_and_hr(
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

    codes = [
        sign_in.page(person).get(overview_url(initiative.slug)).status_code
        for person in (sponsor, hr, viewer, employee, manager, outsider)
    ]

    assert codes == [200, 200, 200, 404, 404, 404]


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 100])
def test_its_cost_does_not_grow(
    number: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(number):
        source = factories.make_source(initiative)
        factories.make_action(initiative, sources=[source], owner=lead, due_on=YESTERDAY)
        person = factories.make_person(unit=factories.make_unit())
        factories.make_enrolment(factories.make_plan(initiative), person, due_on=YESTERDAY)

    cost = queries(sign_in.page(lead), overview_url(initiative.slug))

    assert len(cost) <= BUDGET, cost
