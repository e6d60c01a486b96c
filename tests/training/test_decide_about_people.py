"""Exempting and withdrawing several people of a plan: chosen, checked, then done."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.people.models import Person
from change_tracker.training import services
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.training.services import Decision, Verdict
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import queries, title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}
DECIDE = {
    Decision.EXEMPT: services.exempt_people,
    Decision.WITHDRAW: services.withdraw_people,
}


def plan_url(plan: TrainingPlan) -> str:
    return f"/change/i/{plan.initiative.slug}/training/{plan.pk}/"


def check_url(plan: TrainingPlan, do: str = "exempt", *chosen: Enrolment, **query: Any) -> str:
    asked = [("do", do), *(("chosen", each.pk) for each in chosen), *query.items()]
    return f"{plan_url(plan)}people/check/?{urlencode(asked)}"


def digest(response: Any) -> str:
    found = re.search(r'name="digest" value="(\w+)"', response.content.decode())
    return found[1] if found else ""


def decide(page: Client, url: str, reason: str = "Did it elsewhere") -> Any:
    """Look at the check, then press its button."""
    values = {"digest": digest(page.get(url)), "reason": reason}
    return page.post(url, values, follow=True)


def finish(enrolment: Enrolment) -> None:
    enrolment.records.update(state="completed", completed_on=date(2026, 11, 10))
    Enrolment.objects.filter(pk=enrolment.pk).update(state="completed")


def states(enrolment: Enrolment) -> list[str]:
    return list(enrolment.records.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    """Three activities, the last of them optional."""
    plan = factories.make_plan(initiative, title="First week", items=3)
    plan.items.filter(position=3).update(is_required=False)
    return plan


@pytest.fixture
def people(plan: TrainingPlan) -> dict[str, Enrolment]:
    """Ola has done one of three, Lou nothing and late, Dee everything, Gil has left."""
    repairs = factories.make_unit("Repairs")
    found = {}
    for name, day in (("Ola", 25), ("Lou", 16), ("Dee", 16), ("Gil", 25)):
        person = factories.make_person(name, unit=repairs if name != "Gil" else None)
        found[name] = factories.make_enrolment(plan, person, due_on=date(2026, 11, day))
    first = found["Ola"].records.earliest("pk")
    TrainingRecord.objects.filter(pk=first.pk).update(
        state="completed", completed_on=date(2026, 11, 10)
    )
    finish(found["Dee"])
    services.withdraw_enrolment(enrolment=found["Gil"], reason="Left", actor=None, **WHEN)
    return found


def test_the_check_says_whom_it_reaches_and_whom_it_leaves_out_and_does_nothing(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(check_url(plan, "exempt", *people.values()))

    text = words(response)
    assert "2 people need not do what is still open to them." in text
    assert "Exempt 2 people" in text
    assert "Who they are Lou Repairs Ola Repairs" in text
    assert "Left out 1 is done already Dee Repairs 1 is no longer in the plan Gil" in text
    assert response.content.decode().count("ct-btn--main") == 1
    assert "<details open" not in response.content.decode()
    assert not TrainingRecord.objects.filter(state="waived").exists()


def test_exempting_waives_what_is_required_and_open_with_the_reason(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    after = decide(sign_in.page(lead), check_url(plan, "exempt", *people.values()))

    done = "2 people are exempt. Left out: 1 is done already, 1 is no longer in the plan."
    assert done in words(after)
    assert states(people["Ola"]) == ["completed", "waived", "not_started"]
    assert states(people["Lou"]) == ["waived", "waived", "not_started"]
    assert states(people["Dee"]) == ["completed"] * 3
    assert {each.state for each in Enrolment.objects.exclude(pk=people["Gil"].pk)} == {"completed"}
    waived = AuditEvent.objects.filter(object_type="trainingrecord", to_state="waived")
    assert [(each.reason, each.actor_user) for each in waived] == [
        ("Did it elsewhere", lead.user)
    ] * 3
    assert set(TrainingRecord.objects.filter(state="waived").values_list("left_on")) == {(TODAY,)}


def test_withdrawing_ends_what_is_open_and_keeps_what_is_done(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = check_url(plan, "withdraw", *people.values())

    text = words(page.get(url))
    after = decide(page, url, "The team is split up")

    assert "2 people leave the plan." in text
    assert "gets it again when the plan is assigned again" in text
    assert "2 people are withdrawn. Left out: 1 is done already" in words(after)
    assert states(people["Ola"]) == ["completed", "void", "void"]
    people["Dee"].refresh_from_db()
    assert people["Dee"].state == "completed"
    assert people["Dee"].periods.open().exists()
    assert not people["Lou"].periods.open().exists()
    moved = AuditEvent.objects.get(object_type="enrolment", object_id=people["Lou"].pk)
    assert (moved.to_state, moved.reason) == ("withdrawn", "The team is split up")


def test_all_whom_the_filter_finds_are_chosen_over_pages(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    sales = factories.make_unit("Sales")
    for number in range(60):
        unit = sales if number else factories.make_unit("Alone")
        factories.make_enrolment(plan, factories.make_person(unit=unit), due_on=date(2026, 11, 16))
    page = sign_in.page(lead)

    late_there = {"state": "late", "unit": str(sales.pk)}
    listed = page.get(plan_url(plan), late_there).content.decode()
    assert "Choose all 59 whom this filter finds" in words(page.get(plan_url(plan), late_there))
    assert f'<input type="hidden" name="unit" value="{sales.pk}">' in listed
    after = decide(page, check_url(plan, "exempt", everyone="on", state="late", unit=sales.pk))

    assert "59 people are exempt." in words(after)
    assert Enrolment.objects.filter(state="active").count() == 1


def test_nothing_is_ticked_beforehand(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    html = sign_in.page(lead).get(plan_url(plan)).content.decode()

    assert len(re.findall(r'type="checkbox"', html)) == 5
    assert " checked" not in html


@pytest.mark.parametrize("query", [{}, {"chosen": "x"}, {"everyone": "on", "unit": "999999"}])
def test_nobody_chosen_is_said_and_a_filter_that_finds_nothing_more_is_not_everyone(
    query: dict[str, str], plan: TrainingPlan, people: Any, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)

    response = page.get(check_url(plan, "exempt", **query))

    assert "Nobody is chosen. Tick the people first" in words(response)
    assert "ct-btn--main" not in response.content.decode()
    assert "Back to the people" in words(response)
    assert page.post(check_url(plan, "exempt", **query)).status_code == 400


def test_where_all_are_left_out_it_says_why_and_there_is_no_button(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(check_url(plan, "withdraw", people["Dee"]))

    assert "There is nobody to withdraw among those whom you chose." in words(response)
    assert "1 is done already" in words(response)
    assert "ct-btn--main" not in response.content.decode()


def test_what_changed_since_the_check_is_refused_and_shown_anew(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = check_url(plan, "exempt", *people.values())
    shown = digest(page.get(url))
    finish(people["Lou"])

    response = page.post(url, {"digest": shown, "reason": "Kept"})

    assert response.status_code == 409
    assert title(response).startswith("Error:")
    assert "Something changed for these people in the meantime." in words(response)
    assert "Exempt 1 person" in words(response)
    assert "2 are done already" in words(response)
    assert ">\nKept</textarea>" in response.content.decode()
    assert not TrainingRecord.objects.filter(state="waived").exists()
    again = page.post(url, {"digest": digest(response), "reason": "Kept"}, follow=True)
    assert "1 person is exempt." in words(again)


def test_a_decision_needs_a_reason(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = check_url(plan, "exempt", people["Lou"])

    response = page.post(url, {"digest": digest(page.get(url)), "reason": " "})

    assert response.status_code == 400
    assert ">Fill in “Why?”.</a>" in response.content.decode()
    assert states(people["Lou"]) == ["not_started"] * 3


def test_nobody_decides_about_themselves(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    mine = factories.make_enrolment(plan, lead)
    page = sign_in.page(lead)

    for do in DECIDE:
        url = check_url(plan, do, mine, people["Lou"])
        assert "1 is you: nobody decides about themselves" in words(page.get(url))
    after = decide(page, check_url(plan, "withdraw", mine, people["Lou"]))

    assert "1 person is withdrawn. Left out: 1 is you" in words(after)
    assert set(states(mine)) == {"not_started"}


def test_people_of_another_plan_are_not_reached(
    plan: TrainingPlan, people: Any, lead: Person, sign_in: SignIn
) -> None:
    other = factories.make_plan(plan.initiative)
    elsewhere = factories.make_enrolment(other, factories.make_person("Elsewhere Eli"))

    response = sign_in.page(lead).get(check_url(plan, "exempt", elsewhere))

    assert "Nobody is chosen." in words(response)
    assert "Elsewhere Eli" not in words(response)


def test_whoever_only_reads_names_finds_no_tick_boxes_and_is_refused(
    plan: TrainingPlan, people: dict[str, Enrolment], sign_in: SignIn
) -> None:
    coach = factories.make_person(login=True)
    factories.make_role(plan.initiative, coach, Role.COACH)
    page = sign_in.page(coach)

    html = page.get(plan_url(plan)).content.decode()

    assert "Lou" in html
    assert 'type="checkbox"' not in html
    for url in (check_url(plan, "exempt", people["Lou"]), check_url(plan, "")):
        assert page.get(url).status_code == 403
        assert page.post(url).status_code == 403


def test_without_a_decision_it_leads_back_to_the_people(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(check_url(plan, "sack", people["Lou"], state="late"))

    assert response["Location"] == f"{plan_url(plan)}?state=late#ct-people"


def test_hr_decides_as_a_lead_does(
    plan: TrainingPlan, people: dict[str, Enrolment], hr: Person, sign_in: SignIn
) -> None:
    after = decide(sign_in.page(hr), check_url(plan, "exempt", people["Lou"]))

    assert "1 person is exempt." in words(after)


@pytest.mark.parametrize("decision", DECIDE)
def test_a_decision_that_is_not_the_one_that_was_shown_writes_nothing(
    decision: Decision, plan: TrainingPlan, people: dict[str, Enrolment], lead: Person
) -> None:
    assert lead.user is not None
    everyone = Enrolment.objects.filter(plan=plan)
    other = services.preview_decision(
        Decision.WITHDRAW if decision == Decision.EXEMPT else Decision.EXEMPT,
        everyone,
        actor=lead.user,
    )
    before = AuditEvent.objects.count()

    with pytest.raises(PeopleChangedError):
        DECIDE[decision](everyone, reason="x", expected=other.digest, actor=lead.user, **WHEN)
    with pytest.raises(MoveRefusedError, match="Give a reason"):
        DECIDE[decision](everyone, reason=" ", expected=other.digest, actor=lead.user, **WHEN)

    assert AuditEvent.objects.count() == before


def test_whoever_has_only_optional_work_open_is_not_exempted(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person
) -> None:
    assert lead.user is not None
    people["Lou"].records.filter(item__is_required=True).update(state="waived", left_on=TODAY)

    verdicts = services.preview_decision(
        Decision.EXEMPT, Enrolment.objects.filter(pk=people["Lou"].pk), actor=lead.user
    )

    assert list(verdicts.of) == [Verdict.NOTHING_OPEN]


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 10, 500])
def test_the_cost_of_the_check_and_of_the_decision_does_not_grow(
    count: int, plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    unit = factories.make_unit()
    for _ in range(count):
        factories.make_enrolment(plan, factories.make_person(unit=unit))
    ids = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))
    page = sign_in.page(lead)

    url = check_url(plan, "exempt", everyone="on", state="open", unit=unit.pk)
    assert len(queries(page, url)) == 4
    for decision, chosen, cost in (
        (Decision.WITHDRAW, ids[::2], 14),
        (Decision.EXEMPT, ids[1::2] or ids, 13),
    ):
        some = Enrolment.objects.filter(pk__in=chosen)
        shown = services.preview_decision(decision, some, actor=lead.user)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            DECIDE[decision](some, reason="x", expected=shown.digest, actor=lead.user, **WHEN)
        # SQLite takes few values at once, so the lines of history are several statements there.
        told = [
            each["sql"]
            for each in captured
            if "auditevent" not in each["sql"] and "SAVEPOINT" not in each["sql"]
        ]
        assert not shown.reached or len(told) == cost
