"""Changing a plan that people have: what happens to whom, said before and then done."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import AudienceMember, Person
from change_tracker.people.services.persons import change_person
from change_tracker.progress.queries import measures
from change_tracker.training.errors import (
    CannotUndoError,
    LastItemError,
    PeopleChangedError,
    PlanClosedError,
)
from change_tracker.training.models import (
    Enrolment,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    Revision,
    Wanted,
    ask_for_time,
    assign_plan,
    complete_record,
    leave_plans,
    preview_revision,
    recertify,
    revise_plan,
    revoke_completion,
    undo_completion,
)
from change_tracker.training.services.revisions import changed, shifted, without
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

CONTEXT: Any = {"today": TODAY, "now": NOW}


@pytest.fixture
def plan() -> TrainingPlan:
    """Listen and Book for three of *Crews*, within ten days of joining; nobody has begun."""
    initiative = factories.make_initiative()
    activities = [factories.make_activity(initiative, title=name) for name in ("Listen", "Book")]
    plan = factories.make_plan(initiative, items=activities)
    people = [factories.make_person(f"Learner {n}", login=True) for n in range(3)]
    group = factories.make_audience(*people, joined_on=TODAY)
    factories.make_rule(plan, group, due_rule="joined_group", due_days=10)
    assign_plan(plan=plan, actor=None, **CONTEXT)
    return plan


@pytest.fixture
def ride(plan: TrainingPlan) -> Any:
    return factories.make_activity(plan.initiative, title="Ride along")


def items_of(plan: TrainingPlan) -> list[PlanItem]:
    return list(plan.items.in_force().select_related("activity"))


def item(plan: TrainingPlan, title: str) -> PlanItem:
    return plan.items.select_related("activity").get(activity__title=title)


def now_wanted(plan: TrainingPlan) -> list[Wanted]:
    return [Wanted.of(each) for each in items_of(plan)]


def revise(plan: TrainingPlan, items: list[Wanted], **values: Any) -> Revision:
    """What the page does: look, then do exactly that."""
    before = list(TrainingRecord.objects.order_by("pk").values())
    shown = preview_revision(plan=plan, items=items, **CONTEXT)
    assert list(TrainingRecord.objects.order_by("pk").values()) == before
    done = revise_plan(
        plan=plan,
        items=items,
        expected=shown.digest,
        **{"actor": None, **CONTEXT, **values},
    )
    assert replace(done, reopened=0) == shown
    plan.refresh_from_db()
    return done


def person(number: int) -> Person:
    return Person.objects.get(display_name=f"Learner {number}")


def record(number: int, title: str) -> TrainingRecord:
    rows = TrainingRecord.objects.filter(activity__title=title, person=person(number))
    found = rows.order_by("attempt").last()
    assert found is not None
    return found


def complete(number: int, *titles: str) -> None:
    user: Any = person(number).user
    for title in titles:
        complete_record(record=record(number, title), actor=user, **CONTEXT)


def add_members(plan: TrainingPlan, *people: Person) -> None:
    audience = plan.audiences.get().audience
    for each in people:
        AudienceMember.objects.create(audience=audience, person=each, joined_on=TODAY)


def state_of(number: int) -> str:
    return Enrolment.objects.get(person=person(number)).state


def test_who_has_work_ahead_gets_what_is_new_and_who_had_finished_stays_finished(
    plan: TrainingPlan, ride: Any
) -> None:
    complete(0, "Listen", "Book")

    done = revise(plan, [*now_wanted(plan), Wanted(activity=ride)])

    assert [(each.title, each.people) for each in done.added] == [("Ride along", 2)]
    assert (done.people, done.finished, done.reopened) == (2, 1, 0)
    assert (plan.revision, done.revision) == (2, 2)
    assert [each.activity.title for each in items_of(plan)] == ["Listen", "Book", "Ride along"]
    fresh = record(1, "Ride along")
    assert (fresh.opens_on, fresh.due_on) == (TODAY, TODAY + timedelta(days=10))
    assert (fresh.due_rule, fresh.due_days, fresh.attempt) == ("joined_group", 10, 1)
    assert state_of(0) == "completed"
    assert not TrainingRecord.objects.filter(person=person(0), activity=ride).exists()


def test_who_had_finished_gets_it_only_when_that_is_asked_for(
    plan: TrainingPlan, ride: Any
) -> None:
    complete(0, "Listen", "Book")
    before = list(TrainingRecord.objects.filter(state="completed").order_by("pk").values())

    done = revise(plan, [*now_wanted(plan), Wanted(activity=ride)], reopen=True)

    assert (done.finished, done.reopened) == (1, 1)
    assert state_of(0) == "active"
    assert record(0, "Ride along").state == "not_started"
    assert Enrolment.objects.get(person=person(0)).due_revision == 2
    done_records = TrainingRecord.objects.filter(state="completed").order_by("pk").values()
    assert list(done_records) == before
    complete(0, "Ride along")
    assert state_of(0) == "completed"


def test_what_is_optional_reopens_nobody(plan: TrainingPlan, ride: Any) -> None:
    complete(0, "Listen", "Book")

    done = revise(plan, [*now_wanted(plan), Wanted(activity=ride, is_required=False)], reopen=True)

    assert (done.added[0].people, done.finished, done.reopened) == (2, 0, 0)
    assert state_of(0) == "completed"


def test_what_is_taken_out_is_no_longer_needed_where_it_is_not_done(plan: TrainingPlan) -> None:
    complete(0, "Book")
    complete(1, "Listen")
    asking: Any = record(2, "Book").person.user
    wanted_on = TODAY + timedelta(days=20)
    ask_for_time(record=record(2, "Book"), wanted_on=wanted_on, reason="x", actor=asking, **CONTEXT)

    done = revise(plan, without(items_of(plan), item(plan, "Book")))

    assert [(each.title, each.people, each.kept) for each in done.removed] == [("Book", 2, 1)]
    assert done.finishing == 1
    assert [record(n, "Book").state for n in range(3)] == ["completed", "void", "void"]
    assert record(2, "Book").left_on == TODAY
    assert [state_of(n) for n in range(3)] == ["active", "completed", "active"]
    assert record(2, "Book").extensions.get().state == "withdrawn"
    assert [each.activity.title for each in items_of(plan)] == ["Listen"]


def test_figures_of_the_past_do_not_change_when_an_item_comes_and_goes(plan: TrainingPlan) -> None:
    TrainingRecord.objects.update(due_on=TODAY - timedelta(days=2))
    days = [TODAY - timedelta(days=n) for n in (3, 2, 1)]
    Enrolment.objects.update(assigned_on=days[0])
    said = [measures(plan.initiative, day) for day in days]
    book = item(plan, "Book")

    revise(plan, without(items_of(plan), book))
    revise(plan, [*now_wanted(plan), Wanted(activity=book.activity)])

    assert [measures(plan.initiative, day) for day in days] == said
    assert measures(plan.initiative, TODAY).due == 3
    fresh = record(0, "Book")
    assert (fresh.attempt, fresh.state, fresh.item_id) == (2, "not_started", book.pk)
    assert TrainingRecord.objects.get(person=person(0), item=book, attempt=1).state == "void"
    assert plan.revision == 3


def test_who_has_it_done_keeps_it_when_an_item_comes_back(plan: TrainingPlan) -> None:
    complete(0, "Book")
    book = item(plan, "Book")
    revise(plan, without(items_of(plan), book))

    done = revise(plan, [*now_wanted(plan), Wanted(activity=book.activity)])

    assert done.added[0].people == 2
    assert record(0, "Book").state == "completed"
    assert record(0, "Book").attempt == 1


def test_required_and_optional_change_places(plan: TrainingPlan) -> None:
    complete(0, "Listen")

    done = revise(plan, changed(items_of(plan), item(plan, "Book"), is_required=False))

    assert [(each.title, each.people) for each in done.now_optional] == [("Book", 3)]
    assert done.finishing == 1
    assert state_of(0) == "completed"
    assert record(0, "Book").is_open()

    again = revise(plan, changed(items_of(plan), item(plan, "Book"), is_required=True))

    assert (again.now_required[0].people, again.finished) == (2, 1)
    assert state_of(0) == "completed"
    assert record(0, "Book").state == "void"


def test_who_left_after_finishing_is_not_asked_for_what_becomes_required(
    plan: TrainingPlan,
) -> None:
    revise(plan, changed(items_of(plan), item(plan, "Book"), is_required=False))
    user: Any = person(0).user
    complete_record(record=record(0, "Listen"), actor=user, **CONTEXT)
    yesterday = TODAY - timedelta(days=1)
    change_person(person(0), ends_on=yesterday, actor=factories.make_user(), **CONTEXT)
    assert record(0, "Book").state == "void"

    revise(plan, changed(items_of(plan), item(plan, "Book"), is_required=True), reopen=True)
    change_person(person(0), ends_on=None, actor=factories.make_user(), **CONTEXT)

    assert record(0, "Book").state == "void"
    assert Enrolment.objects.get(person=person(0)).state == "completed"


def test_what_was_optional_is_asked_of_those_who_had_finished_when_they_are_reopened(
    plan: TrainingPlan,
) -> None:
    plan.items.filter(activity__title="Book").update(is_required=False)
    complete(0, "Listen")

    done = revise(plan, changed(items_of(plan), item(plan, "Book"), is_required=True), reopen=True)

    assert (done.finished, done.reopened) == (1, 1)
    assert state_of(0) == "active"
    assert record(0, "Book").is_open()


def test_another_due_rule_gives_open_work_another_date(plan: TrainingPlan) -> None:
    complete(0, "Book")
    TrainingRecord.objects.filter(pk=record(2, "Book").pk).update(is_extended=True)
    kept = record(2, "Book").due_on

    wanted = changed(items_of(plan), item(plan, "Book"), due_rule="assigned", due_days=4)
    done = revise(plan, wanted)

    assert [(each.title, each.people) for each in done.redated] == [("Book", 1)]
    fresh = record(1, "Book")
    assert (fresh.due_on, fresh.due_revision) == (TODAY + timedelta(days=4), 2)
    assert record(2, "Book").due_on == kept
    assert record(0, "Book").due_revision == 1


def test_another_due_rule_leaves_a_date_that_no_rule_gave(plan: TrainingPlan) -> None:
    complete(0, "Book")
    complete(1, "Book")
    chosen, expires = TODAY + timedelta(days=33), TODAY + timedelta(days=20)
    lead: Any = factories.make_user()
    revoke_completion(record=record(0, "Book"), reason="x", due_on=chosen, actor=lead, **CONTEXT)
    TrainingRecord.objects.filter(pk=record(1, "Book").pk).update(expires_on=expires)
    recertify(**CONTEXT)

    for rule in ({"due_rule": "assigned", "due_days": 4}, {"due_rule": "", "due_days": None}):
        done = revise(plan, changed(items_of(plan), item(plan, "Book"), **rule))

        assert [(each.title, each.people) for each in done.redated] == [("Book", 1)]
        assert (record(0, "Book").due_on, record(0, "Book").attempt) == (chosen, 2)
        assert (record(1, "Book").due_on, record(1, "Book").attempt) == (expires, 2)


def test_another_order_reaches_those_who_do_one_after_the_other(plan: TrainingPlan) -> None:
    TrainingPlan.objects.update(is_sequential=True)
    TrainingRecord.objects.filter(activity__title="Book").update(opens_on=None)

    done = revise(plan, shifted(items_of(plan), item(plan, "Book"), by=-1))

    assert done.is_reordered
    assert [each.position for each in items_of(plan)] == [1, 2]
    assert record(0, "Book").opens_on == TODAY
    assert record(0, "Listen").opens_on is None


def test_in_a_sequential_plan_what_is_new_waits_for_its_turn(plan: TrainingPlan, ride: Any) -> None:
    TrainingPlan.objects.update(is_sequential=True)
    complete(0, "Listen")

    first, second = now_wanted(plan)
    revise(plan, [first, Wanted(activity=ride), second])

    assert record(0, "Ride along").opens_on == TODAY
    assert record(1, "Ride along").opens_on is None
    assert record(0, "Book").opens_on is None


def test_a_new_activity_is_made_with_the_revision_only(plan: TrainingPlan) -> None:
    new = Wanted(activity=None, new_activity={"title": "Brand new", "minutes": 5})

    done = revise(plan, [*now_wanted(plan), new])

    assert done.added[0].title == "Brand new"
    assert record(1, "Brand new").activity.initiative == plan.initiative


def test_nothing_to_change_writes_nothing(plan: TrainingPlan) -> None:
    events = AuditEvent.objects.count()

    done = revise_plan(plan=plan, items=now_wanted(plan), actor=None, **CONTEXT)

    assert done.is_nothing()
    assert plan.revision == TrainingPlan.objects.get().revision == 1
    assert AuditEvent.objects.count() == events


def test_it_does_what_was_shown_or_nothing(plan: TrainingPlan, ride: Any) -> None:
    items = [*now_wanted(plan), Wanted(activity=ride)]
    shown = preview_revision(plan=plan, items=items, **CONTEXT)
    complete(0, "Listen", "Book")

    with pytest.raises(PeopleChangedError):
        revise_plan(plan=plan, items=items, actor=None, expected=shown.digest, **CONTEXT)

    assert plan.items.count() == 2
    assert TrainingPlan.objects.get().revision == 1


def test_a_draft_and_an_archived_plan_have_no_revisions(plan: TrainingPlan, ride: Any) -> None:
    for state in ("draft", "archived"):
        TrainingPlan.objects.update(state=state)
        with pytest.raises(PlanClosedError):
            revise_plan(plan=plan, items=[Wanted(activity=ride)], actor=None, **CONTEXT)


def test_what_cannot_be_is_refused(plan: TrainingPlan, ride: Any) -> None:
    foreign = factories.make_activity(factories.make_initiative())
    with pytest.raises(LastItemError):
        revise_plan(plan=plan, items=[], actor=None, **CONTEXT)
    for items in (
        [Wanted(activity=ride), Wanted(activity=ride)],
        [Wanted(activity=foreign)],
        [Wanted(activity=ride, due_rule="fixed")],
    ):
        with pytest.raises(ValidationError):
            revise_plan(plan=plan, items=items, actor=None, **CONTEXT)


def test_who_comes_back_gets_what_is_new_and_not_what_was_taken_out(
    plan: TrainingPlan, ride: Any
) -> None:
    leave_plans(Enrolment.objects.filter(person=person(0)), reason="x", actor=None, **CONTEXT)
    listen, _book = items_of(plan)
    revise(plan, [Wanted.of(listen), Wanted(activity=ride)])
    assert not TrainingRecord.objects.filter(person=person(0), activity=ride).exists()

    assign_plan(plan=plan, actor=None, **CONTEXT)

    assert record(0, "Ride along").is_open()
    assert record(0, "Listen").is_open()
    assert record(0, "Book").state == "void"
    assert state_of(0) == "active"


def test_who_joins_later_gets_the_items_of_today(plan: TrainingPlan, ride: Any) -> None:
    listen, _book = items_of(plan)
    revise(plan, [Wanted.of(listen), Wanted(activity=ride)])
    newcomer = factories.make_person("Learner 9")
    add_members(plan, newcomer)

    assign_plan(plan=plan, actor=None, **CONTEXT)

    mine = TrainingRecord.objects.filter(person=newcomer)
    assert sorted(mine.values_list("activity__title", flat=True)) == ["Listen", "Ride along"]


def test_a_completion_of_what_was_taken_out_stays_and_is_not_undone(plan: TrainingPlan) -> None:
    complete(0, "Book")
    revise(plan, without(items_of(plan), item(plan, "Book")))
    user: Any = person(0).user

    with pytest.raises(CannotUndoError):
        undo_completion(record=record(0, "Book"), actor=user, **CONTEXT)


def test_a_completion_of_what_was_taken_out_is_revoked_without_asking_again(
    plan: TrainingPlan,
) -> None:
    complete(0, "Listen", "Book")
    revise(plan, without(items_of(plan), item(plan, "Book")))
    hr = factories.make_user()

    fresh = revoke_completion(record=record(0, "Book"), reason="Not theirs", actor=hr, **CONTEXT)

    assert fresh.state == "void"
    assert state_of(0) == "completed"


@pytest.mark.exhaustive
def test_its_cost_does_not_grow_with_people(plan: TrainingPlan, ride: Any) -> None:
    costs = []
    for more in (0, 20):
        add_members(plan, *[factories.make_person() for _ in range(more)])
        assign_plan(plan=plan, actor=None, **CONTEXT)
        items = [*now_wanted(plan)[1:], Wanted(activity=ride)]
        with CaptureQueriesContext(connection) as queries:
            preview_revision(plan=plan, items=items, **CONTEXT)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_history_says_what_was_revised(plan: TrainingPlan, ride: Any) -> None:
    hr = factories.make_user("ana")
    revise(plan, [*now_wanted(plan), Wanted(activity=ride)], actor=hr)

    event = AuditEvent.objects.get(verb="revised")
    assert event.actor_label == "ana"
    assert event.changes["revision"] == 2
    assert event.changes["added"] == 3
