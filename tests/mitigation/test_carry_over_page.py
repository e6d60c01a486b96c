"""Carrying work over to another initiative by its page."""

from typing import Any

import pytest

from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.mitigation.pages import action_url
from tests.portal.browsing import words
from tests.tables import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(lead: Person) -> Any:
    initiative = factories.make_initiative(lead=lead, title="Next wave", slug="next-wave")
    return factories.make_source(initiative, statement="Again something new.")


def test_the_lead_goes_on_with_it_there(
    action: MitigationAction, there: Any, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)
    assert "Carry it over" in words(client.get(action_url(action)))

    form = client.get(action_url(action, "carry/"))
    sent = client.post(action_url(action, "carry/"), {"sources": [there.pk]}, follow=True)

    carried = MitigationAction.objects.get(initiative=there.initiative)
    action.refresh_from_db()
    assert "Again something new." in words(form)
    assert "It goes on in “Next wave”." in words(sent)
    assert sent.redirect_chain == [(action_url(carried), 302)]
    assert (action.state, carried.carried_from) == ("cancelled", action)


def test_among_several_initiatives_one_is_chosen_first(
    action: MitigationAction, there: Any, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_source(factories.make_initiative(lead=lead), statement="Too dear.")
    client, url = sign_in.page(lead), action_url(action, "carry/")

    chosen = client.get(url, {"to": "next-wave"})
    mixed = client.post(f"{url}?to=next-wave", {"sources": [other.pk]})

    assert "To which initiative?" in words(client.get(url))
    assert "Again something new." not in words(client.get(url))
    assert "Again something new." in words(chosen)
    assert "Too dear." not in words(chosen)
    assert mixed.status_code == 400
    assert MitigationAction.objects.count() == 1


def test_nothing_chosen_is_said(
    action: MitigationAction, there: Any, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(action_url(action, "carry/"))

    assert response.status_code == 400
    assert "Choose at least one resistance that it answers there." in response.content.decode()


def test_where_nothing_is_heard_the_page_leads_to_adding_it(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=lead, title="Next wave", slug="next-wave")

    response = sign_in.page(lead).get(action_url(action, "carry/"))

    assert "The register of Next wave has no open entry" in words(response)
    assert 'href="/change/i/next-wave/resistance/new/"' in response.content.decode()


def test_who_leads_nothing_else_is_told_so(
    action: MitigationAction, agent: Person, lead: Person, sign_in: SignIn
) -> None:
    factories.make_initiative(lead=lead, state="closed")

    for person in (lead, agent):
        client = sign_in.page(person)
        assert "Carry it over" not in words(client.get(action_url(action)))
        text = words(client.get(action_url(action, "carry/")))
        assert "You lead no other initiative that runs" in text


def test_what_has_ended_is_not_carried_over(
    action: MitigationAction, there: Any, lead: Person, sign_in: SignIn
) -> None:
    put(action, "cancelled")
    client = sign_in.page(lead)

    asked = client.get(action_url(action, "carry/"))
    sent = client.post(action_url(action, "carry/"), {"sources": [there.pk]})

    assert (asked.status_code, asked["Location"]) == (302, action_url(action))
    assert sent.status_code == 409
    assert not MitigationAction.objects.filter(initiative=there.initiative).exists()


def test_the_sponsor_carries_nothing(
    action: MitigationAction, sponsor: Person, sign_in: SignIn
) -> None:
    assert sign_in.page(sponsor).get(action_url(action, "carry/")).status_code == 403
