"""Planning an action from the list, against one or several resistances."""

from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn
from tests.mitigation.pages import action_url, actions_url
from tests.portal.browsing import main_of, words

pytestmark = pytest.mark.django_db


def test_the_lead_plans_one_action_against_two_resistances(
    initiative: Initiative, source: Any, group: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_group(initiative, group)
    other = factories.make_source(initiative, statement="No time for it.")
    sent = {
        "sources": [source.pk, other.pk],
        "title": "Ride in the vans",
        "kind": "experiment",
        "audiences": [group.pk],
        "owner": lead.pk,
        "due_on": "2026-12-01",
        "minutes": "45",
    }

    response = sign_in.page(lead).post(actions_url(initiative, "new/"), sent, follow=True)

    action = MitigationAction.objects.get()
    assert response.redirect_chain == [(action_url(action, "details/"), 302)]
    assert "“Ride in the vans” is planned." in words(response)
    assert set(action.sources.all()) == {source, other}
    assert (action.minutes, action.owner) == (45, lead)


def test_a_resistance_in_the_address_is_ticked(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    html = client.get(actions_url(initiative, "new/"), {"source": source.pk}).content.decode()
    odd = client.get(actions_url(initiative, "new/"), {"source": "x"})

    assert html.count(" checked") == 1
    assert odd.status_code == 200


def test_what_has_ended_or_is_heard_elsewhere_is_not_offered(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    factories.make_source(initiative, statement="It was the screen.", state="resolved")
    factories.make_source(factories.make_initiative(lead=lead), statement="Elsewhere.")

    text = words(sign_in.page(lead).get(actions_url(initiative, "new/")))

    assert "Our jobs go next." in text
    assert "It was the screen." not in text
    assert "Elsewhere." not in text


def test_without_a_resistance_it_is_refused_and_what_was_written_is_kept(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).post(
        actions_url(initiative, "new/"), {"title": "Town hall", "kind": "leadership"}
    )

    assert response.status_code == 400
    assert "Choose at least one resistance that it answers." in response.content.decode()
    assert 'value="Town hall"' in response.content.decode()
    assert not MitigationAction.objects.exists()


def test_where_nothing_is_heard_the_page_leads_to_adding_it(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(actions_url(initiative, "new/"))

    assert "An action answers something that you hear" in words(response)
    assert f'href="/change/i/{initiative.slug}/resistance/new/"' in response.content.decode()
    assert "<form" not in main_of(response)


def test_an_initiative_that_has_ended_takes_no_new_work(
    initiative: Initiative, source: Any, lead: Person, sign_in: SignIn
) -> None:
    Initiative.objects.filter(pk=initiative.pk).update(state="closed")
    sent = {"sources": [source.pk], "title": "Town hall", "kind": "leadership"}

    response = sign_in.page(lead).post(actions_url(initiative, "new/"), sent)

    assert response.status_code == 409
    assert not MitigationAction.objects.exists()


def test_it_is_for_the_lead(
    initiative: Initiative,
    source: Any,
    agent: Person,
    sponsor: Person,
    hr: Person,
    employee: Person,
    sign_in: SignIn,
) -> None:
    codes = [
        sign_in.page(each).get(actions_url(initiative, "new/")).status_code
        for each in (agent, sponsor, hr, employee)
    ]

    assert codes == [403, 403, 403, 404]
