"""Who is late in an initiative: one list over all of its plans, of everyone or of one unit."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import OrgUnit, Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import overview_url, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

YESTERDAY = TODAY - timedelta(days=1)


def late_url(initiative: Initiative, unit: object = "") -> str:
    return f"/change/i/{initiative.slug}/training/late/" + (f"?unit={unit}" if unit else "")


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def repairs() -> OrgUnit:
    return factories.make_unit("Repairs")


@pytest.fixture(autouse=True)
def late(initiative: Initiative, repairs: OrgUnit) -> None:
    """Lou and Sal are late, in two plans and two units; Ola has until tomorrow."""
    first, second = (factories.make_plan(initiative, title=each) for each in ("First", "Second"))
    sales = factories.make_unit("Sales")
    lou, sal, ola = (
        factories.make_person(name, unit=unit)
        for name, unit in (("Lou Late", repairs), ("Sal Late", sales), ("Ola Open", repairs))
    )
    for plan, person, days in (
        (first, lou, -1),
        (second, lou, -3),
        (second, sal, -1),
        (first, ola, 1),
    ):
        factories.make_enrolment(plan, person, due_on=TODAY + timedelta(days=days))


def test_it_names_who_is_late_with_what_whatever_the_plan(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(late_url(initiative)))

    assert "2 people are late. 3 trainings have passed their date." in text
    assert text.rindex("Second Sun") < text.rindex("First Tue")
    assert "Lou Late Repairs" in text
    assert "Sal Late Sales" in text
    assert "Ola Open" not in text


def test_it_names_those_of_one_unit(
    initiative: Initiative, repairs: OrgUnit, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(late_url(initiative, repairs.pk)))

    assert "1 person is late. 2 trainings have passed their date." in text
    assert "Lou Late" in text
    assert "Sal Late" not in text


def test_it_names_those_of_one_manager_and_of_nobody(
    initiative: Initiative, manager: Person, lead: Person, sign_in: SignIn
) -> None:
    Person.objects.filter(display_name="Sal Late").update(manager=manager)
    page = sign_in.page(lead)

    of_dan = words(page.get(late_url(initiative) + f"?manager={manager.pk}"))
    of_nobody = words(page.get(late_url(initiative) + "?manager=none"))

    assert "Manager: Dan Cole" in of_dan
    assert ("Sal Late" in of_dan, "Lou Late" in of_dan) == (True, False)
    assert "Manager: nobody they report to" in of_nobody
    assert ("Sal Late" in of_nobody, "Lou Late" in of_nobody) == (False, True)


@pytest.mark.parametrize(
    ("query", "named", "chip"),
    [
        ("plan={second}", {"Lou Late", "Sal Late"}, "Plan: Second"),
        ("unit={repairs}&plan={second}", {"Lou Late"}, "Unit: Repairs"),
        ("due_from=2026-11-17", {"Lou Late", "Sal Late"}, "Due from: Tue 17 Nov 2026"),
        ("due_to=2026-11-15", {"Lou Late"}, "Due until: Sun 15 Nov 2026"),
        ("unit={repairs}&due_from=2026-11-16&due_to=2026-11-16", set(), "Due until: Mon 16 Nov"),
    ],
)
def test_it_is_found_by_plan_and_by_when_it_was_due(
    query: str,
    named: set[str],
    chip: str,
    initiative: Initiative,
    repairs: OrgUnit,
    lead: Person,
    sign_in: SignIn,
) -> None:
    second = initiative.trainingplans.get(title="Second").pk
    asked = query.format(second=second, repairs=repairs.pk)

    text = words(sign_in.page(lead).get(f"{late_url(initiative)}?{asked}"))

    assert {name for name in ("Lou Late", "Sal Late", "Ola Open") if name in text} == named
    assert chip in text
    assert ("The filter finds nobody. Show everyone" in text) == (not named)


def test_what_is_no_day_is_left_out_and_told(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for typed in ("soon", "2026-02-30"):
        text = words(sign_in.page(lead).get(f"{late_url(initiative)}?due_to={typed}"))

        assert f"Due until: “{typed}” is not known here, so it is left out." in text
        assert "3 trainings have passed their date." in text


def test_a_unit_that_there_is_not_is_left_out_and_told(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    text = words(sign_in.page(lead).get(late_url(initiative, "elsewhere")))

    assert "Unit: “elsewhere” is not known here, so it is left out." in text
    assert "Sal Late" in text


def test_the_overview_leads_there_in_one_click(
    initiative: Initiative, repairs: OrgUnit, lead: Person, sign_in: SignIn
) -> None:
    html = sign_in.page(lead).get(overview_url(initiative.slug)).content.decode()

    assert f'href="{late_url(initiative)}"' in html
    assert f'href="{late_url(initiative, repairs.pk)}">1 of them in Repairs.</a>' in html


def test_who_reads_no_names_is_led_to_figures(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(sponsor)

    assert "training/late/" not in client.get(overview_url(initiative.slug)).content.decode()
    assert client.get(late_url(initiative)).status_code == 404


def test_the_file_has_the_rows_of_the_same_filter(
    initiative: Initiative, repairs: OrgUnit, lead: Person, sign_in: SignIn
) -> None:
    address = late_url(initiative, repairs.pk).replace("late/", "late.csv")
    text = sign_in.page(lead).get(address).getvalue().decode("utf-8-sig")

    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["Person"], row["Plan"], row["Working days late"]) for row in rows] == [
        ("Lou Late", "Second", "3"),
        ("Lou Late", "First", "1"),
    ]


def test_nobody_late_says_so_and_leads_on(lead: Person, sign_in: SignIn) -> None:
    fine = factories.make_initiative(slug="fine", lead=lead)

    text = words(sign_in.page(lead).get(late_url(fine)))

    assert "Nobody is late: nothing that was due is still to be done. To the training plans" in text


def test_more_rows_cost_no_more_queries(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)
    file = late_url(initiative).replace("late/", "late.csv")
    few, few_in_the_file = (len(queries(client, url)) for url in (late_url(initiative), file))
    for _ in range(9):
        person = factories.make_person(unit=factories.make_unit())
        factories.make_enrolment(factories.make_plan(initiative), person, due_on=YESTERDAY)

    assert len(queries(client, late_url(initiative))) == few <= 6
    assert len(queries(client, file)) == few_in_the_file
