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


def shown_in(response: Any) -> list[str]:
    """What stands in boxes, to be copied."""
    found = re.findall(r"<textarea[^>]*readonly>(.*?)</textarea>", response.content.decode(), re.S)
    return [html.unescape(each) for each in found]


def test_what_was_written_is_there_to_be_copied_and_is_kept_nowhere(page: Client) -> None:
    assert page.get(SAY).status_code == 200
    page.logout()

    response: Any = page.post(SAY, {"kind": "concern", "text": LINES})

    assert response.status_code == 403
    assert title(response).startswith("Error: You are signed out")
    assert "Nothing was sent." in response.content.decode()
    assert shown_in(response) == [LINES]
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


def old_form(page: Client, origin: str = "http://testserver", **sent: str) -> Any:
    """Sent by a page that was opened before its reader signed in anew in another window."""
    page.handler.enforce_csrf_checks = True
    page.get(SAY)
    stale = {"csrfmiddlewaretoken": 64 * "a", **sent}
    return page.post(SAY, stale, headers={"origin": origin})


def test_a_page_from_before_one_signed_in_anew_says_so_and_shows_what_was_written(
    page: Client,
) -> None:
    response = old_form(page, kind="concern", text=LINES)

    assert response.status_code == 403
    assert title(response).startswith("Error: This page was opened before you signed in")
    assert shown_in(response) == [LINES]
    assert f'href="{SAY}"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not FeedbackItem.objects.exists()


def test_where_nothing_was_written_it_says_the_same(page: Client) -> None:
    response = old_form(page)

    assert title(response).startswith("Error: This page was opened before you signed in")
    assert shown_in(response) == []


def test_who_is_signed_out_as_well_is_told_that(page: Client) -> None:
    page.logout()

    response = old_form(page, text=LINES)

    assert title(response).startswith("Error: You are signed out")
    assert shown_in(response) == [LINES]


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "https://testserver"])
def test_what_another_site_made_up_is_not_shown(origin: str, page: Client) -> None:
    response = old_form(page, origin, text="Call this number now.")

    assert response.status_code == 403
    assert "Call this number" not in response.content.decode()


def test_without_an_origin_nobody_knows_where_it_is_from(page: Client) -> None:
    page.handler.enforce_csrf_checks = True

    response = page.post(SAY, {"text": "Call this number now."})

    assert response.status_code == 403
    assert "Call this number" not in response.content.decode()


def test_pages_of_the_host_are_left_to_django(page: Client) -> None:
    page.handler.enforce_csrf_checks = True

    response = page.post("/login/", {"text": LINES}, headers={"origin": "http://testserver"})

    assert response.status_code == 403
    assert "CSRF verification failed" in response.content.decode()
