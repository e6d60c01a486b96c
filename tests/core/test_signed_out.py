"""Whoever is signed out while they write something loses nothing of it."""

import html
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from change_tracker.people.models import Person
from change_tracker.voice.models import FeedbackItem
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import title

pytestmark = pytest.mark.django_db

SAY = "/change/i/front-door/say/"
LINES = "The tablet is <b>slow</b>.\r\n\r\nAnd hot."


@pytest.fixture
def page(lead: Person, employee: Person, sign_in: SignIn) -> Client:
    factories.make_initiative(slug="front-door", lead=lead, group=factories.make_audience(employee))
    return sign_in.page(employee)


def test_what_was_written_is_there_to_be_copied_and_is_kept_nowhere(page: Client) -> None:
    assert page.get(SAY).status_code == 200
    page.logout()

    response: Any = page.post(SAY, {"kind": "concern", "text": LINES})

    assert response.status_code == 403
    assert title(response).startswith("Error: You are signed out")
    assert "Nothing was sent." in response.content.decode()
    shown = re.findall(r"<textarea[^>]*readonly>(.*?)</textarea>", response.content.decode(), re.S)
    assert [html.unescape(each) for each in shown] == [LINES]
    assert f'href="/login/?next={SAY}"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not FeedbackItem.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"kind": "concern", "text": "no"}, {"to": "done"}])
def test_where_nothing_was_written_it_goes_straight_on_to_sign_in(
    sent: dict[str, str], page: Client
) -> None:
    page.logout()

    assert page.post(SAY, sent)["Location"] == f"/login/?next={SAY}"


def test_a_forged_form_is_not_shown(page: Client) -> None:
    stranger = Client(enforce_csrf_checks=True)

    response = stranger.post(SAY, {"text": "Call this number now."})

    assert response.status_code == 403
    assert "Call this number" not in response.content.decode()
