"""Changing a plan that people have, on pages: a check that says what happens, then one button."""

import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, PlanItem, TrainingPlan, TrainingRecord
from change_tracker.training.services import assign_plan, complete_record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import main_of, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def plan(lead: Person) -> TrainingPlan:
    """Listen and Book, given to three of whom one has finished."""
    initiative = factories.make_initiative(title="One Front Door", lead=lead)
    activities = [factories.make_activity(initiative, title=name) for name in ("Listen", "Book")]
    plan = factories.make_plan(initiative, items=activities, title="First week")
    people = [factories.make_person(f"Learner {n}", login=True) for n in range(3)]
    factories.make_rule(plan, factories.make_audience(*people))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    user: Any = people[0].user
    for record in TrainingRecord.objects.filter(person=people[0]):
        complete_record(record=record, actor=user, today=TODAY, now=NOW)
    return plan


def plan_url(plan: TrainingPlan, rest: str = "") -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/{rest}"


def item_of(plan: TrainingPlan, name: str) -> PlanItem:
    return plan.items.get(activity__title=name)


def item_url(item: PlanItem, rest: str) -> str:
    return plan_url(item.plan, f"items/{item.pk}/{rest}/")


def hidden(response: Any) -> dict[str, str]:
    """What the button of a check page sends."""
    html = main_of(response)
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def order(plan: TrainingPlan) -> list[str]:
    return [str(each) for each in plan.items.in_force().select_related("activity")]


