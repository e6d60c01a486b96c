"""Training in any order of events: what must always hold is asked after each of them.

A run tries a dozen histories; `CHANGE_TRACKER_HISTORIES=5000 make test ARGS="-k any_order"` tries
as many as a night has time for.
"""

import os
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.people.services.persons import change_person
from change_tracker.progress.queries import Measures, measures
from change_tracker.training.errors import (
    AlreadyAskedError,
    CannotUndoError,
    NotInGroupError,
    NotOpenError,
)
from change_tracker.training.models import (
    Enrolment,
    ExtensionRequest,
    PlanAudience,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    ask_for_time,
    assign_plan,
    change_rule,
    complete_record,
    enrol_again,
    grant_time,
    refuse_time,
    undo_completion,
    waive_record,
    withdraw_enrolment,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HISTORIES = int(os.environ.get("CHANGE_TRACKER_HISTORIES", "12"))
STEPS = 30
FIRST_DAY = date(2026, 11, 2)
ITEMS = 3
UNITS = ("repairs", "billing", "elsewhere")
someone = st.integers(0, 2)
some_item = st.integers(0, ITEMS - 1)


class Training(RuleBasedStateMachine):
    """Three people, two of three units with the plan, and whatever may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.today = FIRST_DAY
        #: by record: what was written when it was marked as done, as long as nobody took it back
        self.done: dict[int, tuple[date, datetime, int]] = {}
        #: by record: the date that somebody granted
        self.granted: dict[int, date] = {}
        #: what was said of each day when it was over, as long as no date was changed since
        self.said: dict[date, Measures] = {}
        self.dates: dict[int, date | None] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(9), UTC)

    @property
    def context(self) -> dict[str, Any]:
        return {"today": self.today, "now": self.now}

    @initialize()
    def begin(self) -> None:
        units = [factories.make_unit(name) for name in UNITS]
        self.hr = factories.make_user("ana-hr", "manage_people")
        factories.make_person("Ana", login=self.hr)
        self.people = [
            factories.make_person(f"Learner {n}", unit=unit, login=True)
            for n, unit in enumerate(units)
        ]
        self.units = units
        self.initiative = factories.make_initiative()
        self.plan = factories.make_plan(self.initiative, items=ITEMS)
        PlanItem.objects.filter(plan=self.plan, position=ITEMS).update(is_required=False)
        self.groups = [
            factories.make_audience(person, unit=unit, joined_on=FIRST_DAY)
            for person, unit in zip(self.people[:2], units[:2], strict=True)
        ]
        fixed, joining = self.groups
        factories.make_rule(self.plan, fixed, due_rule="fixed", due_on=date(2026, 11, 20))
        factories.make_rule(self.plan, joining, due_rule="joined_group", due_days=10)
        self.assign()

    # What happens.

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.said[self.today] = measures(self.initiative, self.today)
            self.today += timedelta(days=1)

    @rule()
    def assign(self) -> None:
        plan = TrainingPlan.objects.get(pk=self.plan.pk)
        assign_plan(plan=plan, actor=self.hr, **self.context)

    @rule(days=st.integers(-5, 40))
    def move_the_date(self, days: int) -> None:
        row = PlanAudience.objects.get(plan=self.plan, due_rule="fixed")
        due_on = self.today + timedelta(days=days)
        change_rule(row, actor=self.hr, now=self.now, due_on=due_on)
        self.assign()

    @rule(who=someone, unit=st.integers(0, 2))
    def move_unit(self, who: int, unit: int) -> None:
        change_person(self._person(who), unit=self.units[unit], actor=self.hr, **self.context)

    @rule(who=someone)
    def leave_the_company(self, who: int) -> None:
        yesterday = self.today - timedelta(days=1)
        change_person(self._person(who), ends_on=yesterday, actor=self.hr, **self.context)

    @rule(who=someone)
    def come_back(self, who: int) -> None:
        change_person(self._person(who), ends_on=None, actor=self.hr, **self.context)

    @rule(who=someone, item=some_item, days_ago=st.integers(0, 3), by_hr=st.booleans())
    def complete(self, who: int, item: int, days_ago: int, *, by_hr: bool) -> None:
        record = self._record(who, item)
        if record is None:
            return
        was_done, was_open = record.pk in self.done, record.is_open()
        actor = self.hr if by_hr else self._person(who).user
        assert actor is not None
        day = self.today - timedelta(days=days_ago)
        try:
            done = complete_record(record=record, completed_on=day, actor=actor, **self.context)
        except NotOpenError:
            assert not was_open
            assert not was_done
            return
        assert was_open or was_done
        if was_open:
            assert done.completed_on
            assert done.completed_at
            assert done.completed_by_id
            self.done[done.pk] = (done.completed_on, done.completed_at, done.completed_by_id)
            for past in [past for past in self.said if past >= day]:
                del self.said[past]

    @rule(who=someone, item=some_item, by_hr=st.booleans())
    def take_back(self, who: int, item: int, *, by_hr: bool) -> None:
        record = self._record(who, item)
        if record is None or record.is_open():
            return
        actor = self.hr if by_hr else self._person(who).user
        assert actor is not None
        try:
            undo_completion(record=record, actor=actor, **self.context)
        except CannotUndoError:
            return
        _day, at, by = self.done.pop(record.pk)
        assert by == Person.objects.get(user=actor).pk
        assert (self.today - at.date()).days <= 30
        self.said.clear()

    @rule(who=someone, item=some_item)
    def exempt(self, who: int, item: int) -> None:
        record = self._record(who, item)
        if record is not None and record.is_open():
            waive_record(record=record, reason="On leave", actor=self.hr, **self.context)

    @rule(who=someone)
    def withdraw(self, who: int) -> None:
        for enrolment in self._enrolments(who):
            withdraw_enrolment(enrolment=enrolment, reason="", actor=self.hr, **self.context)

    @rule(who=someone)
    @precondition(lambda self: self.today > FIRST_DAY)
    def put_back(self, who: int) -> None:
        for enrolment in self._enrolments(who):
            try:
                enrol_again(enrolment=enrolment, actor=self.hr, **self.context)
            except NotInGroupError:
                assert not self._groups_of(self._person(who))

    @rule(who=someone, item=some_item, days=st.integers(1, 30))
    def ask_for_time(self, who: int, item: int, days: int) -> None:
        record = self._record(who, item)
        if record is None or record.due_on is None:
            return
        actor, wanted_on = self._person(who).user, record.due_on + timedelta(days=days)
        assert actor is not None
        try:
            ask_for_time(
                record=record, wanted_on=wanted_on, reason="Leave", actor=actor, **self.context
            )
        except (NotOpenError, AlreadyAskedError, ValidationError):
            waits = record.extensions.waiting().exists()
            assert not record.is_open() or waits or wanted_on < self.today

    @rule(grant=st.booleans())
    def answer(self, *, grant: bool) -> None:
        request = ExtensionRequest.objects.waiting().order_by("pk").first()
        if request is None:
            return
        day = max(request.wanted_on, self.today, request.record.due_on or FIRST_DAY)
        if not grant:
            refuse_time(request=request, answer="No", actor=self.hr, **self.context)
        elif day != request.record.due_on:
            grant_time(request=request, due_on=day, actor=self.hr, **self.context)
            self.granted[request.record_id] = day

    # What must hold.

    @invariant()
    def everyone_is_enrolled_once(self) -> None:
        people = list(Enrolment.objects.values_list("person", flat=True))
        assert len(people) == len(set(people))

    @invariant()
    def what_is_done_stays(self) -> None:
        rows = TrainingRecord.objects.filter(state="completed")
        found = {row.pk: (row.completed_on, row.completed_at, row.completed_by_id) for row in rows}
        assert found == self.done

    @invariant()
    def only_members_of_a_group_are_asked(self) -> None:
        for enrolment in Enrolment.objects.filter(periods__is_open=True):
            groups = self._groups_of(enrolment.person)
            assert groups
            reasons = enrolment.reasons.values_list("plan_audience__audience", flat=True)
            assert set(reasons) == groups

    @invariant()
    def an_enrolment_follows_its_records(self) -> None:
        for enrolment in Enrolment.objects.all():
            records = enrolment.records.all()
            to_do = [row for row in records if row.is_open()]
            required = [row for row in to_do if row.item.is_required]
            in_force = enrolment.periods.open().exists()
            if enrolment.state == "active":
                assert in_force
                assert required
            elif enrolment.state == "completed":
                assert not required
            else:
                assert not in_force
            assert in_force or not required

    @invariant()
    def what_is_to_be_done_has_a_date_that_can_be_kept(self) -> None:
        for record in TrainingRecord.objects.outstanding().filter(enrolment__state="active"):
            assert record.due_on is not None
            assert record.enrolment.assigned_on is not None
            assert record.due_on > record.enrolment.assigned_on

    @invariant()
    def who_was_given_more_time_keeps_it(self) -> None:
        for record in TrainingRecord.objects.outstanding().filter(pk__in=list(self.granted)):
            assert record.due_on is not None
            assert record.due_on >= self.granted[record.pk]

    @invariant()
    def only_open_work_waits_for_an_answer(self) -> None:
        for request in ExtensionRequest.objects.waiting().select_related("record"):
            assert request.record.is_open()

    @invariant()
    def periods_follow_each_other(self) -> None:
        periods = defaultdict(list)
        for enrolment in Enrolment.objects.prefetch_related("periods"):
            periods[enrolment.pk] = list(enrolment.periods.order_by("from_on", "pk"))
        for each in periods.values():
            for earlier, later in pairwise(each):
                assert earlier.to_on is not None
                assert earlier.to_on <= later.from_on

    @invariant()
    def history_tells_how_it_came_to_this(self) -> None:
        for name, rows in (("trainingrecord", TrainingRecord), ("enrolment", Enrolment)):
            events = AuditEvent.objects.filter(object_type=name).exclude(to_state="")
            last = dict(events.order_by("pk").values_list("object_id", "to_state"))
            for pk, state in rows.objects.values_list("pk", "state"):
                first = "not_started" if name == "trainingrecord" else "active"
                assert last.get(str(pk), first) == state

    @invariant()
    def figures_are_those_of_the_rows(self) -> None:
        assert measures(self.initiative, self.today) == self._counted(self.today)

    @invariant()
    def what_was_said_of_the_past_holds(self) -> None:
        before, self.dates = self.dates, dict(TrainingRecord.objects.values_list("pk", "due_on"))
        if any(self.dates[pk] != due_on for pk, due_on in before.items()):
            self.said.clear()
        for day, said in list(self.said.items())[-3:]:
            assert measures(self.initiative, day) == said, day

    # How to look.

    def _person(self, who: int) -> Person:
        return Person.objects.select_related("user", "unit").get(pk=self.people[who].pk)

    def _enrolments(self, who: int) -> list[Enrolment]:
        return list(Enrolment.objects.filter(person=self.people[who]).select_related("person"))

    def _record(self, who: int, item: int) -> TrainingRecord | None:
        rows = TrainingRecord.objects.filter(person=self.people[who], item__position=item + 1)
        return rows.first()

    def _groups_of(self, person: Person) -> set[int]:
        """The groups of the plan that somebody belongs to by unit, as long as they work here."""
        if person.ends_on is not None and person.ends_on < self.today:
            return set()
        pairs = zip(self.units, self.groups, strict=False)
        return {group.pk for unit, group in pairs if unit.pk == person.unit_id}

    def _counted(self, day: date) -> Measures:
        """The measures by their definition, row by row."""
        enrolled = due = completed = on_time = overdue = 0
        for enrolment in Enrolment.objects.prefetch_related("periods", "records"):
            if not any(each.from_on <= day and each.is_open for each in enrolment.periods.all()):
                continue
            enrolled += 1
            for row in enrolment.records.all():
                if row.left_on is not None or row.due_on is None or row.due_on > day:
                    continue
                due += 1
                completed += row.completed_on is not None
                on_time += row.completed_on is not None and row.completed_on <= row.due_on
                overdue += row.completed_on is None and row.due_on < day
        return Measures(
            enrolled=enrolled, due=due, completed=completed, on_time=on_time, overdue=overdue
        )


def test_in_any_order_what_must_hold_holds() -> None:
    run_state_machine_as_test(
        Training,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
