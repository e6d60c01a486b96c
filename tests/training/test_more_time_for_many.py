"""Giving several people of a plan more time: until when, a check, then exactly that."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import (
    Enrolment,
    ExtensionRequest,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    Decision,
    Verdict,
    assign_plan,
    extend_people,
    preview_decision,
    withdraw_enrolment,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import title, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

UNTIL = date(2026, 12, 4)
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def plan(lead: Person) -> TrainingPlan:
    initiative = factories.make_initiative(title="One Front Door", slug="front-door", lead=lead)
    return factories.make_plan(initiative, title="First week", items=2)


@pytest.fixture
def people(plan: TrainingPlan) -> dict[str, Enrolment]:
    """Lou is late, Ola asked for more, Zoe has until Christmas, Una has no date, Gil has left."""
    found = {}
    days = {
        "Lou": date(2026, 11, 16),
        "Ola": date(2026, 11, 25),
        "Zoe": date(2026, 12, 24),
        "Una": None,
        "Gil": date(2026, 11, 25),
    }
    for name, day in days.items():
        found[name] = factories.make_enrolment(plan, factories.make_person(name), due_on=day)
    factories.make_request(found["Ola"].records.earliest("pk"))
    withdraw_enrolment(enrolment=found["Gil"], reason="Left", actor=None, **WHEN)
    return found


def check_url(plan: TrainingPlan, *chosen: Enrolment, **query: Any) -> str:
    asked = [("do", "extend"), *(("chosen", each.pk) for each in chosen), *query.items()]
    return f"/change/i/front-door/training/{plan.pk}/people/check/?{urlencode(asked)}"


def digest(response: Any) -> str:
    found = re.search(r'name="digest" value="(\w+)"', response.content.decode())
    return found[1] if found else ""


def extend(lead: Person, until: date = UNTIL, **values: Any) -> Any:
    assert lead.user is not None
    everyone = Enrolment.objects.all()
    shown = preview_decision(Decision.EXTEND, everyone, actor=lead.user, until=until)
    values = {"reason": "Go-live moved.", "expected": shown.digest} | values
    return extend_people(everyone, until=until, actor=lead.user, **WHEN, **values)


def test_first_it_asks_until_when(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    first = page.get(check_url(plan, people["Lou"], people["Ola"]))

    html = first.content.decode()
    assert "Until when?" in words(first)
    assert html.count('name="chosen"') == 2
    assert 'name="do" value="extend"' in html
    for wrong in ("", "2026-11-17", "soon"):
        again = page.get(check_url(plan, people["Lou"], until=wrong))
        assert title(again).startswith("Error:")
    empty = page.get(check_url(plan, people["Lou"], until=""))
    assert "Fill in “Until when?”." in words(empty)
    assert "Choose a day that is still to come." in words(
        page.get(check_url(plan, people["Lou"], until="2026-11-17"))
    )


def test_the_check_says_whom_it_reaches_and_whom_it_leaves_out_and_does_nothing(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(check_url(plan, *people.values(), until=UNTIL))

    text = words(response)
    assert "2 people get more time, until Fri 4 Dec." in text
    assert "Who has asked for more time gets this date as the answer." in text
    assert "Who they are Lou Ola" in text
    assert "1 is no longer in the plan Gil" in text
    assert "2 have that much time already Una Zoe" in text
    assert not TrainingRecord.objects.filter(is_extended=True).exists()


def test_the_button_does_what_the_check_said(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    url = check_url(plan, *people.values(), until=UNTIL)
    before = dict(TrainingRecord.objects.values_list("pk", "due_revision"))

    after = page.post(
        url, {"digest": digest(page.get(url)), "reason": "Go-live moved."}, follow=True
    )

    assert "2 people have time until Fri 4 Dec. Left out:" in words(after)
    reached = TrainingRecord.objects.filter(is_extended=True)
    assert set(reached.values_list("enrolment", flat=True)) == {
        people["Lou"].pk,
        people["Ola"].pk,
    }
    assert {(each.due_on, each.due_revision - before[each.pk]) for each in reached} == {(UNTIL, 1)}
    assert reached.count() == 4
    granted = ExtensionRequest.objects.filter(state="granted", decided_by=lead, due_on=UNTIL)
    assert granted.count() == 4
    assert granted.filter(asked_on=None).count() == 3
    assert not ExtensionRequest.objects.waiting().exists()
    events = AuditEvent.objects.filter(object_type="extensionrequest", to_state="granted")
    assert {each.reason for each in events} == {"Go-live moved."}
    assert events.count() == 4
    person = page.get(f"/change/i/front-door/training/{plan.pk}/people/{people['Lou'].pk}/")
    assert "Extended to Fri 4 Dec by Priya Nair: Go-live moved." in words(person)


def test_no_rule_takes_it_back(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person
) -> None:
    extend(lead)
    group = factories.make_audience(people["Lou"].person)
    factories.make_rule(plan, group, due_on=TODAY + timedelta(days=4))

    assert assign_plan(plan=plan, actor=lead.user, **WHEN).redated == 0
    assert set(people["Lou"].records.values_list("due_on", flat=True)) == {UNTIL}


def test_it_needs_a_reason_a_day_ahead_and_what_was_shown(
    people: dict[str, Enrolment], lead: Person
) -> None:
    with pytest.raises(MoveRefusedError, match="reason"):
        extend(lead, reason=" ")
    with pytest.raises(ValidationError, match="still to come"):
        extend(lead, until=TODAY - timedelta(days=1))
    with pytest.raises(PeopleChangedError):
        extend(lead, expected="that of another day")

    assert not ExtensionRequest.objects.filter(state="granted").exists()


def test_a_check_of_one_day_is_not_good_for_another(
    people: dict[str, Enrolment], lead: Person
) -> None:
    assert lead.user is not None
    everyone = Enrolment.objects.all()
    shown = preview_decision(
        Decision.EXTEND, everyone, actor=lead.user, until=UNTIL + timedelta(days=1)
    )

    with pytest.raises(PeopleChangedError):
        extend(lead, expected=shown.digest)


def test_nobody_gives_themselves_more_time(plan: TrainingPlan, lead: Person) -> None:
    own = factories.make_enrolment(plan, lead, due_on=date(2026, 11, 25))

    done = extend(lead)

    assert done.of == {Verdict.ONESELF: [own.pk]}
    assert not own.records.filter(is_extended=True).exists()


def test_one_person_has_it_on_their_page(
    plan: TrainingPlan, people: dict[str, Enrolment], lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    where = f"/change/i/front-door/training/{plan.pk}/people/{people['Lou'].pk}/"

    html = page.get(where).content.decode()

    assert f"?do=extend&amp;chosen={people['Lou'].pk}" in html


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 10, 500])
def test_its_cost_does_not_grow(count: int, plan: TrainingPlan, lead: Person) -> None:
    for _ in range(count):
        factories.make_enrolment(plan, factories.make_person(), due_on=date(2026, 11, 25))

    with CaptureQueriesContext(connection) as captured:
        done = extend(lead)

    told = [
        each["sql"]
        for each in captured
        if "auditevent" not in each["sql"] and "SAVEPOINT" not in each["sql"]
    ]
    assert len(done.reached) == count
    assert len(told) == 10, told
