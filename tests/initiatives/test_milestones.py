"""Milestones: set, reached by somebody's word, celebrated where everybody reads it."""

from datetime import date, timedelta

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR = "/change/i/door/"
AT = f"{DOOR}setup/milestones/"
API = "/change/api/v1/milestones/"


def test_it_is_set_reached_celebrated_and_taken_back(
    door: Initiative, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)
    client.post(f"{AT}new/", {"title": "A hundred calls", "due_on": "2026-11-27"})
    milestone = door.milestones.get()
    about = f"{DOOR}about/"
    assert "Fri 27 Nov (in 9 days) A hundred calls" in words(sign_in.page(employee).get(about))

    said = {"reached_on": "2026-11-17", "words": "Thanks to Amira.", "version": 1}
    response = client.post(f"{AT}{milestone.pk}/reached/", said, follow=True)

    assert "“A hundred calls” is celebrated on the overview" in words(response)
    for page in (response, sign_in.page(employee).get(about)):
        assert "A hundred calls Tue 17 Nov Thanks to Amira." in words(page)
        assert "Reached: A hundred calls" in words(page)
    client.post(f"{AT}{milestone.pk}/not-reached/")
    milestone.refresh_from_db()
    assert (milestone.reached_on, milestone.words) == (None, "Thanks to Amira.")
    actors = AuditEvent.objects.filter(object_type="milestone").values_list("actor_user", "verb")
    assert set(actors) == {(lead.user_id, "created"), (lead.user_id, "changed")}


@pytest.mark.parametrize(("days", "is_celebrated"), [(0, True), (30, True), (31, False)])
def test_it_is_celebrated_for_thirty_days(
    days: int, is_celebrated: bool, door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    factories.make_milestone(door, reached_on=TODAY - timedelta(days=days), words="Well done.")

    text = words(sign_in.page(lead).get(DOOR))

    assert ("Well done." in text) is is_celebrated
    assert "Reached: The first hundred calls" in text


def test_what_was_said_of_it_is_put_right_later_or_taken_back(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    milestone = factories.make_milestone(door, reached_on=TODAY, words="Thanks to Amir.")
    client, url = sign_in.page(lead), f"{AT}{milestone.pk}/reached/"
    assert url in client.get(f"{DOOR}setup/").content.decode()

    said = {"reached_on": "2026-11-17", "words": "Thanks to Amira.", "version": 1}
    changed = client.post(url, said, follow=True)
    milestone.refresh_from_db()

    assert "The milestone is changed." in words(changed)
    assert "Undo" not in words(changed)
    assert (milestone.reached_on, milestone.words) == (date(2026, 11, 17), "Thanks to Amira.")
    shown = client.get(url)
    assert "It is not reached after all" in words(shown)
    assert f"{AT}{milestone.pk}/not-reached/" in shown.content.decode()


def test_what_is_long_ago_is_not_said_to_be_celebrated(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    url = f"{AT}{factories.make_milestone(door).pk}/reached/"

    response = sign_in.page(lead).post(url, {"reached_on": "2026-09-01", "version": 1}, follow=True)

    assert "It is too long ago to be celebrated." in words(response)


def test_what_is_late_says_so(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    factories.make_milestone(door, due_on=date(2026, 11, 16))

    assert "Mon 16 Nov (2 days late) The first hundred calls" in words(sign_in.page(lead).get(DOOR))


def test_what_was_reached_stays(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    planned = factories.make_milestone(door)
    reached = factories.make_milestone(door, reached_on=TODAY)
    api, client = sign_in.api(lead), sign_in.page(lead)

    assert api.delete(f"{API}{reached.pk}/").json()["code"] == "reached"
    assert client.post(f"{AT}{reached.pk}/delete/").status_code == 409
    assert client.post(f"{AT}{planned.pk}/delete/").status_code == 302
    assert list(door.milestones.all()) == [reached]


def test_nothing_is_reached_on_a_day_to_come(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    milestone = factories.make_milestone(door)

    response = sign_in.api(lead).patch(f"{API}{milestone.pk}/", {"reached_on": "2026-11-19"})
    page = sign_in.page(lead).post(
        f"{AT}{milestone.pk}/reached/", {"reached_on": "2026-11-19", "version": 1}
    )

    assert (response.status_code, page.status_code) == (400, 400)
    assert "It cannot be reached on a day to come." in page.content.decode()
