"""What a sync says of training before it happens: who comes back, new managers, units renamed."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.tables import table_of
from change_tracker.people.models import Person
from change_tracker.people.services.persons import change_person
from change_tracker.people.services.previews import told
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    PeoplePlan,
    SyncResult,
    apply_people,
    plan_people,
    preview_people,
    read_roster,
)
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.services import leave_plans
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)


def planned(*rows: dict[str, Any], full: bool = False) -> PeoplePlan:
    table = table_of(
        [{"name": row["external_id"]} | row for row in rows], columns=COLUMNS, required=REQUIRED
    )
    return plan_people(read_roster(table, source="roster"), full=full, today=TODAY)


def looked_at(plan: PeoplePlan) -> SyncResult:
    return preview_people(plan=plan, actor=None, now=NOW)


def follows(plan: PeoplePlan) -> list[str]:
    """What the page and the API show."""
    shown: list[str] = told(looked_at(plan), ordinary=10)["follows"]
    return shown


def leave(*keys: str) -> None:
    rows = [{"external_id": key, "ends_on": YESTERDAY.isoformat()} for key in keys]
    apply_people(plan=planned(*rows), actor=None, now=NOW)


def test_who_comes_back_is_told_with_the_training_that_is_reopened() -> None:
    unit = factories.make_unit("Repairs")
    ann, bob = (factories.make_person(external_id=key, unit=unit) for key in ("ann", "bob"))
    group = factories.make_audience(ann, bob, unit=unit)
    initiative = factories.make_initiative()
    for number, people in enumerate([(ann, bob), (ann,)]):
        plan = factories.make_plan(initiative)
        rule = factories.make_rule(plan, group, first_assigned_on=TODAY)
        for person in people:
            enrolment = factories.make_enrolment(plan, person, rule=rule)
            if number:
                enrolment.records.update(state="completed", completed_on=TODAY)
                Enrolment.objects.filter(pk=enrolment.pk).update(state="completed")
    leave("ann", "bob")
    assert Enrolment.objects.filter(state="withdrawn").count() == 2

    plan_ = planned(
        *({"external_id": key, "unit": "Repairs", "ends_on": ""} for key in ("ann", "bob"))
    )

    said = "2 come back: 2 plans of people are reopened, 1 finished one counts again."
    assert said in follows(plan_)
    assert Enrolment.objects.filter(state="withdrawn").count() == 2
    applied = apply_people(plan=plan_, actor=None, now=NOW)
    assert applied.outcome == (said,)
    assert not Enrolment.objects.filter(state="withdrawn").exists()


@pytest.mark.parametrize("when", ["as they come back", "while they were away"])
@pytest.mark.parametrize("how", ["by a roster", "by hand"])
def test_who_comes_back_into_another_unit_has_all_training_there(how: str, when: str) -> None:
    old, new = (factories.make_unit(name) for name in ("Repairs", "Sales"))
    ann = factories.make_person(external_id="ann", unit=old, ends_on=YESTERDAY)
    plan = factories.make_plan(factories.make_initiative())
    factories.make_enrolment(plan, ann).records.update(unit=old)
    leave_plans(Enrolment.objects.all(), reason="x", actor=None, today=YESTERDAY, now=NOW)

    def change(**values: Any) -> None:
        if how == "by hand":
            change_person(Person.objects.get(), actor=None, today=TODAY, now=NOW, **values)
            return
        said = {"unit": new.external_id} if "unit" in values else {}
        said |= {"ends_on": ""} if "ends_on" in values else {}
        apply_people(plan=planned({"external_id": "ann"} | said), actor=None, now=NOW)

    if when == "while they were away":
        change(unit=new)
        change(ends_on=None)
    else:
        change(unit=new, ends_on=None)

    assert TrainingRecord.objects.get().unit == new


def test_who_comes_back_to_no_training_is_told_as_well() -> None:
    factories.make_person(external_id="ann", ends_on=YESTERDAY)

    plan = planned({"external_id": "ann", "ends_on": ""}, {"external_id": "new"})

    assert follows(plan) == ["1 comes back: no training is reopened."]


def test_new_managers_are_told_with_what_waits_for_them() -> None:
    old, new = (factories.make_person(external_id=key) for key in ("old", "new"))
    team = [factories.make_person(external_id=f"t{n}", manager=old) for n in range(4)]
    plan = factories.make_plan(factories.make_initiative(), items=2)
    for person in team[:2]:
        first, second = factories.make_enrolment(plan, person).records.order_by("pk")
        factories.make_request(first)
        factories.make_submission(second)
    factories.make_learning(team[1])
    rows = [{"external_id": f"t{n}", "manager": "new" if n else ""} for n in range(4)]

    plan_ = planned(*rows)

    assert follows(plan_) == [
        "3 get another manager: 3 requests go to the new one.",
        "1 has no manager any more: 2 requests wait for leads and human resources.",
    ]
    assert planned(*rows).digest == plan_.digest
    apply_people(plan=plan_, actor=None, now=NOW)
    assert {each.manager_id for each in new.reports.all()} == {new.pk}
    assert follows(planned(*rows)) == []


def test_the_digest_knows_what_waits_for_a_new_manager() -> None:
    old, _new = (factories.make_person(external_id=key) for key in ("old", "new"))
    ann = factories.make_person(external_id="ann", manager=old)
    enrolment = factories.make_enrolment(factories.make_plan(factories.make_initiative()), ann)
    rows = [{"external_id": "ann", "manager": "new"}]
    seen = planned(*rows)

    factories.make_request(enrolment.records.get())

    assert planned(*rows).digest != seen.digest


def test_a_renamed_unit_is_told_with_its_people_and_the_rules_that_follow_it() -> None:
    unit = factories.make_unit("Repairs", external_id="U1")
    factories.make_audience(unit=unit)
    for number in range(2):
        factories.make_person(external_id=str(number), unit=unit)
    factories.make_person(external_id="gone", unit=unit, ends_on=YESTERDAY)

    row = {"external_id": "9", "unit_id": "U1", "unit": "Field repairs"}

    assert follows(planned(row))[0] == (
        "“Repairs” becomes “Field repairs”: 3 people, 1 group rule follows it."
    )


def test_a_renamed_unit_that_no_rule_asks_for_says_so() -> None:
    factories.make_unit("Repairs", external_id="U1")

    row = {"external_id": "9", "unit_id": "U1", "unit": "Field repairs"}

    assert follows(planned(row)) == [
        "“Repairs” becomes “Field repairs”: 1 person, no group rule asks for it."
    ]


def test_a_merger_says_which_rules_still_ask_for_the_old_unit() -> None:
    north, south = (factories.make_unit(name) for name in ("North", "South"))
    ann = factories.make_person(external_id="ann", unit=north)
    factories.make_audience(ann, unit=north)
    factories.make_audience(unit=south)

    plan = planned({"external_id": "ann", "unit": "South"})

    assert plan.consequences[0] == (
        "“North” has nobody any more: 1 person is in “South”. 1 group rule still asks for it."
    )
