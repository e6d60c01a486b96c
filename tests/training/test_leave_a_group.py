"""Without one of several groups of a plan: why it was given is kept, the date is the others'."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from change_tracker.people.models import OrgUnit, Person
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    assign_plan,
    complete_record,
    remove_rule,
    revoke_completion,
    undo_completion,
    undo_for_others,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db

BEGAN = date(2026, 11, 2)
either_way = pytest.mark.parametrize("how", ["leaving", "taking it out"])
SOON, LATER = date(2026, 11, 30), date(2026, 12, 18)


class Two:
    """Somebody with a plan through two groups: their unit's, due soon, and a list's, due later."""

    def __init__(self, *, soon: Any = None, later: Any = None, items: int = 1) -> None:
        self.unit = factories.make_unit("Repairs")
        self.person = factories.make_person("Ann", unit=self.unit, login=True)
        self.plan = factories.make_plan(factories.make_initiative(), items=items)
        own = factories.make_audience(self.person, unit=self.unit, name="Unit", joined_on=BEGAN)
        listed = factories.make_audience(self.person, name="List", joined_on=BEGAN)
        self.soon = factories.make_rule(self.plan, own, **soon or {"due_on": SOON})
        self.later = factories.make_rule(self.plan, listed, **later or {"due_on": LATER})
        self.assign(BEGAN)

    def leave_unit(self, day: date = TODAY) -> list[MembershipChange]:
        Person.objects.filter(pk=self.person.pk).update(unit=None)
        return recompute_audiences(actor=None, today=day, now=NOW)

    def lose_unit(self, how: str) -> None:
        """Its reason goes: with the membership, or with the rule."""
        if how == "leaving":
            self.leave_unit()
        else:
            remove_rule(rule=self.soon, actor=None, today=TODAY, now=NOW)

    def assign(self, day: date) -> None:
        assign_plan(plan=self.plan, actor=None, today=day, now=NOW)

    def back(self, day: date = TODAY) -> list[MembershipChange]:
        Person.objects.filter(pk=self.person.pk).update(unit=self.unit)
        return recompute_audiences(actor=None, today=day, now=NOW)

    def complete(self, record: TrainingRecord, by: Any = None) -> TrainingRecord:
        user: Any = by or self.person.user
        return complete_record(record=record, actor=user, today=BEGAN, now=NOW)

    def undo(self, record: TrainingRecord) -> TrainingRecord:
        user: Any = self.person.user
        return undo_completion(record=record, actor=user, today=TODAY, now=NOW)


def dates() -> list[date | None]:
    return list(TrainingRecord.objects.order_by("pk").values_list("due_on", flat=True))


def reasons() -> dict[str, date | None]:
    rows = EnrolmentReason.objects.values_list("plan_audience__audience__name", "ended_on")
    return dict(rows)


def test_the_date_of_the_group_that_was_left_gives_way_to_that_of_the_other() -> None:
    two = Two()
    assert dates() == [SOON]
    revision = TrainingRecord.objects.get().due_revision

    (change,) = two.leave_unit()

    assert dates() == [LATER]
    assert TrainingRecord.objects.get().due_revision == revision + 1
    assert change.follows == (
        "1 training was due by this group; its date is now that of the others.",
    )
    assert Enrolment.objects.get().state == "active"
    assert reasons() == {"Unit": TODAY, "List": None}


def test_the_date_stays_where_the_other_group_gave_it() -> None:
    two = Two(soon={"due_on": LATER}, later={"due_on": SOON})

    (change,) = two.leave_unit()

    assert dates() == [SOON]
    assert change.follows == ()


@either_way
def test_a_date_that_counts_from_joining_is_that_of_the_group_that_remains(how: str) -> None:
    two = Two(
        soon={"due_rule": "joined_group", "due_days": 20},
        later={"due_rule": "joined_group", "due_days": 40},
    )
    assert dates() == [BEGAN + timedelta(days=20)]

    two.lose_unit(how)

    assert dates() == [BEGAN + timedelta(days=40)]
    record = TrainingRecord.objects.get()
    assert (record.due_rule, record.due_days) == ("joined_group", 40)


@either_way
def test_a_group_that_came_later_counts_from_when_it_came(how: str) -> None:
    two = Two(later={"due_rule": "assigned", "due_days": 10})
    new = factories.make_audience(two.person, name="New", joined_on=date(2026, 11, 10))
    PlanAudience.objects.filter(pk=two.later.pk).delete()
    rule = factories.make_rule(two.plan, new, due_rule="assigned", due_days=30)
    TrainingRecord.objects.update(due_on=SOON, due_rule="fixed", due_days=None)
    assign_plan(plan=two.plan, actor=None, today=date(2026, 11, 12), now=NOW, rules=[rule])
    assert dates() == [SOON]

    two.lose_unit(how)

    assert dates() == [date(2026, 12, 12)]


@either_way
def test_a_date_of_an_edited_rule_gives_way_as_well(how: str) -> None:
    two = Two(soon={"due_rule": "assigned", "due_days": 10})
    edited = PlanAudience.objects.filter(pk=two.soon.pk)
    edited.update(due_days=20, version=9)
    two.assign(date(2026, 11, 9))
    assert dates() == [date(2026, 11, 29)]

    two.lose_unit(how)

    assert dates() == [LATER]


@either_way
def test_a_date_that_counts_from_the_item_before_stays_late(how: str) -> None:
    follows = {"due_rule": "previous_item", "due_days": 3}
    two = Two(soon=follows, later=follows, items=2)
    first = TrainingRecord.objects.order_by("pk")[0]
    user: Any = two.person.user
    complete_record(record=first, actor=user, today=BEGAN, now=NOW)
    before, late = dates(), BEGAN + timedelta(days=3)
    assert before[1] == late < TODAY

    two.lose_unit(how)

    assert dates() == before


@either_way
def test_a_group_that_is_kept_after_leaving_says_no_new_date(how: str) -> None:
    two = Two(later={"due_on": LATER, "on_leave": "keep"})
    two.later.audience.clauses.all().delete()
    recompute_audiences(actor=None, today=BEGAN, now=NOW)
    assert two.later.audience.members.open().count() == 0

    two.lose_unit(how)

    assert dates() == [SOON]
    assert Enrolment.objects.get().state == "active"


@pytest.mark.parametrize(
    "facts",
    [
        {"is_extended": True, "due_on": date(2026, 12, 11)},
        {"state": "completed", "completed_on": BEGAN},
        {"due_rule": "", "due_on": date(2026, 12, 1)},
    ],
    ids=["more time", "done", "imported"],
)
@either_way
def test_what_no_rule_dates_any_more_stays(facts: dict[str, Any], how: str) -> None:
    two = Two(items=2)
    first = TrainingRecord.objects.order_by("pk")[0]
    TrainingRecord.objects.filter(pk=first.pk).update(**facts)
    before = dates()[0]

    two.lose_unit(how)

    assert dates() == [before, LATER]


@pytest.mark.parametrize("items", [1, 2], ids=["all of it was done", "a part was done"])
@either_way
def test_what_was_done_and_opens_again_is_due_by_what_remains(how: str, items: int) -> None:
    two = Two(items=items)
    first, *_others = TrainingRecord.objects.order_by("pk")
    done = two.complete(first)
    two.lose_unit(how)
    assert dates()[0] == SOON

    opened = two.undo(done)

    assert dates() == [LATER] * items
    stored = TrainingRecord.objects.get(pk=opened.pk)
    assert (opened.state, opened.due_on, opened.version) == ("in_progress", LATER, stored.version)


@either_way
def test_what_others_recorded_and_take_back_is_due_by_what_remains(how: str, hr: Person) -> None:
    two = Two()
    record, user = TrainingRecord.objects.get(), hr.user
    assert user is not None
    two.complete(record, by=user)
    two.lose_unit(how)

    undone = undo_for_others(TrainingRecord.objects.all(), actor=user, today=TODAY, now=NOW)

    assert (undone, dates()) == ([record.pk], [LATER])


@pytest.mark.parametrize(
    "chosen_on", [None, date(2026, 12, 4), SOON], ids=["by rule", "chosen", "as it was"]
)
@either_way
def test_what_is_asked_for_once_more_is_due_by_what_remains(
    how: str, chosen_on: date | None, hr: Person
) -> None:
    two = Two()
    user: Any = hr.user
    done = two.complete(TrainingRecord.objects.get())
    two.lose_unit(how)

    fresh = revoke_completion(
        record=done, reason="Not shown", actor=user, today=TODAY, now=NOW, due_on=chosen_on
    )

    assert dates() == [SOON, chosen_on or LATER]
    assert fresh.due_on == dates()[1]


def test_what_opens_again_keeps_its_date_while_its_group_has_it() -> None:
    two = Two()
    revision = TrainingRecord.objects.get().due_revision

    opened = two.undo(two.complete(TrainingRecord.objects.get()))

    assert (dates(), opened.due_revision) == ([SOON], revision + 1)


@either_way
def test_more_time_stays_when_it_opens_again(how: str) -> None:
    two, until = Two(), date(2026, 12, 4)
    TrainingRecord.objects.update(is_extended=True, due_on=until)
    done = two.complete(TrainingRecord.objects.get())
    two.lose_unit(how)

    two.undo(done)

    assert dates() == [until]


@either_way
def test_a_rule_that_was_edited_waits_for_its_lead(how: str) -> None:
    two = Two()
    PlanAudience.objects.filter(pk=two.later.pk).update(due_on=date(2027, 1, 8), version=9)

    two.lose_unit(how)

    assert dates() == [SOON]


def test_who_comes_back_has_the_reason_and_the_earlier_date_again() -> None:
    two = Two()
    two.leave_unit()

    two.back(TODAY + timedelta(days=1))

    assert dates() == [SOON]
    assert reasons() == {"Unit": None, "List": None}


def test_who_left_every_group_keeps_why_and_comes_back_with_it(
    lead: Person, sign_in: SignIn
) -> None:
    two = Two()
    two.plan.initiative.members.create(person=lead, role="lead")
    PlanAudience.objects.filter(pk=two.later.pk).delete()
    two.leave_unit()
    enrolment = Enrolment.objects.get()
    assert enrolment.state == "withdrawn"

    address = reverse(
        "change_tracker:plan-person", args=[two.plan.initiative.slug, two.plan.pk, enrolment.pk]
    )
    text = words(sign_in.page(lead).get(address))
    shown = sign_in.api(lead).get(f"/change/api/v1/enrolments/{enrolment.pk}/").json()

    assert "Unit (left on 18 Nov)" in text
    assert (shown["groups"], shown["groups_left"]) == ([], ["Unit"])
    two.back(TODAY + timedelta(days=1))
    assert reasons() == {"Unit": None}
    enrolment.refresh_from_db()
    assert enrolment.state == "active"


def test_leaving_the_company_keeps_why_as_well(employee: Person) -> None:
    unit = factories.make_unit("Sales")
    Person.objects.filter(pk=employee.pk).update(unit=unit)
    group = factories.make_audience(employee, unit=unit, name="Sales")
    plan = factories.make_plan(factories.make_initiative())
    factories.make_rule(plan, group)
    assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)

    Person.objects.filter(pk=employee.pk).update(ends_on=TODAY - timedelta(days=1))
    recompute_audiences(actor=None, today=TODAY, now=NOW)

    assert reasons() == {"Sales": TODAY}


def test_many_people_leave_in_a_bounded_number_of_queries(
    django_assert_max_num_queries: Any,
) -> None:
    unit = OrgUnit.objects.create(external_id="u", name="Repairs")
    people = [factories.make_person(unit=unit) for _ in range(30)]
    plan: TrainingPlan = factories.make_plan(factories.make_initiative(), items=2)
    factories.make_rule(plan, factories.make_audience(*people, unit=unit, joined_on=BEGAN))
    factories.make_rule(plan, factories.make_audience(*people, joined_on=BEGAN), due_on=LATER)
    assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)
    Person.objects.update(unit=None)

    with django_assert_max_num_queries(60):
        recompute_audiences(actor=None, today=TODAY, now=NOW)

    assert set(dates()) == {LATER}
