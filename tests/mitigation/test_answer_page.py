"""A sponsor answers to what blocks an action, and those who work on it read the answer."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.mitigation.errors import NotBlockedError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import answer_block, move_action
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.mitigation.pages import action_url
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
SAID = "I have asked for the money. You have it by Friday."


@pytest.fixture
def agent(initiative: Initiative) -> Person:
    person = factories.make_person("Lena Fischer", login=True)
    factories.make_role(initiative, person, Role.CHANGE_AGENT)
    return person


@pytest.fixture
def blocked(initiative: Initiative, source: Any, agent: Person) -> MitigationAction:
    action = factories.make_action(
        initiative, title="New tablets", owner=agent, sources=[source], state="in_progress"
    )
    return move_action(action, to="blocked", reason="No budget.", actor=agent.user, now=NOW)


def sponsor_url(action: MitigationAction) -> str:
    return f"/change/i/{action.initiative.slug}/sponsor/"


def test_the_sponsor_is_asked_answers_and_is_asked_no_more(
    blocked: MitigationAction, sponsor: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(sponsor), action_url(blocked, "answer/")

    asked = client.get(sponsor_url(blocked))
    form = words(client.get(url))
    answered = client.post(url, {"text": SAID}, follow=True)

    assert f'href="{url}"' in asked.content.decode()
    assert "What blocks it No budget. Lena Fischer Wed 18 Nov, " in form
    assert "Your answer stands beside the action." in words(answered)
    assert f"{SAID} Tom Reyes Wed 18 Nov, " in words(answered)
    assert "New tablets" not in words(client.get(sponsor_url(blocked)))


def test_whoever_works_on_it_reads_the_answer_and_its_owner_is_told_at_the_start(
    blocked: MitigationAction, agent: Person, sponsor: Person, sign_in: SignIn
) -> None:
    mine = sign_in.page(agent)
    assert "The sponsor answered" not in words(mine.get("/change/"))

    answer_block(blocked, text=SAID, actor=sponsor.user, now=NOW)

    assert "The sponsor answered" in words(mine.get("/change/"))
    assert SAID in words(mine.get(action_url(blocked)))


def test_what_is_blocked_again_asks_again_and_past_answers_stay_in_the_history(
    blocked: MitigationAction, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    answer_block(blocked, text=SAID, actor=sponsor.user, now=NOW)
    again = move_action(blocked, to="in_progress", actor=lead.user, now=NOW)
    move_action(again, to="blocked", reason="The second batch.", actor=lead.user, now=NOW)

    client = sign_in.page(sponsor)
    block, _, history = words(client.get(action_url(blocked))).partition("What happened")

    assert "What blocks it The second batch." in block
    assert SAID not in block
    assert f"The sponsor answered Tom Reyes “{SAID}”" in history
    assert "Blocked “New tablets”" in words(client.get(sponsor_url(blocked)))


def test_the_first_answer_stands_first(
    blocked: MitigationAction, sponsor: Person, sign_in: SignIn
) -> None:
    for text in ("I will ask.", "It is granted."):
        answer_block(blocked, text=text, actor=sponsor.user, now=NOW)

    shown = words(sign_in.page(sponsor).get(action_url(blocked)))

    places = [shown.index(each) for each in ("No budget.", "I will ask.", "It is granted.")]
    assert places == sorted(places)


def test_an_answer_needs_words(blocked: MitigationAction, sponsor: Person, sign_in: SignIn) -> None:
    refused = sign_in.page(sponsor).post(action_url(blocked, "answer/"), {"text": " "})

    assert refused.status_code == 400
    assert "Say what you decide, or what you do about it." in refused.content.decode()


def test_the_team_reads_and_does_not_answer(
    blocked: MitigationAction, lead: Person, agent: Person, sign_in: SignIn
) -> None:
    for person in (lead, agent):
        client = sign_in.page(person)
        page = client.get(action_url(blocked))
        assert "What blocks it No budget." in words(page)
        assert "/answer/" not in page.content.decode()
        assert client.post(action_url(blocked, "answer/"), {"text": SAID}).status_code == 403


def test_a_sponsor_moves_what_is_their_own_instead_of_answering_it(
    initiative: Initiative, sponsor: Person, sign_in: SignIn
) -> None:
    own = factories.make_action(initiative, title="Ride along", owner=sponsor, state="in_progress")
    move_action(own, to="blocked", reason="The vans are away.", actor=sponsor.user, now=NOW)
    client = sign_in.page(sponsor)

    page = client.get(sponsor_url(own)).content.decode()

    assert f'href="{action_url(own)}"' in page
    assert "/answer/" not in page
    assert client.get(action_url(own, "answer/")).status_code == 403


def test_an_answer_that_comes_too_late_is_refused(
    blocked: MitigationAction, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    move_action(blocked, to="in_progress", actor=lead.user, now=NOW + timedelta(hours=1))

    with pytest.raises(NotBlockedError):
        answer_block(blocked, text=SAID, actor=sponsor.user, now=NOW)
    late = sign_in.page(sponsor).get(action_url(blocked, "answer/"), follow=True)
    assert late.redirect_chain == [(action_url(blocked), 302)]
    sent = sign_in.page(sponsor).post(action_url(blocked, "answer/"), {"text": SAID}, follow=True)
    assert sent.redirect_chain == [(action_url(blocked), 302)]
    assert "Nothing is saved: this is not possible any more." in words(sent)


def test_a_client_of_the_api_answers_as_well(
    blocked: MitigationAction, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    url = f"/change/api/v1/actions/{blocked.pk}/answer_block/"

    answered = sign_in.api(sponsor).post(url, {"text": SAID}, format="json")
    refused = sign_in.api(lead).post(url, {"text": SAID}, format="json")

    assert (answered.status_code, refused.status_code) == (200, 403)
    assert SAID in words(sign_in.page(lead).get(action_url(blocked)))
