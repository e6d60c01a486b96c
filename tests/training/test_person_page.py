"""One person's plan as the lead reads it, and what can be decided there."""

from datetime import date
from typing import Any

import pytest

from change_tracker.core.errors import ForbiddenError
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import AudienceMember, Holiday, Person
from change_tracker.training import services
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, **WHEN}


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    activities = [factories.make_activity(initiative, title=name) for name in ("Listen", "Book")]
    return factories.make_plan(initiative, title="First week", items=activities)


@pytest.fixture
def enrolment(plan: TrainingPlan, employee: Person, lead: Person) -> Enrolment:
    """Amira, through *Crews*, by a rule that was carried out two weeks ago."""
    group = factories.make_audience(employee, name="Crews")
    factories.make_rule(plan, group, due_rule="fixed", due_on=date(2026, 11, 16))
    services.assign_plan(plan=plan, actor=lead.user, today=date(2026, 11, 2), now=NOW)
    return Enrolment.objects.get()


def person_url(enrolment: Enrolment, rest: str = "") -> str:
    plan = enrolment.plan
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/people/{enrolment.pk}/{rest}"


def record_of(enrolment: Enrolment, title: str) -> TrainingRecord:
    return enrolment.records.get(activity__title=title)


def test_it_shows_each_item_with_its_state_and_date_and_how_the_plan_came(
    enrolment: Enrolment, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    assert employee.user is not None
    services.complete_record(record=record_of(enrolment, "Listen"), actor=employee.user, **WHEN)

    text = words(sign_in.page(lead).get(person_url(enrolment)))

    assert "Amira Hassan 1 of 2 activities are done. 1 is late. Repairs First week" in text
    assert "Listen Done Wed 18 Nov Mon 16 Nov" in text
    assert "Book 2 working days late Mon 16 Nov" in text
    assert "Through this group: Crews" in text
    assert "Completed Listen Wed 18 Nov, 09:00 Amira Hassan" in text


def test_the_list_of_people_leads_there(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    plan_page = person_url(enrolment).partition("people/")[0]

    html = sign_in.page(lead).get(plan_page).content.decode()

    assert f'<a href="{person_url(enrolment)}">Amira Hassan</a>' in html


def test_a_date_after_joining_says_so(
    plan: TrainingPlan, lead: Person, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_rule(
        plan,
        factories.make_audience(outsider, joined_on=TODAY),
        due_rule="joined_group",
        due_days=9,
    )
    services.assign_plan(plan=plan, actor=lead.user, **WHEN)

    text = words(sign_in.page(lead).get(person_url(Enrolment.objects.get())))

    assert "Not started Fri 27 Nov Due 9 days after joining the group" in text


def test_exempting_from_one_item_keeps_the_others(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    record = record_of(enrolment, "Book")
    page = sign_in.page(lead)
    url = person_url(enrolment, f"{record.pk}/exempt/")

    assert "Exempt Amira Hassan from “Book”" in words(page.get(url))
    after = page.post(url, {"reason": "Teaches it"}, follow=True)

    text = words(after)
    assert "Amira Hassan is exempt from “Book”." in text
    assert "Book Exempt Since Wed 18 Nov, decided by Priya Nair: Teaches it" in text
    assert "Teaches it" in text
    assert record_of(enrolment, "Listen").state == "not_started"


def test_exempting_needs_a_reason_and_something_open(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    record = record_of(enrolment, "Book")
    page = sign_in.page(lead)
    url = person_url(enrolment, f"{record.pk}/exempt/")

    assert page.post(url, {"reason": ""}).status_code == 400
    TrainingRecord.objects.filter(pk=record.pk).update(state="completed", completed_on=TODAY)

    assert "There is nothing to exempt from: it is completed." in words(page.get(url))
    refused = page.post(url, {"reason": "Late"})
    assert refused.status_code == 409
    assert "There is nothing to exempt from" in words(refused)


def test_nobody_finds_a_button_about_themselves(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    mine = factories.make_enrolment(plan, lead)
    page = sign_in.page(lead)
    url = person_url(mine, f"{record_of(mine, 'Book').pk}/exempt/")

    text = words(page.get(person_url(mine)))
    assert "This is you. Nobody exempts or withdraws themselves" in text
    assert "Withdraw from the plan" not in text
    assert "Nobody exempts themselves" in words(page.get(url))
    assert page.post(url, {"reason": "x"}).status_code == 409
    with pytest.raises(ForbiddenError):
        services.withdraw_enrolment(enrolment=mine, reason="x", actor=lead.user, **WHEN)
    assert record_of(mine, "Book").state == "not_started"


def test_the_steps_lead_to_the_check(enrolment: Enrolment, lead: Person, sign_in: SignIn) -> None:
    page = sign_in.page(lead)
    html = page.get(person_url(enrolment)).content.decode()

    for do in ("exempt", "withdraw"):
        link = person_url(enrolment).partition("people/")[0] + "people/check/"
        query = f"?do={do}&amp;chosen={enrolment.pk}"
        assert f'href="{link}{query}"' in html
        assert page.get(f"{link}{query}".replace("&amp;", "&")).status_code == 200
    assert "ct-btn--main" not in html


def test_whoever_was_withdrawn_comes_back_by_the_dates_of_today(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    services.withdraw_enrolment(enrolment=enrolment, reason="Mistake", actor=None, **WHEN)
    page = sign_in.page(lead)
    assert "No longer in this plan." in words(page.get(person_url(enrolment)))

    after = words(page.post(person_url(enrolment, "return/"), follow=True))

    assert "Amira Hassan is in the plan again." in after
    enrolment.refresh_from_db()
    assert enrolment.state == "active"
    assert [each.due_on for each in enrolment.records.order_by("pk")] == [
        date(2026, 11, 19),
        date(2026, 11, 20),
    ]


def test_without_a_group_there_is_no_way_back_and_that_is_said(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    services.withdraw_enrolment(enrolment=enrolment, reason="Moved", actor=None, **WHEN)
    AudienceMember.objects.update(left_on=TODAY, is_open=None)
    waiting = factories.make_rule(
        enrolment.plan, factories.make_audience(enrolment.person, name="Not assigned yet")
    )

    response = sign_in.page(lead).post(person_url(enrolment, "return/"))

    assert response.status_code == 409
    assert "The person is in none of the groups that get this plan." in words(response)
    enrolment.refresh_from_db()
    waiting.refresh_from_db()
    assert (enrolment.state, waiting.first_assigned_on) == ("withdrawn", None)


def test_an_archived_plan_offers_no_way_back(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    services.withdraw_enrolment(enrolment=enrolment, reason="Moved", actor=None, **WHEN)
    TrainingPlan.objects.update(state="archived")
    page = sign_in.page(lead)

    assert "Enrol again" not in words(page.get(person_url(enrolment)))
    assert page.post(person_url(enrolment, "return/")).status_code == 409


def test_coaches_read_it_and_decide_nothing(
    enrolment: Enrolment, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_role(enrolment.plan.initiative, outsider, Role.COACH)
    page = sign_in.page(outsider)
    exempt = person_url(enrolment, f"{record_of(enrolment, 'Book').pk}/exempt/")

    text = words(page.get(person_url(enrolment)))
    assert "Book 2 working days late" in text
    assert "What can be done" not in text
    assert page.get(exempt).status_code == 403
    assert page.post(person_url(enrolment, "return/")).status_code == 403


def test_those_who_read_figures_only_find_no_person(
    enrolment: Enrolment,
    sponsor: Person,
    manager: Person,
    employee: Person,
    sign_in: SignIn,
) -> None:
    for person in (sponsor, manager, employee):
        assert sign_in.page(person).get(person_url(enrolment)).status_code == 404


@pytest.mark.exhaustive
@pytest.mark.parametrize("items", [1, 10, 100])
def test_its_cost_does_not_grow(
    items: int, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    plan = factories.make_plan(initiative, items=items)
    enrolment = factories.make_enrolment(plan, factories.make_person())

    assert len(queries(sign_in.page(lead), person_url(enrolment))) == 8


def test_it_counts_as_late_what_the_lists_that_lead_here_count(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    Holiday.objects.create(day=date(2026, 11, 17), name="Day of Repentance")
    enrolment.records.update(due_on=date(2026, 11, 12))  # a Thursday: six days ago
    page, late = sign_in.page(lead), "3 working days late"

    of_plan = words(page.get(person_url(enrolment).partition("people/")[0]))
    of_one = words(page.get(person_url(enrolment)))

    assert late in of_plan
    assert f"Book {late} Thu 12 Nov" in of_one


def test_what_the_plan_asks_for_no_more_is_not_offered_to_be_taken_back(
    plan: TrainingPlan, lead: Person, employee: Person, sign_in: SignIn
) -> None:
    """Undoing it would be refused; the lead takes it back with a reason."""
    mine = factories.make_enrolment(plan, employee).records.get(activity__title="Listen")
    carl = factories.make_enrolment(plan, factories.make_person("Carl Moss", email=""))
    theirs = carl.records.get(activity__title="Listen")
    services.complete_record(record=mine, **by(employee))
    services.record_for_other(record=theirs, **by(lead))
    me, page = sign_in.page(employee), sign_in.page(lead)
    undo = f"undo/?record={theirs.pk}"
    assert "it is not done yet" in words(me.get(f"/change/t/{mine.pk}/"))
    assert undo in page.get(person_url(carl)).content.decode()

    for enrolment in (mine.enrolment, carl):
        services.withdraw_enrolment(enrolment=enrolment, reason="Moved on", **by(lead))

    assert "it is not done yet" not in words(me.get(f"/change/t/{mine.pk}/"))
    after = page.get(person_url(carl)).content.decode()
    assert undo not in after
    assert f"{theirs.pk}/revoke/" in after


def test_what_is_taken_back_from_somebody_who_has_left_is_not_said_to_be_to_do_again(
    enrolment: Enrolment, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    record = record_of(enrolment, "Listen")
    services.complete_record(record=record, **by(employee))
    services.withdraw_enrolment(enrolment=enrolment, reason="Moved on", **by(lead))
    page, url = sign_in.page(lead), person_url(enrolment, f"{record.pk}/revoke/")

    before = words(page.get(url))
    after = words(page.post(url, {"reason": "It was somebody else"}, follow=True))

    assert "By when is it to do again?" not in before
    assert "Nothing more is asked of them by this." in before
    assert "“Listen” no longer counts for Amira Hassan." in after


def test_nobody_is_put_back_into_a_plan_of_an_initiative_that_has_ended(
    enrolment: Enrolment, lead: Person, sign_in: SignIn
) -> None:
    services.withdraw_enrolment(enrolment=enrolment, reason="Moved on", **by(lead))
    page = sign_in.page(lead)
    assert "Enrol again" in words(page.get(person_url(enrolment)))

    Initiative.objects.update(state="closed")

    assert "Enrol again" not in words(page.get(person_url(enrolment)))
