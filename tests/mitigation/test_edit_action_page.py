"""Changing an action by its form: everything at once, and never over somebody else's change."""

from datetime import date
from typing import Any

import pytest

from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, Person
from tests import factories
from tests.conftest import SignIn
from tests.mitigation.pages import action_url, said
from tests.portal.browsing import title, words
from tests.tables import put

pytestmark = pytest.mark.django_db


def test_the_lead_changes_everything(
    action: MitigationAction, source: Any, group: Audience, lead: Person, sign_in: SignIn
) -> None:
    factories.make_group(action.initiative, group)
    other = factories.make_source(action.initiative, statement="No time for it.")
    changes = {
        "sources": [source.pk, other.pk],
        "title": "Ride in the vans",
        "kind": "experiment",
        "description": "One morning each.",
        "audiences": [group.pk],
        "owner": lead.pk,
        "due_on": "2026-12-01",
        "minutes": 90,
        "outcome": "They talk to us.",
    }

    response = sign_in.page(lead).post(
        action_url(action, "edit/"), said(action, **changes), follow=True
    )

    action.refresh_from_db()
    assert "The action is changed." in words(response)
    assert set(action.sources.all()) == {source, other}
    assert list(action.audiences.all()) == [group]
    assert (action.title, action.kind, action.owner) == ("Ride in the vans", "experiment", lead)
    assert (action.due_on, action.minutes) == (date(2026, 12, 1), 90)
    assert (action.description, action.outcome) == ("One morning each.", "They talk to us.")


def test_its_history_names_what_a_person_changed_and_nothing_beside(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    client.post(action_url(action, "edit/"), said(action, due_on="2026-12-01"))

    assert "Changed: due on Priya Nair" in words(client.get(action_url(action)))


def test_an_agent_changes_their_own_and_no_other(
    action: MitigationAction, lead: Person, agent: Person, sign_in: SignIn
) -> None:
    other = factories.make_action(action.initiative, sources=action.sources.all(), owner=lead)
    client = sign_in.page(agent)

    assert client.post(action_url(action, "edit/"), said(action, title="Mine")).status_code == 302
    assert client.post(action_url(other, "edit/"), said(other, title="Mine")).status_code == 403

    assert MitigationAction.objects.get(title="Mine") == action


def test_the_form_begins_with_what_is_written(
    action: MitigationAction, source: Any, agent: Person, sign_in: SignIn
) -> None:
    html = sign_in.page(agent).get(action_url(action, "edit/")).content.decode()

    assert 'value="Town hall"' in html
    assert f'<option value="{agent.pk}" selected>' in html
    assert "Our jobs go next." in html


def test_groups_stay_that_whoever_changes_the_rest_cannot_choose(
    action: MitigationAction, group: Audience, sponsor: Person, sign_in: SignIn
) -> None:
    """A sponsor owns work, and reads the rule of no group."""
    action.audiences.set([group])
    put(action, "planned", owner=sponsor)
    client = sign_in.page(sponsor)
    form = client.get(action_url(action, "edit/")).context["form"]
    offered = [key for key, _name in form.fields["audiences"].choices]

    sent = said(action, title="Ride along", audiences=offered)
    client.post(action_url(action, "edit/"), sent)

    action.refresh_from_db()
    assert action.title == "Ride along"
    assert list(action.audiences.all()) == [group]


def test_an_owner_who_left_the_team_stays_until_somebody_else_is_chosen(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    gone = factories.make_person("Gone Now")
    MitigationAction.objects.filter(pk=action.pk).update(owner=gone)
    action.refresh_from_db()

    response = sign_in.page(lead).post(action_url(action, "edit/"), said(action, title="New"))

    action.refresh_from_db()
    assert response.status_code == 302
    assert action.owner == gone


def test_an_entry_that_has_ended_stays_answered(
    action: MitigationAction, source: Any, lead: Person, sign_in: SignIn
) -> None:
    type(source).objects.filter(pk=source.pk).update(state="resolved")

    response = sign_in.page(lead).post(action_url(action, "edit/"), said(action, title="New"))

    assert response.status_code == 302
    assert list(action.sources.all()) == [source]


def test_another_strategy_brings_its_kind_and_where_none_is_given_its_title(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    strategy = factories.make_strategy(label="Free an hour", action_kind="resources")
    sent = said(action, strategy=strategy.pk, title="")

    response = sign_in.page(lead).post(action_url(action, "edit/"), sent)

    action.refresh_from_db()
    assert response.status_code == 302
    assert (action.strategy, action.kind, action.title) == (strategy, "resources", "Free an hour")


def test_a_strategy_that_is_of_another_kind_by_now_takes_nothing_from_work_that_follows_it(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    strategy = factories.make_strategy(action_kind="training")
    put(action, "planned", strategy=strategy, message="Come all.")
    sent = said(action, strategy=strategy.pk, title="Town hall, again")

    sign_in.page(lead).post(action_url(action, "edit/"), sent)

    action.refresh_from_db()
    assert (action.title, action.kind) == ("Town hall, again", "communication")
    assert action.message == "Come all."


def test_it_is_said_before_that_another_kind_empties_what_the_one_before_asked_for(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    form = sign_in.page(lead).get(action_url(action, "edit/"))

    assert "Another kind empties what only this one asks for" in words(form)


def test_what_is_missing_is_said_and_what_was_written_is_kept(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    sent = said(action, sources=[], title="Kept", minutes=-1)

    response = sign_in.page(lead).post(action_url(action, "edit/"), sent)

    html = response.content.decode()
    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "Choose at least one resistance that it answers." in html
    assert 'value="Kept"' in html


def test_resistance_of_another_initiative_cannot_be_chosen(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    foreign = factories.make_source(factories.make_initiative(lead=lead))

    response = sign_in.page(lead).post(
        action_url(action, "edit/"), said(action, sources=[foreign.pk])
    )

    assert response.status_code == 400


def test_a_change_that_somebody_was_quicker_with_is_refused(
    action: MitigationAction, lead: Person, agent: Person, sign_in: SignIn
) -> None:
    late = said(action, title="Mine")
    sign_in.page(lead).post(action_url(action, "edit/"), said(action, title="Theirs"))

    response = sign_in.page(agent).post(action_url(action, "edit/"), late)

    action.refresh_from_db()
    assert response.status_code == 409
    assert action.title == "Theirs"
    assert "Somebody else changed this in the meantime." in words(response)
