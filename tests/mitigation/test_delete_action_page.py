"""Deleting an action that has not begun."""

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from tests.conftest import SignIn
from tests.mitigation.pages import action_url, actions_url
from tests.portal.browsing import words
from tests.tables import put

pytestmark = pytest.mark.django_db


def test_the_page_asks_once_more_and_then_it_is_gone(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    asked = client.get(action_url(action, "delete/"))
    sent = client.post(action_url(action, "delete/"), follow=True)

    assert "“Town hall” has not begun, so it can be deleted." in words(asked)
    assert "“Town hall” is deleted." in words(sent)
    assert sent.redirect_chain == [(actions_url(action.initiative), 302)]
    assert not MitigationAction.objects.exists()
    assert AuditEvent.objects.get(verb="deleted").actor_user == lead.user


def test_what_has_begun_is_kept(action: MitigationAction, lead: Person, sign_in: SignIn) -> None:
    put(action, "in_progress")
    client = sign_in.page(lead)

    assert "Delete it" not in words(client.get(action_url(action)))
    assert client.get(action_url(action, "delete/")).status_code == 302
    sent = client.post(action_url(action, "delete/"))

    assert sent.status_code == 409
    assert "This work has begun, so it is kept. Call it off instead." in words(sent)
    assert MitigationAction.objects.exists()


def test_an_agent_does_not_delete_even_their_own(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(agent)

    assert "Delete it" not in words(client.get(action_url(action)))
    assert client.get(action_url(action, "delete/")).status_code == 403
    assert client.post(action_url(action, "delete/")).status_code == 403
    assert MitigationAction.objects.exists()
