"""Naming who carries an initiative on its pages: search, choose, remove, hand over."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR = "/change/i/door/setup/"
NEW = f"{DOOR}people/new/"


def remove_url(member: InitiativeMember) -> str:
    return f"{DOOR}people/{member.pk}/remove/"


def test_a_person_is_found_by_parts_of_the_name_and_named(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    joe = factories.make_person("Joe Bell", unit=factories.make_unit("Repairs"))
    factories.make_person("Joan Bellamy")
    factories.make_person("Bill Joyce")
    client = sign_in.page(lead)

    found = client.post(NEW, {"person-words": "bel jo", "find": "person", "role": "coach"})

    assert "2 people found for “bel jo”." in words(found)
    assert "Joe Bell Repairs" in words(found)
    assert "Bill Joyce" not in words(found)

    named = client.post(NEW, {"person": joe.pk, "role": "coach"}, follow=True)

    assert door.members.get(role="coach").person == joe
    assert "Joe Bell is named: coach. Undo" in words(named)


def test_the_role_that_was_asked_for_is_chosen_beforehand(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    html = sign_in.page(lead).get(NEW, {"role": "coach"}).content.decode()

    [chosen] = [each for each in re.findall(r"<input[^>]*>", html) if " checked" in each]
    assert 'value="coach"' in chosen


def test_undo_takes_the_role_away_again(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    joe, client = factories.make_person("Joe Bell"), sign_in.page(lead)
    client.post(NEW, {"person": joe.pk, "role": "viewer"})
    member = door.members.get(person=joe)

    client.post(remove_url(member))

    assert not door.members.filter(person=joe).exists()


def test_who_has_left_is_not_found_and_not_named(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    gone = factories.make_person("Gone Girl", ends_on=date(2026, 11, 17))
    client = sign_in.page(lead)

    found = client.post(NEW, {"person-words": "gone", "find": "person"})
    assert "Nobody is found for “gone”." in words(found)
    response = client.post(NEW, {"person": gone.pk, "role": "coach"})
    assert response.status_code == 400
    assert not door.members.filter(person=gone).exists()


def test_nobody_chosen_is_an_error_that_keeps_the_search(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    sent = {"person-words": "tom", "person-searched": "tom", "role": "coach"}
    response = sign_in.page(lead).post(NEW, sent)

    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "Choose somebody of those found, or empty the search." in response.content.decode()
    assert "Tom Reyes" in response.content.decode()


def test_a_repeat_is_said_kindly(
    door: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(NEW, {"person": sponsor.pk, "role": "sponsor"})

    assert "Tom Reyes has this role already." in words(response)
    assert response.status_code == 409


def test_the_last_sponsor_stays_until_another_is_named(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    member, client = door.members.get(role="sponsor"), sign_in.page(lead)

    page = client.get(remove_url(member))
    refused = client.post(remove_url(member))

    assert "Hand it over to the new one." in words(page)
    assert f"people/{member.pk}/hand-over/" in page.content.decode()
    assert "Take the role away" not in words(page)
    assert "Name somebody else for it first." in words(refused)
    assert door.members.filter(role="sponsor").count() == 1


def test_the_lead_hands_over_and_then_reads_the_initiative_no_more(
    door: Initiative, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)
    client.post(NEW, {"person": outsider.pk, "role": "lead"})
    mine = door.members.get(role="lead", person=lead)

    asked = client.get(remove_url(mine))
    response = client.post(remove_url(mine), follow=True)

    assert "This is you." in words(asked)
    assert response.redirect_chain[-1][0] == "/change/initiatives/"
    assert "Priya Nair is no longer lead." in words(response)
    assert sign_in.page(outsider).get(f"{DOOR}edit/").status_code == 200
    assert client.get(DOOR).status_code == 404


def test_members_who_do_not_lead_and_hr_are_refused(
    door: Initiative, sponsor: Person, hr: Person, employee: Person, sign_in: SignIn
) -> None:
    member = door.members.get(role="sponsor")
    codes = [
        [sign_in.page(person).get(url).status_code for url in (NEW, remove_url(member))]
        for person in (sponsor, hr, employee)
    ]

    assert codes == [[403, 403], [403, 403], [404, 404]]


def test_a_member_is_not_found_under_another_initiative(
    door: Initiative, draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    member = draft.members.get(role="lead")

    assert sign_in.page(lead).post(remove_url(member)).status_code == 404


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [1, 100])
def test_its_cost_does_not_grow_with_the_people(
    number: int, door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    for _ in range(number):
        factories.make_person("Sam", unit=factories.make_unit())

    client = sign_in.page(lead)
    with CaptureQueriesContext(connection) as captured:
        client.post(NEW, {"person-words": "sam", "find": "person"})

    assert len(captured) <= 9  # two of them are the host's own
