"""A form that is sent twice is taken once: a double tap, a reload where the answer was lost."""

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from change_tracker.core.models import IdempotencyKey
from change_tracker.core.sentonce import COOKIE
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import OrgUnit, Person
from change_tracker.training.models import Submission, TrainingRecord
from change_tracker.voice.models import FeedbackItem
from tests import factories
from tests.between import before
from tests.conftest import SignIn
from tests.factories import NOW, make_file
from tests.portal.browsing import item_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_moment")]

SAY = "/change/i/front-door/say/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture
def that_moment() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person, employee: Person) -> Initiative:
    return factories.make_initiative(
        slug="front-door", lead=lead, group=factories.make_audience(employee)
    )


@pytest.fixture
def page(initiative: Initiative, employee: Person) -> Client:
    """Amira's telephone, which sends what Django's protection wants to see."""
    client = Client(enforce_csrf_checks=True)
    assert employee.user is not None
    client.force_login(employee.user)
    return client


@pytest.fixture
def lee(initiative: Initiative) -> Person:
    """Somebody else whom it is about."""
    lee = factories.make_person("Lee Park", login=True)
    factories.make_group(initiative, factories.make_audience(lee))
    return lee


def form_of(page: Client, url: str = SAY, **values: Any) -> dict[str, Any]:
    """What the page at `url` sends, filled in with `values`."""
    token = TOKEN.search(page.get(url).content.decode())
    assert token is not None
    return {"csrfmiddlewaretoken": token[1], **values}


def concern(page: Client) -> dict[str, Any]:
    return form_of(page, kind="concern", text="No quiet room.")


def test_a_second_tap_leads_where_the_first_one_did_and_says_it_once(page: Client) -> None:
    sent = concern(page)

    first, second = page.post(SAY, sent), page.post(SAY, sent, follow=True)

    item = FeedbackItem.objects.get()
    assert (first.status_code, first["Location"]) == (302, f"/change/say/{item.pk}/")
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "It is sent. You have an answer by" in second.content.decode()
    assert "It is sent." not in page.get(first["Location"]).content.decode()


def test_who_was_led_on_already_and_presses_once_more_is_told_again(page: Client) -> None:
    """The browser had begun to load the next page, which nobody saw."""
    sent = concern(page)
    page.post(SAY, sent, follow=True)

    assert "It is sent." in page.post(SAY, sent, follow=True).content.decode()


def test_a_page_that_the_browser_gave_up_takes_nothing_from_the_one_that_is_shown(
    page: Client,
) -> None:
    """It was asked for before the second tap, and answers when that has led on."""
    sent = concern(page)
    given_up = Client()
    shown = page.post(SAY, sent)["Location"]
    given_up.cookies = SimpleCookie(page.cookies.output(header="", sep=";"))
    page.post(SAY, sent)

    assert "It is sent." in given_up.get(shown).content.decode()
    assert "It is sent." in page.get(shown).content.decode()
    assert "It is sent." not in page.get(shown).content.decode()


@pytest.mark.parametrize("forged", ["", "a" * 64, "é", "\x00"])
def test_who_makes_up_what_was_sent_is_told_nothing(page: Client, forged: str) -> None:
    page.cookies[COOKIE] = forged

    response = page.get(SAY)

    assert response.status_code == 200
    assert 'role="status"' not in response.content.decode()


def test_what_somebody_else_has_sent_is_not_said_to_others(
    page: Client, lee: Person, sign_in: SignIn
) -> None:
    sent = concern(page)
    page.post(SAY, sent)
    page.post(SAY, sent)
    theirs = sign_in.page(lee)
    theirs.cookies[COOKIE] = page.cookies[COOKIE].value

    assert "It is sent." not in theirs.get(SAY).content.decode()


def test_the_same_words_in_a_form_that_was_opened_anew_are_meant(page: Client) -> None:
    for _ in range(2):
        page.post(SAY, concern(page))

    assert FeedbackItem.objects.count() == 2


