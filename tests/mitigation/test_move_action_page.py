"""Moving an action from state to state by its page."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.mitigation.pages import action_url, entry_url
from tests.portal.browsing import words
from tests.tables import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
YESTERDAY = TODAY - timedelta(days=1)


def test_an_agent_takes_their_own_work_from_plan_to_verdict(
    action: MitigationAction, source: Any, agent: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(agent), action_url(action, "move/")

    client.post(url, {"to": "in_progress"})
    client.post(url, {"to": "blocked", "reason": "The vans are away."})
    client.post(url, {"to": "in_progress"})
    done = client.post(url, {"to": "done"}, follow=True)
    MitigationAction.objects.filter(pk=action.pk).update(done_on=YESTERDAY)
    client.post(
        entry_url(source, "review/"), {"level": 1, "reviewed_on": TODAY.isoformat(), "note": ""}
    )
    client.post(url, {"to": "effective", "outcome": "They ask for more."})

    action.refresh_from_db()
    assert "It is done. What is left to know: did it work?" in words(done)
    assert (action.state, action.outcome) == ("effective", "They ask for more.")
    moves = AuditEvent.objects.filter(object_type="mitigationaction", verb="moved")
    assert moves.filter(actor_user=agent.user).count() == moves.count() == 5
    assert moves.get(to_state="blocked").reason == "The vans are away."


def test_a_wrong_press_about_whether_it_worked_is_put_right(
    action: MitigationAction, source: Any, lead: Person, sign_in: SignIn
) -> None:
    put(action, "effective", done_on=YESTERDAY, outcome="They ask for more.")
    factories.make_review(source, 4, reviewed_on=TODAY)
    client, url = sign_in.page(lead), action_url(action, "move/")

    offered = words(client.get(action_url(action)))
    again = words(client.post(url, {"to": "done"}, follow=True))
    client.post(url, {"to": "ineffective", "outcome": "Nobody asks for it."})

    action.refresh_from_db()
    assert "Judge it anew" in offered
    assert "Did it work?" in again
    assert "It is to be judged anew" in words(client.get(action_url(action)))
    assert (action.state, action.outcome) == ("ineffective", "Nobody asks for it.")
    assert action.done_on == YESTERDAY


@pytest.mark.parametrize("to", ["blocked", "cancelled"])
def test_it_asks_why(to: str, action: MitigationAction, lead: Person, sign_in: SignIn) -> None:
    put(action, "in_progress")
    client = sign_in.page(lead)

    form = client.get(action_url(action, "move/"), {"to": to})
    sent = client.post(action_url(action, "move/"), {"to": to})

    action.refresh_from_db()
    assert "Why?" in words(form)
    assert sent.status_code == 400
    assert action.state == "in_progress"


@pytest.mark.parametrize("to", ["effective", "ineffective"])
def test_without_a_later_review_it_is_refused_and_leads_to_one(
    to: str, action: MitigationAction, source: Any, lead: Person, sign_in: SignIn
) -> None:
    put(action, "done", done_on=YESTERDAY)
    client = sign_in.page(lead)

    asked = client.get(action_url(action, "move/"), {"to": to})
    sent = client.post(action_url(action, "move/"), {"to": to})

    action.refresh_from_db()
    assert action.state == "done"
    assert sent.status_code == 409
    assert "Review the resistance after the action first." in words(sent)
    for page in (asked, sent):
        assert f'href="{entry_url(source, "review/")}"' in page.content.decode()


def test_what_somebody_wrote_meanwhile_is_not_written_over(
    action: MitigationAction, source: Any, lead: Person, sign_in: SignIn
) -> None:
    put(action, "done", done_on=YESTERDAY)
    factories.make_review(source, 1)
    client, url = sign_in.page(lead), action_url(action, "move/")
    shown = client.get(url, {"to": "effective"}).context["form"].initial
    change_action(action, outcome="They ask for more.", actor=lead.user, now=NOW)

    late = client.post(url, shown | {"outcome": ""})

    assert "Somebody else changed this in the meantime." in words(late)
    action.refresh_from_db()
    assert (action.state, action.outcome) == ("done", "They ask for more.")
    again = client.get(url, {"to": "effective"}).context["form"].initial
    client.post(url, again)
    action.refresh_from_db()
    assert (action.state, action.outcome) == ("effective", "They ask for more.")


def test_what_did_not_work_is_taken_up_again(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    put(action, "ineffective", done_on=YESTERDAY, outcome="Nobody came.")

    response = sign_in.page(lead).post(
        action_url(action, "move/"), {"to": "in_progress"}, follow=True
    )

    action.refresh_from_db()
    assert "It is now “in progress”. Somebody is at work on it." in words(response)
    assert (action.state, action.done_on, action.outcome) == ("in_progress", None, "Nobody came.")


@pytest.mark.parametrize("to", ["done", "nonsense", ""])
def test_a_move_that_there_is_not_leads_back(
    to: str, action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(lead), action_url(action, "move/")

    for response in (client.get(url, {"to": to}), client.post(url, {"to": to})):
        assert (response.status_code, response["Location"]) == (302, action_url(action))

    action.refresh_from_db()
    assert action.state == "planned"
    assert "Nothing is saved: this is not possible any more." in words(client.get(url, follow=True))


def test_others_read_and_move_nothing(
    action: MitigationAction, sponsor: Person, hr: Person, outsider: Person, sign_in: SignIn
) -> None:
    other = factories.make_person("Another agent", login=True)
    factories.make_role(action.initiative, other, "change_agent")

    codes = [
        sign_in.page(each).post(action_url(action, "move/"), {"to": "in_progress"}).status_code
        for each in (sponsor, hr, other, outsider)
    ]

    assert codes == [403, 403, 403, 404]