def test_an_activity_is_added_after_a_look_at_what_that_means(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = plan_url(plan, "items/new/")
    assert "Each change shows first what it means for them." in words(
        page.get(plan_url(plan, "edit/"))
    )

    check = page.post(url, {"title": "Ride along", "minutes": "30"})

    text = words(check)
    assert check.status_code == 200
    assert "2 people have work ahead in this plan, and get the change at once." in text
    assert "2 people get “Ride along” as well, the first of them due Mon 30 Nov." in text
    assert "1 person had finished the plan. What about them?" in text
    assert order(plan) == ["Listen", "Book"]
    after = page.post(url, hidden(check), follow=True)

    assert "The plan is changed for everyone: this is revision 2." in words(after)
    assert order(plan) == ["Listen", "Book", "Ride along"]
    assert TrainingRecord.objects.filter(activity__title="Ride along").count() == 2
    assert "Revision 2" in words(page.get(plan_url(plan)))


def test_who_had_finished_has_it_open_again_when_the_lead_says_so(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = plan_url(plan, "items/new/")
    check = page.post(url, {"title": "Ride along"})
    leave, reopen = re.findall('<input type="radio"[^>]*>', main_of(check))
    assert "checked" in leave
    assert "checked" not in reopen

    after = page.post(url, hidden(check) | {"finished": "reopen"}, follow=True)

    assert "It is open again for 1 person who had finished." in words(after)
    assert Enrolment.objects.filter(state="active").count() == 3


def test_an_item_is_taken_out_after_the_same_look(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = item_url(item_of(plan, "Book"), "remove")

    assert "The next page says whom it reaches." in words(page.get(url))
    check = page.post(url)

    assert (
        "2 people who have not done “Book” need not do it any more. "
        "1 person has done it, and keeps that." in words(check)
    )
    assert plan.revision == TrainingPlan.objects.get().revision
    page.post(url, hidden(check))
    assert order(plan) == ["Listen"]
    assert page.get(url).status_code == 404


def test_required_dates_and_order_change_the_same_way(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, item = sign_in.page(lead), item_of(plan, "Book")
    url = item_url(item, "edit")
    values = {
        "is_required": "False",
        "due_rule": "fixed",
        "due_on": "2026-12-01",
        "version": item.version,
    }

    check = page.post(url, values)
    assert "“Book” is optional from now on: 2 people have it open." in words(check)
    assert "2 people get another date for “Book”." in words(check)
    page.post(url, hidden(check))
    moved = page.post(item_url(item, "move"), {"to": "up"})
    assert "The activities come in another order." in words(moved)
    page.post(item_url(item, "move"), hidden(moved))

    item.refresh_from_db()
    assert (item.is_required, item.position) == (False, 1)
    assert order(plan) == ["Book", "Listen"]
    assert TrainingPlan.objects.get().revision == 3


def as_it_is(response: Any) -> dict[str, str]:
    """What the form of several items sends when nothing was typed."""
    form = response.context["form"]
    return {bound.html_name: value for bound in form if (value := bound.value()) is not None}


def test_several_items_change_at_once_after_one_look(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    ride = factories.make_activity(plan.initiative, title="Ride along")
    page, url = sign_in.page(lead), plan_url(plan, "items/")
    listen, book = item_of(plan, "Listen").pk, item_of(plan, "Book").pk
    assert url in page.get(plan_url(plan, "edit/")).content.decode()
    asked = as_it_is(page.get(url)) | {
        f"status_{listen}": "out",
        f"status_{book}": "optional",
        f"due_rule_{book}": "fixed",
        f"due_on_{book}": "2026-12-01",
        "activity_new1": str(ride.pk),
        "place_new1": "1",
    }

    check = page.post(url, asked)

    text = words(check)
    assert "2 people get “Ride along” as well" in text
    assert "2 people who have not done “Listen” need not do it any more." in text
    assert "“Book” is optional from now on: 2 people have it open." in text
    assert "2 people get another date for “Book”." in text
    assert TrainingPlan.objects.get().revision == 1
    after = page.post(url, hidden(check), follow=True)
    assert "The plan is changed for everyone: this is revision 2." in words(after)
    assert order(plan) == ["Ride along", "Book"]
    past = words(page.get(plan_url(plan, "revisions/")))
    assert "Revision 2" in past
    assert lead.display_name in past
    assert "Added: “Ride along”" in past
    assert "Taken out: “Listen”" in past
    assert "Another date: “Book”" in past
    assert "2 people had work ahead in it." in past


def test_the_places_of_the_form_are_the_order(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), plan_url(plan, "items/")
    ride = factories.make_activity(plan.initiative, title="Ride along")
    third = PlanItem.objects.create(plan=plan, activity=ride, position=3)
    same = page.post(url, as_it_is(page.get(url)), follow=True)
    assert "Nothing is different, so nothing was changed." in words(same)
    for moved, place, found in (
        (item_of(plan, "Listen"), 3, ["Book", "Ride along", "Listen"]),
        (third, 1, ["Ride along", "Book", "Listen"]),
    ):
        asked = as_it_is(page.get(url)) | {f"place_{moved.pk}": place}
        page.post(url, hidden(page.post(url, asked)))
        assert order(plan) == found


def test_what_is_wrong_with_one_of_several_items_names_it(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url, book = sign_in.page(lead), plan_url(plan, "items/"), item_of(plan, "Book").pk
    asked = as_it_is(page.get(url))

    wrong = page.post(url, asked | {f"due_rule_{book}": "fixed", f"place_{book}": "x"})

    assert wrong.status_code == 400
    assert "“Book”: Say on which date it is due." in wrong.content.decode()
    assert "“Book”: Enter a whole number." in wrong.content.decode()
    stale = page.post(url, asked | {"version": plan.version + 1})
    assert stale.status_code == 409
    assert "Somebody else changed this in the meantime." in words(stale)
    nothing_left = {f"status_{item.pk}": "out" for item in plan.items.all()}
    refused = page.post(url, asked | nothing_left)
    assert "A published plan keeps at least one activity." in words(refused)
    assert order(plan) == ["Listen", "Book"]


def test_a_form_sent_as_it_was_changes_nothing(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    item = item_of(plan, "Book")
    values = {"is_required": "True", "version": item.version}

    after = sign_in.page(lead).post(item_url(item, "edit"), values, follow=True)

    assert "Nothing is different, so nothing was changed." in words(after)
    assert TrainingPlan.objects.get().revision == 1


def test_what_changed_since_the_look_is_looked_at_again(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = item_url(item_of(plan, "Book"), "remove")
    shown = hidden(page.post(url))
    for record in TrainingRecord.objects.filter(person__display_name="Learner 1"):
        user: Any = record.person.user
        complete_record(record=record, actor=user, today=TODAY, now=NOW)

    refused = page.post(url, shown)

    assert refused.status_code == 409
    assert title(refused).startswith("Error:")
    text = words(refused)
    assert "Something changed for these people in the meantime." in text
    assert "1 person who has not done “Book” need not do it any more." in text
    assert order(plan) == ["Listen", "Book"]
    assert hidden(refused) != shown
    page.post(url, hidden(refused))
    assert order(plan) == ["Listen"]


def test_the_last_activity_stays(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    page = sign_in.page(lead)
    url = item_url(item_of(plan, "Book"), "remove")
    page.post(url, hidden(page.post(url)))

    refused = page.get(item_url(item_of(plan, "Listen"), "remove"))

    assert "<form" not in main_of(refused)
    assert "A published plan keeps at least one activity." in words(refused)


def test_somebody_who_was_quicker_is_not_overwritten(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    item = item_of(plan, "Book")
    values = {"is_required": "False", "version": item.version + 1}

    refused = sign_in.page(lead).post(item_url(item, "edit"), values)

    assert refused.status_code == 409
    assert "Somebody else changed this in the meantime." in words(refused)


def test_a_form_of_before_another_activity_came_says_so(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url = sign_in.page(lead), plan_url(plan, "items/")
    sent = as_it_is(page.get(url))
    third = factories.make_activity(plan.initiative, title="Third")
    PlanItem.objects.create(plan=plan, activity=third, position=3)
    TrainingPlan.objects.update(version=F("version") + 1)

    late = page.post(url, sent)

    assert late.status_code == 409
    assert "Somebody else changed this in the meantime." in words(late)
    assert "Fill in" not in words(late)


@pytest.mark.parametrize(
    ("plan_state", "initiative_state", "why"),
    [
        ("archived", "active", "The plan is archived and cannot be changed."),
        ("published", "closed", "Only a published plan of a running initiative"),
    ],
)
def test_where_nothing_changes_any_more_the_pages_say_why(
    plan_state: str,
    initiative_state: str,
    why: str,
    plan: TrainingPlan,
    lead: Person,
    sign_in: SignIn,
) -> None:
    TrainingPlan.objects.update(state=plan_state)
    Initiative.objects.update(state=initiative_state)
    page, item = sign_in.page(lead), item_of(plan, "Book")

    assert "Take out: Book" not in words(page.get(plan_url(plan, "edit/")))
    for url in (item_url(item, "edit"), item_url(item, "remove"), plan_url(plan, "items/new/")):
        response = page.get(url)
        assert why in words(response)
        assert "<form" not in main_of(response)
    values = {"is_required": "False", "version": item.version}
    refused = page.post(item_url(item, "edit"), values)
    assert refused.status_code == 409
    assert why in words(refused)


def test_who_may_not_give_the_plan_to_people_does_not_revise_it(
    plan: TrainingPlan, admin_user: Any, sign_in: SignIn
) -> None:
    item = item_of(plan, "Book")
    page = sign_in.page(factories.make_person("Root", login=admin_user))

    assert page.get(plan_url(plan, "edit/")).status_code == 200
    assert page.get(item_url(item, "edit")).status_code == 403
    assert page.get(item_url(item, "remove")).status_code == 403
    assert page.post(plan_url(plan, "items/new/"), {"title": "x"}).status_code == 403


@pytest.mark.exhaustive
def test_the_check_costs_the_same_for_many(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    page, url, costs = sign_in.page(lead), item_url(item_of(plan, "Book"), "remove"), []
    page.post(url)
    for people in (1, 20):
        for _ in range(people):
            factories.make_enrolment(plan, factories.make_person(), rule=plan.audiences.get())
        with CaptureQueriesContext(connection) as queries:
            page.post(url)
        costs.append(len(queries))

    assert costs[0] == costs[1]
