"""Deciding about many people of a plan, and putting somebody back in it, through the API."""

from datetime import date
from typing import Any

import pytest

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import run_jobs
from change_tracker.people.models import Person
from change_tracker.training import jobs, services
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.training.services import assign_plan
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def plan(lead: Person) -> TrainingPlan:
    return factories.make_plan(factories.make_initiative(lead=lead), items=2)


@pytest.fixture
def people(plan: TrainingPlan, lead: Person) -> list[int]:
    """Somebody with work ahead, somebody who left, and the lead."""
    found = [
        factories.make_enrolment(plan, person)
        for person in (factories.make_person(), factories.make_person(), lead)
    ]
    services.withdraw_enrolment(enrolment=found[1], reason="Left", actor=None, today=TODAY, now=NOW)
    return [each.pk for each in found]


@pytest.fixture
def decide(plan: TrainingPlan, people: list[int], lead: Person, sign_in: SignIn) -> Any:
    """`decide(**body)`: what the API answers the lead about these people."""
    api = sign_in.api(lead)
    address = f"/change/api/v1/plans/{plan.pk}/decide/"
    return lambda **body: api.post(address, {"enrolments": people} | body)


def states(enrolment: int) -> set[str]:
    return set(TrainingRecord.objects.filter(enrolment=enrolment).values_list("state", flat=True))


def test_first_it_says_whom_it_reaches_and_does_nothing(decide: Any, people: list[int]) -> None:
    said = decide(decision="exempt", dry_run=True).json()

    assert said["reached"] == [people[0]]
    assert said["left_out"] == {"gone": [people[1]], "oneself": [people[2]]}
    assert said["job"] is None
    assert states(people[0]) == {"not_started"}


@pytest.mark.parametrize(
    ("body", "state"),
    [({"decision": "exempt"}, "waived"), ({"decision": "withdraw"}, "void")],
    ids=["exempt", "withdraw"],
)
def test_with_its_digest_the_same_is_done(
    decide: Any, people: list[int], body: dict[str, Any], state: str
) -> None:
    digest = decide(**body, dry_run=True).json()["digest"]

    done = decide(**body, digest=digest, reason="Did it elsewhere")

    assert (done.status_code, done.json()["reached"]) == (200, [people[0]])
    assert states(people[0]) == {state}


def test_more_time_is_given_until_a_day(decide: Any, people: list[int]) -> None:
    body = {"decision": "extend", "until": "2026-12-11"}
    digest = decide(**body, dry_run=True).json()["digest"]

    assert decide(**body, digest=digest, reason="Peak season").status_code == 200

    dates = TrainingRecord.objects.filter(enrolment=people[0]).values_list("due_on", flat=True)
    assert set(dates) == {date(2026, 12, 11)}


def test_what_has_changed_meanwhile_is_not_done(decide: Any, people: list[int]) -> None:
    digest = decide(decision="exempt", dry_run=True).json()["digest"]
    Enrolment.objects.filter(pk=people[0]).update(state="completed")

    refused = decide(decision="exempt", digest=digest, reason="Did it elsewhere")

    assert (refused.status_code, refused.json()["code"]) == (409, "people_changed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "extend", "dry_run": True}, "until"),
        ({"decision": "exempt", "until": "2026-12-11", "dry_run": True}, "until"),
        ({"decision": "exempt", "reason": "So"}, "digest"),
        ({"decision": "promote", "dry_run": True}, "decision"),
        ({"decision": "exempt", "enrolments": [], "dry_run": True}, "enrolments"),
        ({"decision": "exempt", "enrolments": [987654], "dry_run": True}, "enrolments"),
    ],
)
def test_what_is_wrong_names_the_field(decide: Any, body: dict[str, Any], field: str) -> None:
    refused = decide(**body)

    assert refused.status_code == 400
    assert field in refused.json()["errors"]


def test_about_many_a_worker_decides(
    decide: Any, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 0)
    digest = decide(decision="withdraw", dry_run=True).json()["digest"]

    begun = decide(decision="withdraw", digest=digest, reason="Not needed")

    assert begun.status_code == 202
    assert states(people[0]) == {"not_started"}
    run_jobs(clock=lambda: NOW)
    assert JobRun.objects.get(pk=begun.json()["job"]).state == "done"
    assert states(people[0]) == {"void"}


def test_somebody_withdrawn_is_put_back_while_a_group_has_them(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    person = factories.make_person()
    factories.make_rule(plan, factories.make_audience(person))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    enrolment = Enrolment.objects.get()
    address = f"/change/api/v1/enrolments/{enrolment.pk}/"
    api = sign_in.api(lead)
    api.post(f"{address}withdraw/", {"reason": "Moved on"})

    back = api.post(f"{address}return/")

    assert (back.status_code, back.json()["state"]) == (200, "active")
    api.post(f"{address}withdraw/", {"reason": "Moved on"})
    plan.audiences.get().audience.members.update(is_open=None, left_on=TODAY)
    refused = api.post(f"{address}return/")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_in_group")
