"""Planning an action on the page of the resistance that it answers."""

from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(lead: Person, sponsor: Person) -> Any:
    initiative: Initiative = factories.make_initiative(lead=lead, sponsor=sponsor)
    return factories.make_source(initiative)


def url_of(source: ResistanceSource) -> str:
    return f"/change/i/{source.initiative.slug}/resistance/{source.pk}/plan/"


def test_the_lead_plans_what_is_suggested(heard: Any, lead: Person, sign_in: SignIn) -> None:
    strategy = factories.make_strategy(label="Tell them why", action_kind="communication")
    client = sign_in.page(lead)
    chosen = f'<option value="{strategy.pk}" selected>'
    assert chosen in client.get(url_of(heard), {"strategy": strategy.pk}).content.decode()

    sent = {"strategy": strategy.pk, "owner": lead.pk, "due_on": "2026-12-01"}
    response = client.post(url_of(heard), sent, follow=True)

    action = MitigationAction.objects.get()
    assert (action.title, action.kind, action.owner) == ("Tell them why", "communication", lead)
    assert action.due_on == date(2026, 12, 1)
    assert list(action.sources.all()) == [heard]
    assert "“Tell them why” is planned." in words(response)


def test_an_action_of_ones_own_needs_a_title_and_a_kind(
    heard: Any, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    refused = client.post(url_of(heard), {"title": "Town hall"})
    client.post(url_of(heard), {"title": "Town hall", "kind": "leadership"})

    assert refused.status_code == 400
    assert "Choose the kind of work, or a strategy." in refused.content.decode()
    assert MitigationAction.objects.get().kind == "leadership"


def test_a_kind_that_is_not_that_of_the_strategy_is_refused(
    heard: Any, lead: Person, sign_in: SignIn
) -> None:
    strategy = factories.make_strategy(action_kind="communication")

    response = sign_in.page(lead).post(url_of(heard), {"strategy": strategy.pk, "kind": "training"})

    assert response.status_code == 409
    assert "is of another kind of work." in words(response)
    assert not MitigationAction.objects.exists()


def test_the_sponsor_plans_nothing(heard: Any, sponsor: Person, sign_in: SignIn) -> None:
    client = sign_in.page(sponsor)

    assert client.get(url_of(heard)).status_code == 403
    assert "Plan an action" not in words(client.get(url_of(heard).replace("plan/", "")))
