"""Work that was done before it was reported: the day is put right before it is judged."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.errors import DoneOnError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import correct_done_on
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.mitigation.pages import action_url
from tests.portal.browsing import main_of, words
from tests.tables import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
FRIDAY = TODAY - timedelta(days=3)


@pytest.fixture
def done(action: MitigationAction) -> MitigationAction:
    put(action, "done", done_on=TODAY)
    return action


def test_a_review_since_the_day_on_which_it_was_done_tells_at_once_whether_it_worked(
    done: MitigationAction, source: Any, agent: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 1, reviewed_on=TODAY)
    client, url = sign_in.page(agent), action_url(done, "done-on/")
    assert f'href="{url}"' in main_of(client.get(action_url(done)))
    assert "On which day was it done?" in words(client.get(url))

    sent = client.post(url, {"done_on": FRIDAY, "version": done.version}, follow=True)
    client.post(action_url(done, "move/"), {"to": "effective", "outcome": "They came."})

    done.refresh_from_db()
    assert "The day on which it was done is changed." in words(sent)
    assert "Now you can tell." in words(sent)
    assert (done.state, done.done_on) == ("effective", FRIDAY)
    event = AuditEvent.objects.get(verb="changed")
    assert event.changes["done_on"] == FRIDAY.isoformat()


@pytest.mark.parametrize(
    ("state", "days"), [("done", 1), ("in_progress", -3), ("effective", -3), ("cancelled", -3)]
)
def test_it_is_refused_for_a_day_to_come_and_for_what_is_not_done_or_is_judged(
    action: MitigationAction, lead: Person, state: str, days: int
) -> None:
    put(action, state, done_on=TODAY if state in {"done", "effective"} else None)
    day = TODAY + timedelta(days=days)

    with pytest.raises(DoneOnError) as refused:
        correct_done_on(action, done_on=day, actor=lead.user, now=NOW)

    assert isinstance(refused.value, ChangeTrackerError)
    action.refresh_from_db()
    assert action.done_on in {None, TODAY}


def test_the_api_does_the_same_and_refuses_others(
    done: MitigationAction, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    url = f"/change/api/v1/actions/{done.pk}/done_on/"

    changed = sign_in.api(lead).post(url, {"done_on": FRIDAY})
    refused = sign_in.api(lead).post(url, {"done_on": TODAY + timedelta(days=1)})
    stranger = sign_in.api(employee).post(url, {"done_on": FRIDAY})

    assert changed.json()["done_on"] == FRIDAY.isoformat()
    assert (refused.status_code, refused.json()["code"]) == (409, "done_on")
    assert stranger.status_code == 404
