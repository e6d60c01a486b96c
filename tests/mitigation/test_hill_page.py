"""Moving an action over the hill by its range, and back by the toast."""

import re

import pytest

from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from tests.conftest import SignIn
from tests.mitigation.pages import action_url
from tests.portal.browsing import words
from tests.tables import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def test_the_range_has_five_words_and_its_place(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    MitigationAction.objects.filter(pk=action.pk).update(position=35)

    html = sign_in.page(agent).get(action_url(action)).content.decode()

    field = re.search(r"<input[^>]*type=\"range\"[^>]*>", html)
    assert field is not None
    for each in ('value="35"', 'min="0"', 'max="100"', 'list="ct-hill-words"'):
        assert each in field[0]
    assert "0: not begun, 25: finding out, 50: we know how, 75: getting it done, 100: finished" in (
        " ".join(html.split())
    )
    assert html.count("<option") == 5


def test_moving_it_says_where_it_is_now_and_the_toast_takes_it_back(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(agent)

    response = client.post(action_url(action, "hill/"), {"position": 75, "version": 1}, follow=True)

    action.refresh_from_db()
    assert action.position == 75
    assert "On the hill: getting it done Undo" in words(response)
    back = re.search(r'action="([^"]*hill/\?[^"]*)"', response.content.decode())
    assert back is not None
    client.post(back[1].replace("&amp;", "&"))
    action.refresh_from_db()
    assert action.position == 0


def test_planned_work_that_moves_is_proposed_to_start(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(agent)
    assert "Has it begun?" not in words(client.get(action_url(action)))

    client.post(action_url(action, "hill/"), {"position": 25, "version": 1})
    html = client.get(action_url(action)).content.decode()

    assert "It has moved, but is still only planned. Has it begun?" in html
    assert html.count(">Start it<") == 1
    assert html.count("ct-btn--main") == 1


def test_work_that_is_over_the_hill_is_proposed_as_done(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    put(action, "in_progress", position=100)

    assert "Is it done?" in words(sign_in.page(agent).get(action_url(action)))


@pytest.mark.parametrize("position", ["-1", "101", "x", ""])
def test_what_is_not_on_the_hill_is_refused(
    position: str, action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(agent).post(
        action_url(action, "hill/"), {"position": position, "version": 1}
    )

    action.refresh_from_db()
    assert response.status_code == 400
    assert "There is a problem" in response.content.decode()
    assert action.position == 0


def test_a_move_that_somebody_was_quicker_with_is_refused(
    action: MitigationAction, agent: Person, lead: Person, sign_in: SignIn
) -> None:
    sign_in.page(lead).post(action_url(action, "hill/"), {"position": 50, "version": 1})

    response = sign_in.page(agent).post(action_url(action, "hill/"), {"position": 25, "version": 1})

    action.refresh_from_db()
    assert response.status_code == 409
    assert action.position == 50


def test_what_has_ended_moves_no_more(
    action: MitigationAction, agent: Person, sign_in: SignIn
) -> None:
    put(action, "cancelled")
    client = sign_in.page(agent)

    asked = client.get(action_url(action, "hill/"))
    sent = client.post(action_url(action, "hill/"), {"position": 25, "version": action.version})

    assert (asked.status_code, asked["Location"]) == (302, action_url(action))
    assert sent.status_code == 409
    assert "This action has ended, so it does not move on the hill." in words(sent)


def test_the_sponsor_moves_nothing(
    action: MitigationAction, sponsor: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(sponsor)

    assert client.get(action_url(action, "hill/")).status_code == 403
    sent = client.post(action_url(action, "hill/"), {"position": 25, "version": 1})
    assert sent.status_code == 403
