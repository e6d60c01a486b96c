"""Objectives on their pages: add, change, and delete while the initiative is a draft."""

from datetime import date
from decimal import Decimal

import pytest

from change_tracker.initiatives.models import Initiative, Objective
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR, PLAIN = "/change/i/door/setup/", "/change/i/plain/setup/"


def test_the_lead_adds_one(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    response = sign_in.page(lead).post(
        f"{DOOR}objectives/new/",
        {
            "title": "Days to a repair",
            "unit": "days",
            "baseline": "9.5",
            "target": "3",
            "direction": "down",
            "due_on": "2027-03-01",
        },
        follow=True,
    )

    added = Objective.objects.get(title="Days to a repair")
    assert (added.baseline, added.target, added.direction) == (Decimal("9.5"), Decimal(3), "down")
    assert added.due_on == date(2027, 3, 1)
    assert "“Days to a repair” is added." in words(response)
    assert "From 9.5 to 3 days not measured yet By Mon 1 Mar 2027" in words(response)


def test_what_is_missing_is_said(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    response = sign_in.page(lead).post(
        f"{DOOR}objectives/new/", {"title": "", "direction": "up", "target": "much"}
    )

    html = response.content.decode()
    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert ">Fill in “What do you want to reach?”.</a>" in html
    assert ">Where do you want to be? Enter a number.</a>" in html


def test_the_lead_changes_one(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    goal, client = door.objectives.get(), sign_in.page(lead)
    url = f"{DOOR}objectives/{goal.pk}/edit/"
    assert 'value="Calls solved at once"' in client.get(url).content.decode()

    client.post(url, {"title": "Calls solved", "unit": "%", "direction": "up", "version": 1})

    goal.refresh_from_db()
    assert (goal.title, goal.version) == ("Calls solved", 2)


def test_a_stale_change_is_refused(door: Initiative, lead: Person, sign_in: SignIn) -> None:
    goal = door.objectives.get()
    Objective.objects.filter(pk=goal.pk).update(version=2)

    response = sign_in.page(lead).post(
        f"{DOOR}objectives/{goal.pk}/edit/", {"title": "Mine", "direction": "up", "version": 1}
    )

    assert response.status_code == 409
    assert "Somebody else changed this in the meantime." in words(response)


def test_in_a_draft_one_is_deleted_after_a_question(
    draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    goal, client = draft.objectives.get(), sign_in.page(lead)
    url = f"{PLAIN}objectives/{goal.pk}/delete/"

    asked = client.get(url)
    response = client.post(url, follow=True)

    assert "Delete this objective? Calls solved at once" in words(asked)
    assert not draft.objectives.exists()
    assert "The objective is deleted." in words(response)
    assert "Add at least one objective first." in words(response)


def test_what_was_published_keeps_its_objectives(
    door: Initiative, lead: Person, sign_in: SignIn
) -> None:
    goal, client = door.objectives.get(), sign_in.page(lead)
    url = f"{DOOR}objectives/{goal.pk}/delete/"

    asked, refused = client.get(url), client.post(url)

    assert asked.status_code == 302
    assert "no longer a draft, so nothing of it is deleted" in words(refused)
    assert door.objectives.exists()
    assert url not in client.get(DOOR).content.decode()


def test_whoever_only_reads_is_refused(
    door: Initiative, sponsor: Person, outsider: Person, sign_in: SignIn
) -> None:
    goal = door.objectives.get()
    urls = [f"{DOOR}objectives/{each}" for each in ("new/", f"{goal.pk}/edit/")]

    assert [sign_in.page(sponsor).get(url).status_code for url in urls] == [403, 403]
    assert [sign_in.page(outsider).get(url).status_code for url in urls] == [404, 404]


def test_one_is_not_found_under_another_initiative(
    door: Initiative, draft: Initiative, lead: Person, sign_in: SignIn
) -> None:
    goal = factories.make_objective(draft)

    assert sign_in.page(lead).get(f"{DOOR}objectives/{goal.pk}/edit/").status_code == 404
