"""Moving an initiative on its pages: a look at what it does, then doing it; deleting a draft."""

from datetime import timedelta

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.portal.browsing import title, words
from tests.tables import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR, PLAIN = "/change/i/door/setup/", "/change/i/plain/setup/"


@pytest.fixture
def ready(draft: Initiative, sponsor: Person, employee: Person, outsider: Person) -> Initiative:
    """Plain Words with a sponsor and two groups that share a person."""
    factories.make_role(draft, sponsor, "sponsor")
    factories.make_group(draft, factories.make_audience(employee, outsider))
    factories.make_group(draft, factories.make_audience(employee))
    return draft


def test_publishing_says_whom_it_reaches_and_what_they_get(
    ready: Initiative, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(f"{PLAIN}move/?to=active")

    text = words(response)
    assert "2 people in its groups will see why it is done" in text
    assert "Everybody who leads people can read about it." in text
    assert "Whoever gets training from now on is told of it, and reminded of it." in text
    assert 'href="/change/i/plain/about/"' in response.content.decode()
    ready.refresh_from_db()
    assert ready.state == "draft"


def test_publishing_makes_it_visible_to_the_people_it_touches(
    ready: Initiative, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    about = "/change/i/plain/about/"
    assert sign_in.page(employee).get(about).status_code == 404

    response = sign_in.page(lead).post(f"{PLAIN}move/?to=active", follow=True)

    ready.refresh_from_db()
    assert ready.state == "active"
    assert "“Plain Words” is published. The people in its groups can see it now." in words(response)
    assert sign_in.page(employee).get(about).status_code == 200


def test_open_training_is_counted_before_reminders_start(
    ready: Initiative, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    factories.make_enrolment(factories.make_plan(ready, items=2), employee)

    text = words(sign_in.page(lead).get(f"{PLAIN}move/?to=active"))

    assert "1 person has open training, and is reminded of it from now on." in text


def test_what_lacks_something_leads_back_to_the_page_that_says_so(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    looked, pressed = client.get(f"{PLAIN}move/?to=active"), client.post(f"{PLAIN}move/?to=active")

    assert looked.headers["Location"] == f"{PLAIN}#ct-state"
    assert "Name a sponsor first." in words(pressed)
    assert pressed.status_code == 409
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_pause_is_taken_back_by_undo(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    client = sign_in.page(lead)

    asked = client.get(f"{DOOR}move/?to=on_hold")
    held = client.post(f"{DOOR}move/?to=on_hold", follow=True)

    assert "Nobody is reminded until it goes on. Due dates stay as they are." in words(asked)
    assert "“One Front Door” is on hold. Undo" in words(held)
    assert f'action="{DOOR}move/?to=active"' in held.content.decode()
    assert "Go on" in words(held)

    client.post(f"{DOOR}move/?to=active")

    door.refresh_from_db()
    assert door.state == "active"


def test_going_on_does_not_announce_it_again(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    put(door, "on_hold")

    text = words(sign_in.page(lead).get(f"{DOOR}move/?to=active"))

    assert "will see why it is done" not in text
    assert "reminded of it" in text


def test_go_live_is_reached(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    put(door, "active", go_live_on=TODAY)

    response = sign_in.page(lead).post(f"{DOOR}move/?to=sustaining", follow=True)

    door.refresh_from_db()
    assert door.state == "sustaining"
    assert "is live. Now it is about keeping it up." in words(response)


def test_closing_asks_for_a_note_and_keeps_it(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    put(door, "sustaining")
    client, url = sign_in.page(lead), f"{DOOR}move/?to=closed"

    asked, empty = client.get(url), client.post(url, {"closing_note": " "})
    closed = client.post(url, {"closing_note": "Ask the vans first."}, follow=True)

    assert "Nothing new can begin in it." in words(asked)
    assert empty.status_code == 400
    assert title(empty).startswith("Error:")
    door.refresh_from_db()
    assert (door.state, door.closing_note) == ("closed", "Ask the vans first.")
    assert "Closing note Ask the vans first." in words(closed)
    assert "Open it again" in words(closed)


def test_open_actions_are_named_before_closing(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    put(door, "sustaining")
    factories.make_action(door)
    url = f"{DOOR}move/?to=closed"

    pressed = sign_in.page(lead).post(url, {"closing_note": "Done."})

    assert "Finish, call off or carry over its open actions first." in words(pressed)
    assert "Done.</textarea>" in pressed.content.decode()


def test_cancelling_counts_what_is_withdrawn_and_asks_why(
    door: Initiative, lead: Person, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(door)
    factories.make_enrolment(plan, employee)
    factories.make_enrolment(plan, outsider, state="completed")
    client, url = sign_in.page(lead), f"{DOOR}move/?to=cancelled"

    asked, empty = client.get(url), client.post(url)
    client.post(url, {"reason": "No budget."})

    assert "1 unfinished plan of a person is withdrawn." in words(asked)
    assert "A cancelled initiative cannot be taken up again." in words(asked)
    assert empty.status_code == 400
    door.refresh_from_db()
    assert door.state == "cancelled"
    assert AuditEvent.objects.get(object_type="initiative", to_state="cancelled").reason
    withdrawn = Enrolment.objects.filter(state="withdrawn")
    assert [each.person for each in withdrawn] == [employee]


def test_it_is_opened_again_with_a_reason(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    put(door, "closed")

    response = sign_in.page(lead).post(
        f"{DOOR}move/?to=sustaining", {"reason": "It comes back."}, follow=True
    )

    assert "“One Front Door” is open again." in words(response)


@pytest.mark.parametrize("query", ["", "?to=closed", "?to=nonsense"])
def test_a_move_that_there_is_not_leads_back(
    query: str, door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    for response in (client.get(f"{DOOR}move/{query}"), client.post(f"{DOOR}move/{query}")):
        assert response.headers["Location"] == f"{DOOR}#ct-state"


def test_a_draft_is_deleted_after_a_question(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.page(lead)

    asked = client.get(f"{PLAIN}delete/")
    response = client.post(f"{PLAIN}delete/", follow=True)

    assert "“Plain Words” goes, with its people, objectives and groups." in words(asked)
    assert not Initiative.objects.filter(pk=draft.pk).exists()
    assert "The draft “Plain Words” is deleted." in words(response)


def test_a_draft_that_something_refers_to_is_kept(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    factories.make_source(draft)

    response = sign_in.page(lead).post(f"{PLAIN}delete/")

    assert response.status_code == 409
    assert "It is still used by" in words(response)
    assert Initiative.objects.filter(pk=draft.pk).exists()


def test_what_was_published_is_not_deleted(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    client = sign_in.page(lead)

    assert client.get(f"{DOOR}delete/").headers["Location"] == f"{DOOR}#ct-state"
    assert client.post(f"{DOOR}delete/").status_code == 409
    assert Initiative.objects.filter(pk=door.pk).exists()


def test_whoever_only_reads_is_refused(
    door: Initiative, sponsor: Person, hr: Person, employee: Person, sign_in: SignIn
) -> None:
    for person, code in ((sponsor, 403), (hr, 403), (employee, 404)):
        client = sign_in.page(person)
        for verb in ("move/?to=on_hold", "delete/", "edit/"):
            assert client.get(f"{DOOR}{verb}").status_code == code
            assert client.post(f"{DOOR}{verb}").status_code == code
    door.refresh_from_db()
    assert door.state == "active"


def test_nobody_in_the_groups_is_said(ready: Initiative, lead: Person, sign_in: SignIn) -> None:
    for group in ready.affected_groups.all():
        group.audience.members.update(is_open=None, left_on=TODAY - timedelta(days=1))

    text = words(sign_in.page(lead).get(f"{PLAIN}move/?to=active"))

    assert "Nobody is in its groups today." in text


def test_a_draft_that_is_given_up_is_known_to_nobody_else(
    draft: Initiative,
    lead: Person,
    employee: Person,
    manager: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    factories.make_group(draft, factories.make_audience(employee), message="The desk closes.")
    factories.make_role(draft, outsider, "viewer")
    client, url = sign_in.page(lead), "/change/i/plain/setup/move/?to=cancelled"

    assert "It was never published: only the people who prepared it" in words(client.get(url))
    client.post(url, {"reason": "It takes another shape."})

    assert client.get("/change/i/plain/setup/").status_code == 200
    for person in (employee, manager, outsider):
        assert sign_in.page(person).get("/change/i/plain/about/").status_code == 404
        assert sign_in.api(person).get("/change/api/v1/initiatives/").json()["results"] == []