def test_other_words_in_the_same_form_are_meant(page: Client) -> None:
    sent = concern(page)
    page.post(SAY, sent)

    page.post(SAY, sent | {"text": "No quiet room, and no door."})

    assert FeedbackItem.objects.count() == 2


def test_what_was_refused_may_be_sent_once_more(page: Client, initiative: Initiative) -> None:
    sent = concern(page)
    Initiative.objects.filter(pk=initiative.pk).update(state="closed")
    assert page.post(SAY, sent).status_code == 409
    Initiative.objects.filter(pk=initiative.pk).update(state=initiative.state)
    assert page.post(SAY, sent | {"text": " "}).status_code == 400

    assert page.post(SAY, sent).status_code == 302
    assert FeedbackItem.objects.count() == 1


def test_after_something_else_the_form_of_a_page_that_was_kept_is_taken_again(
    page: Client,
) -> None:
    kept = concern(page)
    said = page.post(SAY, kept)["Location"]
    page.post(f"{said}withdraw/", form_of(page, f"{said}withdraw/"))
    assert FeedbackItem.objects.get().state == "withdrawn"

    again = page.post(SAY, kept)

    assert again["Location"] != said
    assert FeedbackItem.objects.exclude(state="withdrawn").count() == 1


def test_what_somebody_else_sends_is_theirs(page: Client, lee: Person, sign_in: SignIn) -> None:
    sent = concern(page)
    page.post(SAY, sent)

    assert sign_in.page(lee).post(SAY, sent).status_code == 302


def test_a_page_that_is_kept_for_days_is_taken_anew(page: Client) -> None:
    sent = concern(page)
    page.post(SAY, sent)

    with time_machine.travel(NOW + timedelta(hours=49), tick=False):
        page.post(SAY, sent)

    assert FeedbackItem.objects.count() == 2
    assert IdempotencyKey.objects.count() == 1


def test_one_key_is_kept_of_each_person_and_says_nothing_of_what_was_sent(page: Client) -> None:
    for _ in range(3):
        page.post(SAY, concern(page))

    kept = IdempotencyKey.objects.get()
    answer: Any = kept.answer
    assert answer["url"] == f"/change/say/{FeedbackItem.objects.latest('pk').pk}/"
    assert "quiet" not in str(answer)
    assert re.fullmatch(r"[0-9a-f]{64}", kept.key)


def test_a_form_with_a_file_is_known_by_what_waits_already(
    page: Client, initiative: Initiative, employee: Person
) -> None:
    """No transaction waits for a storage."""
    plan = factories.make_plan(
        initiative, items=[factories.make_activity(completion_rule="evidence")]
    )
    record: TrainingRecord = factories.make_enrolment(plan, employee).records.get()
    url = item_url(record.pk, "hand-in")
    sent = form_of(page, url)

    answers = [page.post(url, sent | {"file": make_file()}).status_code for _ in range(2)]

    assert answers == [302, 409]
    assert Submission.objects.filter(record=record).count() == 1
    assert not IdempotencyKey.objects.exists()


def test_a_form_of_the_admin_is_taken_once_as_well(admin_client: Client) -> None:
    url = reverse("admin:change_tracker_orgunit_add")
    sent = form_of(admin_client, url, external_id="x", name="X")

    first, second = admin_client.post(url, sent), admin_client.post(url, sent)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert OrgUnit.objects.get().name == "X"


@pytest.mark.django_db(transaction=True)
def test_a_second_tap_may_come_while_something_else_is_sent(page: Client) -> None:
    """Which makes the first one forgotten, after the second has met it."""
    sent = concern(page)
    page.post(SAY, sent)

    with before("SELECT .*idempotencykey", IdempotencyKey.objects.all().delete):
        second = page.post(SAY, sent)

    assert second.status_code == 302
