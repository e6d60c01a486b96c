"""A plan is given, and what it rests on changes before anybody can see that."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from change_tracker.core.errors import MoveRefusedError, StaleRowError
from change_tracker.core.services import InUseError
from change_tracker.initiatives.services import move_initiative
from change_tracker.initiatives.services.lifecycle import change_initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import delete_action, plan_action
from change_tracker.people.models import Person
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.people.services.persons import change_person
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    Session,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    OlderVersions,
    assign_plan,
    change_plan,
    create_plan,
    create_session,
    delete_item,
    move_plan,
    preview_assignment,
    raise_version,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import Another, before_the_commit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

BY: dict[str, Any] = {"actor": None, "now": NOW}
WHEN: dict[str, Any] = {**BY, "today": TODAY}


class Unit:
    """A unit with somebody in it, and a plan for whoever is there."""

    def __init__(self, **rule: Any) -> None:
        self.unit = factories.make_unit()
        self.ann = factories.make_person("Ann", unit=self.unit)
        self.initiative = factories.make_initiative()
        self.plan = factories.make_plan(self.initiative)
        group = factories.make_audience(self.ann, unit=self.unit)
        self.rule = factories.make_rule(self.plan, group, **rule)

    def assign(self, **how: Any) -> object:
        return assign_plan(plan=TrainingPlan.objects.get(pk=self.plan.pk), **WHEN, **how)

    def move(self, person: Person, *, into: Any) -> object:
        Person.objects.filter(pk=person.pk).update(unit=into)
        return recompute_audiences(**WHEN)

    def state_of(self, person: Person) -> list[str]:
        return list(Enrolment.objects.filter(person=person).values_list("state", flat=True))


def test_who_leaves_a_group_while_it_is_given_a_plan_does_not_keep_that() -> None:
    here = Unit()

    before_the_commit(here.assign, lambda: here.move(here.ann, into=None))

    assert here.state_of(here.ann) == ["withdrawn"]


@pytest.mark.postgres  # elsewhere a row that refers to another one waits for whoever holds that
def test_neither_of_the_two_is_ended_for_the_other_one_s_sake() -> None:
    here, begun = Unit(), []

    def leave() -> object:
        begun.append(here)
        return here.move(here.ann, into=None)

    before_the_commit(here.assign, leave)

    assert len(begun) == 1


def test_who_joins_a_group_while_it_is_given_its_first_plan_has_it_as_well() -> None:
    here, bob = Unit(), factories.make_person("Bob")

    before_the_commit(here.assign, lambda: here.move(bob, into=here.unit))

    assert here.state_of(bob) == ["active"]


def test_who_leaves_one_group_while_another_is_given_the_plan_keeps_it() -> None:
    here = Unit()
    here.assign()
    other = factories.make_rule(here.plan, factories.make_audience(here.ann))

    before_the_commit(lambda: here.assign(rules=[other]), lambda: here.move(here.ann, into=None))

    assert here.state_of(here.ann) == ["active"]


def test_who_moves_while_a_group_is_given_a_plan_counts_in_the_new_unit() -> None:
    here, there = Unit(), factories.make_unit()
    factories.make_rule(here.plan, factories.make_audience(here.ann))

    before_the_commit(here.assign, partial(change_person, here.ann, unit=there, **WHEN))

    assert EnrolmentPeriod.objects.get(is_open=True).unit == there
    assert TrainingRecord.objects.get().unit == there


def test_who_leaves_the_company_while_their_group_is_given_a_plan_is_not_left_with_it() -> None:
    here = Unit(on_leave="keep")
    yesterday = TODAY - timedelta(days=1)

    before_the_commit(here.assign, partial(change_person, here.ann, ends_on=yesterday, **WHEN))

    assert here.state_of(here.ann) == ["withdrawn"]


def test_nobody_is_left_with_work_of_an_initiative_that_is_cancelled_meanwhile() -> None:
    here = Unit()
    cancel = partial(move_initiative, here.initiative, to="cancelled", reason="x", **BY)

    before_the_commit(here.assign, cancel)

    assert here.state_of(here.ann) == ["withdrawn"]


def test_go_live_that_moves_while_a_plan_is_given_moves_its_dates_with_the_next_run() -> None:
    here = Unit(due_rule="before_go_live", due_days=5)
    later = partial(change_initiative, here.initiative, go_live_on=date(2026, 12, 14), **BY)
    another = Another(later)

    here.assign(tell=another.begin)
    another.result()

    plan = TrainingPlan.objects.get(pk=here.plan.pk)
    assert preview_assignment(plan=plan, today=TODAY).redated == 1


def test_who_is_given_a_plan_while_there_is_a_new_version_has_that_to_do() -> None:
    here = Unit()
    activity = here.plan.items.get().activity
    new = partial(raise_version, activity=activity, completed=OlderVersions.KEEP, **WHEN)

    before_the_commit(here.assign, new)

    assert TrainingRecord.objects.get().activity_version == 2


def test_a_plan_whose_last_activity_is_deleted_meanwhile_is_not_published() -> None:
    plan = factories.make_plan(factories.make_initiative(), state="draft")
    item = plan.items.get()

    published = before_the_commit(
        partial(delete_item, item, **BY), partial(move_plan, plan, to="published", **BY)
    )

    assert isinstance(published, MoveRefusedError)
    assert TrainingPlan.objects.get().state == "draft"


def test_a_session_that_is_sent_twice_at_once_is_one() -> None:
    lead = factories.make_person(login=True)
    initiative = factories.make_initiative(lead=lead)
    actor: Any = lead.user
    create = partial(
        create_session,
        initiative=initiative,
        activity=factories.make_activity(initiative),
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=2),
        timezone="UTC",
        actor=actor,
        now=NOW,
    )

    before_the_commit(create, create)

    assert Session.objects.count() == 1


class Answer:
    """A plan for an action, and an action that is deleted."""

    def __init__(self) -> None:
        initiative = factories.make_initiative()
        action = factories.make_action(initiative, sources=[factories.make_source(initiative)])
        draft = factories.make_plan(initiative, state="draft")
        self.delete = partial(delete_action, MitigationAction.objects.get(), **BY)
        self.plan: dict[str, Callable[[], object]] = {
            "a new plan": partial(
                create_plan, initiative=initiative, title="First week", action=action, **BY
            ),
            "another plan": partial(change_plan, draft, action=action, **BY),
        }


@pytest.mark.parametrize("which", ["a new plan", "another plan"])
def test_an_action_that_a_plan_is_just_for_is_kept(which: str) -> None:
    answer = Answer()

    deleted = before_the_commit(answer.plan[which], answer.delete)

    assert isinstance(deleted, InUseError)


@pytest.mark.parametrize("which", ["a new plan", "another plan"])
def test_no_plan_is_for_an_action_that_is_just_deleted(which: str) -> None:
    answer = Answer()

    planned = before_the_commit(answer.delete, answer.plan[which])

    assert isinstance(planned, StaleRowError)


@pytest.mark.postgres  # elsewhere a row that refers to another one waits for whoever holds that
def test_a_plan_and_an_action_against_the_same_resistance_do_not_wait_for_each_other() -> None:
    initiative, begun = factories.make_initiative(), []
    sources = [factories.make_source(initiative)]
    of: dict[str, Any] = {"initiative": initiative, "sources": sources, "title": "Listen", **BY}

    def act() -> object:
        begun.append(sources)
        return plan_action(kind="coaching", **of)

    before_the_commit(partial(create_plan, **of), act)

    assert len(begun) == 1
