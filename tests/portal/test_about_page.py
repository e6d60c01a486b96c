"""What an initiative means for those whom it touches."""

from datetime import date

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import about_url, item_url, queries, title, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(employee: Person) -> Audience:
    return factories.make_audience(employee, name="Repair callers")


@pytest.fixture
def initiative(lead: Person, sponsor: Person, group: Audience) -> Initiative:
    initiative = factories.make_initiative(
        title="One Front Door",
        lead=lead,
        sponsor=sponsor,
        stays_the_same="Your team and your hours.",
        future_state="One number for everything.",
    )
    factories.make_group(
        initiative,
        group,
        from_state="Three systems.",
        to_state="One screen.",
        message="You ask once.",
        from_on=date(2026, 11, 23),
        influence=1,
        support=-2,
    )
    return initiative


def test_it_says_why_what_changes_for_me_and_what_stays(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(employee).get(about_url(initiative.slug))

    text = words(response)
    assert title(response).startswith("About One Front Door")
    assert "So that callers are helped at once." in text
    assert "What changes for you Repair callers You ask once. Today Three systems." in text
    assert "From then on One screen." in text
    assert "What stays the same Your team and your hours." in text
    assert "How it will be One number for everything." in text
    assert "Ask Priya Nair Stands for it Tom Reyes" in text
    assert response.content.decode().count("<h1") == 1


def test_other_groups_are_not_mine(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    factories.make_group(initiative, factories.make_audience(name="Sales"), message="No news.")

    assert "Sales" not in words(sign_in.page(employee).get(about_url(initiative.slug)))


def test_somebody_in_no_group_sees_whom_it_touches(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(about_url(initiative.slug)))

    assert "What changes for whom Repair callers" in text


def test_without_a_group_nothing_is_planned(lead: Person, sign_in: SignIn) -> None:
    initiative = factories.make_initiative(lead=lead)

    text = words(sign_in.page(lead).get(about_url(initiative.slug)))

    assert "Nothing is planned for your group yet." in text


def test_dates_are_those_of_my_group(
    initiative: Initiative, group: Audience, employee: Person, sign_in: SignIn
) -> None:
    factories.make_action(
        initiative, title="Town hall", due_on=date(2026, 11, 19), audiences=[group]
    )
    factories.make_action(initiative, title="For others", due_on=date(2026, 11, 20))

    text = words(sign_in.page(employee).get(about_url(initiative.slug)))

    assert (
        "Wed 18 Nov Today Thu 19 Nov (tomorrow) Town hall Mon 23 Nov (in 5 days)"
        " It begins for Repair callers Mon 7 Dec (in 19 days)"
        " Go-live: the start of the new way" in text
    )
    assert "For others" not in text


def test_goals_say_from_where_to_where_by_when(
    initiative: Initiative, employee: Person, sign_in: SignIn
) -> None:
    factories.make_objective(
        initiative, title="Solved at once", baseline=60, target=80, due_on=date(2027, 3, 31)
    )

    text = words(sign_in.page(employee).get(about_url(initiative.slug)))

    assert "Solved at once From 60 to 80 % not measured yet By Wed 31 Mar 2027" in text


def test_nothing_of_what_is_heard_stands_there(
    initiative: Initiative, group: Audience, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    source = factories.make_source(initiative, statement="Our jobs go next.", audiences=[group])
    factories.make_review(source, 5)

    for person in (employee, lead):
        text = words(sign_in.page(person).get(about_url(initiative.slug)))
        assert "Our jobs go next." not in text
        assert source.type.label not in text


def test_an_item_leads_there(
    initiative: Initiative, group: Audience, employee: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative)
    enrolment = factories.make_enrolment(plan, employee, rule=factories.make_rule(plan, group))
    record = enrolment.records.get()

    page = sign_in.page(employee).get(item_url(record.pk))

    assert f'href="{about_url(initiative.slug)}"' in page.content.decode()


def test_an_item_of_an_initiative_that_touches_others_leads_nowhere(
    employee: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(title="For others")
    enrolment = factories.make_enrolment(factories.make_plan(initiative), employee)

    page = sign_in.page(employee).get(item_url(enrolment.records.get().pk))

    assert "For others" in words(page)
    assert about_url(initiative.slug) not in page.content.decode()


def test_strangers_and_drafts_are_not_found(
    initiative: Initiative, outsider: Person, employee: Person, sign_in: SignIn
) -> None:
    assert sign_in.page(outsider).get(about_url(initiative.slug)).status_code == 404
    Initiative.objects.filter(pk=initiative.pk).update(state="draft")
    assert sign_in.page(employee).get(about_url(initiative.slug)).status_code == 404


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 100])
def test_its_cost_does_not_grow(
    number: int, initiative: Initiative, group: Audience, employee: Person, sign_in: SignIn
) -> None:
    for _ in range(number):
        factories.make_group(initiative, factories.make_audience(employee))
        factories.make_objective(initiative)
        factories.make_action(initiative, audiences=[group], due_on=date(2026, 11, 20))

    cost = queries(sign_in.page(employee), about_url(initiative.slug))

    assert len(cost) <= 7, cost


def test_whoever_has_left_is_not_named_before_those_who_stay(
    initiative: Initiative, lead: Person, outsider: Person, employee: Person, sign_in: SignIn
) -> None:
    factories.make_role(initiative, outsider, "lead")
    Person.objects.filter(pk=lead.pk).update(ends_on=date(2026, 11, 1))

    assert "Ask Noor Ali" in words(sign_in.page(employee).get(about_url(initiative.slug)))

    Person.objects.filter(pk=outsider.pk).update(ends_on=date(2026, 11, 2))
    told = words(sign_in.page(employee).get(about_url(initiative.slug)))
    assert "Noor Ali" not in told
    assert lead.display_name not in told
