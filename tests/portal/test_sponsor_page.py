"""The sponsor's page: promised, late, asked; the paper for a steering group."""

from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.mitigation.services import move_action
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import overview_url, queries, title, words

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
MONDAY = date(2026, 11, 16)
BUDGET = 7


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


def url(initiative: Initiative) -> str:
    return f"/change/i/{initiative.slug}/sponsor/"


def test_it_opens_with_the_verdict(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(sponsor).get(url(initiative))

    text = words(response)
    assert "Go-live is in 19 days. It has only begun: nobody is in training yet." in text
    assert "Go-live, the start of the new way: Mon 7 Dec As of Wed 18 Nov" in text
    assert title(response).startswith("One Front Door: for the sponsor")
    assert response.content.decode().count("<h1") == 1


def test_what_was_promised_stands_with_date_and_hill(
    initiative: Initiative, sponsor: Person, lead: Person, sign_in: SignIn
) -> None:
    factories.make_action(
        initiative, title="Town hall", owner=sponsor, kind="leadership", position=80, due_on=MONDAY
    )
    factories.make_action(initiative, title="Not mine", owner=lead, due_on=MONDAY)

    text = words(sign_in.page(sponsor).get(url(initiative)))

    promised, rest = text.split("What is late, and how it stands")
    assert "What you promised" in promised
    assert "1 Town hall Getting it done Tom Reyes 2 days late" in promised
    assert "Not mine" not in promised
    assert "2 days late “Town hall” Due Mon 16 Nov See the action" in rest
    assert "Actions under way 2 2 past their date" in rest


def test_a_decision_to_live_with_something_comes_back_on_its_day(
    initiative: Initiative, sponsor: Person, lead: Person, sign_in: SignIn
) -> None:
    agreed: dict[str, Any] = {"state": "accepted", "approver": sponsor}
    due = factories.make_source(initiative, statement="Two systems", review_on=TODAY, **agreed)
    later = TODAY + timedelta(days=1)
    factories.make_source(initiative, statement="Not yet", review_on=later, **agreed)
    factories.make_source(
        initiative, statement="Of Priya", review_on=TODAY, state="accepted", approver=lead
    )

    response = sign_in.page(sponsor).get(url(initiative))

    asked = words(response).partition("What is asked of you")[2]
    assert "To decide “Two systems” The decision to live with it was for until Wed 18 Nov." in asked
    assert "Not yet" not in asked
    assert "Of Priya" not in asked
    assert f'href="{overview_url(initiative.slug)}resistance/{due.pk}/"' in (
        response.content.decode()
    )


def test_what_is_blocked_says_why_and_whose_it_is(
    initiative: Initiative, sponsor: Person, lead: Person, sign_in: SignIn
) -> None:
    action = factories.make_action(
        initiative, title="Order tablets", owner=lead, state="in_progress"
    )
    move_action(action=action, to="blocked", reason="No budget", actor=lead.user, now=NOW)

    text = words(sign_in.page(sponsor).get(url(initiative)))

    assert "Blocked “Order tablets” No budget (Priya Nair) Answer" in text


def test_strong_resistance_without_an_answer_is_asked_about(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    alone = factories.make_source(initiative, statement="Our jobs go next.")
    answered = factories.make_source(initiative, statement="Too slow")
    mild = factories.make_source(initiative, statement="Another form")
    for source, level in ((alone, 5), (answered, 5), (mild, 2)):
        factories.make_review(source, level)
    factories.make_action(initiative, sources=[answered])

    asked = words(sign_in.page(sponsor).get(url(initiative))).partition("asked of you")[2]

    assert "No action yet “Our jobs go next.” Level 5, refusing, and nothing answers it." in asked
    assert "Too slow" not in asked
    assert "Another form" not in asked


def test_exactly_one_button_is_filled_that_of_the_first_line(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(sponsor)
    for _ in range(2):
        factories.make_review(factories.make_source(initiative), 5)
    before = client.get(url(initiative)).content.decode()
    factories.make_action(initiative, owner=sponsor, due_on=YESTERDAY)
    after = client.get(url(initiative)).content.decode()

    assert before.count("ct-btn--main") == after.count("ct-btn--main") == 1
    assert after.index("ct-btn--main") < after.index("What is asked of you")


def test_where_nothing_waits_it_says_so(
    initiative: Initiative, sponsor: Person, lead: Person, sign_in: SignIn
) -> None:
    theirs = words(sign_in.page(sponsor).get(url(initiative)))
    of_the_lead = words(sign_in.page(lead).get(url(initiative)))

    assert "What is asked of you Nothing waits for you." in theirs
    assert "Nothing is promised: no open action has the sponsor as its owner." in theirs
    assert "What the sponsor promised" in of_the_lead
    assert "What is asked of the sponsor Nothing waits for the sponsor." in of_the_lead


def test_a_sponsor_reads_their_own_part_and_the_lead_that_of_all(
    initiative: Initiative, sponsor: Person, lead: Person, sign_in: SignIn
) -> None:
    second = factories.make_person("Ines Roth")
    factories.make_role(initiative, second, Role.SPONSOR)
    factories.make_action(initiative, title="Talk to the board", owner=second)

    theirs = words(sign_in.page(sponsor).get(url(initiative)))
    of_the_lead = words(sign_in.page(lead).get(url(initiative)))

    assert "Talk to the board" not in theirs
    assert "Sponsor: Tom Reyes, Ines Roth" in of_the_lead
    assert "Talk to the board" in of_the_lead


def test_more_than_a_sheet_holds_is_counted(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    for _ in range(7):
        factories.make_review(factories.make_source(initiative), 4)

    assert "and 2 more Next dates" in words(sign_in.page(sponsor).get(url(initiative)))


def test_it_is_for_the_sponsor_and_the_lead_who_find_it_in_the_initiative(
    initiative: Initiative, sponsor: Person, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    agent = factories.make_person("Kim", login=True)
    factories.make_role(initiative, agent, Role.CHANGE_AGENT)
    people = (sponsor, lead, agent, hr)

    codes = [sign_in.page(each).get(url(initiative)).status_code for each in people]
    pages = [sign_in.page(each).get(overview_url(initiative.slug)) for each in people]

    assert codes == [200, 200, 404, 404]
    links = [f'href="{url(initiative)}"' in each.content.decode() for each in pages]
    assert links == [True, True, False, False]


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 10, 500])
def test_its_cost_does_not_grow(
    number: int, initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    kind = factories.make_source_type()
    for _ in range(number):
        source = factories.make_source(initiative, type=kind)
        factories.make_review(source, 5)
        factories.make_action(initiative, owner=sponsor, due_on=YESTERDAY, state="blocked")
        person = factories.make_person()
    factories.make_enrolment(factories.make_plan(initiative), person, due_on=YESTERDAY)

    cost = queries(sign_in.page(sponsor), url(initiative))

    assert len(cost) <= BUDGET, cost


def test_a_sponsor_reads_that_the_lead_has_left(
    initiative: Initiative, sponsor: Person, lead: Person, sign_in: SignIn
) -> None:
    Person.objects.filter(pk=lead.pk).update(ends_on=YESTERDAY)
    page = sign_in.page(sponsor)

    for address in (overview_url(initiative.slug), url(initiative)):
        assert "in 19 days. Nobody who works here leads it." in words(page.get(address))


def test_promises_that_are_late_and_not_named_are_counted(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    for number in range(7):
        factories.make_action(initiative, title=f"Call {number}", owner=sponsor, due_on=MONDAY)

    text = words(sign_in.page(sponsor).get(url(initiative)))

    assert text.count("2 days late “Call") == 5
    assert "See the action: “Call 4” and 2 more Figures" in text
