"""Training in any order of events: what must always hold is asked after each of them.

A run tries a dozen histories; `CHANGE_TRACKER_HISTORIES=5000 make test ARGS="-k any_order"` tries
as many as a night has time for.
"""

import os
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
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
from change_tracker.core.tables import table_of
from change_tracker.people.models import Person
from change_tracker.people.services.persons import change_person
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    apply_people,
    plan_people,
    read_roster,
)
from change_tracker.progress.queries import Measures, measures
from change_tracker.training.errors import (
    AlreadyAskedError,
    CannotUndoError,
    NotAttestedError,
    NotInGroupError,
    NotOpenError,
)
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    ExtensionRequest,
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    OlderVersions,
    Wanted,
    ask_for_time,
    assign_plan,
    change_rule,
    complete_record,
    enrol_again,
    grant_time,
    preview_removal,
    preview_revision,
    preview_version,
    raise_version,
    recertify,
    record_attendance,
    record_for_others,
    refuse_time,
    remove_rule,
    revise_plan,
    revoke_completion,
    undo_completion,
    undo_for_others,
    waive_record,
    withdraw_enrolment,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.exhaustive]

HISTORIES = int(os.environ.get("CHANGE_TRACKER_HISTORIES", "12"))
STEPS = 30
FIRST_DAY = date(2026, 11, 2)
ITEMS = 3
UNITS = ("repairs", "billing", "elsewhere")
#: Of those who can sign in, and of all: the last one cannot.
someone = st.integers(0, 2)
anyone = st.integers(0, 3)
#: One more activity than the plan has at first: a revision may add it.
some_item = st.integers(0, ITEMS)
some_items = st.permutations(range(ITEMS + 1)).flatmap(
    lambda order: st.integers(1, ITEMS + 1).map(lambda count: order[:count])
)


class Training(RuleBasedStateMachine):
    """Four people, two of three units with the plan, and whatever may happen to them.

    One of them cannot sign in, so others record for them. The activity that a revision may add is
    done by being at its session.
    """

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
        #: enrolments that were left finished by some revision: they need not have all of it
        self.stayed_finished: set[int] = set()
        #: records of people who were out of the plan when their completion was revoked
        self.born_void: set[int] = set()

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
        self.people.append(factories.make_person("Carl", unit=units[0], email=""))
        self.units = units
        self.initiative = factories.make_initiative()
        self.activities = [
            factories.make_activity(self.initiative, valid_months=months)
            for months in (3, *[None] * ITEMS)
        ]
        attended = self.activities[ITEMS]
        LearningActivity.objects.filter(pk=attended.pk).update(completion_rule="attendance")
        attended.refresh_from_db()
        begins = {"starts_at": self.now - timedelta(hours=1), "ends_at": self.now}
        self.session = factories.make_session(self.initiative, attended, **begins)
        self.plan = factories.make_plan(self.initiative, items=self.activities[:ITEMS])
        PlanItem.objects.filter(plan=self.plan, position=ITEMS).update(is_required=False)
        self.groups = [
            factories.make_audience(*people, unit=unit, joined_on=FIRST_DAY)
            for people, unit in (
                ((self.people[0], self.people[3]), units[0]),
                ((self.people[1],), units[1]),
            )
        ]
        # Whoever is in it has the plan by two groups, and by one of them after moving.
        self.listed = factories.make_audience(self.people[0], joined_on=FIRST_DAY)
        fixed, joining = self.groups
        factories.make_rule(self.plan, fixed, due_rule="fixed", due_on=date(2026, 11, 20))
        factories.make_rule(self.plan, joining, due_rule="joined_group", due_days=10)
        factories.make_rule(self.plan, self.listed, due_rule="assigned", due_days=40)
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

    @rule()
    def take_a_group_out_and_add_it_again(self) -> None:
        """Exactly as shown: whoever has the plan by it alone loses it, nobody else."""
        row = PlanAudience.objects.select_related("audience").get(plan=self.plan, due_rule="fixed")
        running = Enrolment.objects.filter(periods__is_open=True)
        by_others = EnrolmentReason.objects.holding().exclude(plan_audience=row)
        others = set(running.filter(pk__in=by_others.values("enrolment")).values_list("pk"))
        shown = preview_removal(rule=row, today=self.today)
        done = remove_rule(rule=row, expected=shown.digest, actor=self.hr, **self.context)
        assert done == shown
        assert set(running.values_list("pk")) == others
        factories.make_rule(self.plan, row.audience, due_rule="fixed", due_on=row.due_on)
        self.assign()

    @rule(who=anyone, unit=st.integers(0, 2))
    def move_unit(self, who: int, unit: int) -> None:
        """Whoever goes from one group to the other keeps what waits for an answer."""
        person = self._person(who)
        was_asked, waiting = self._groups_of(person), self._waiting(person)
        change_person(person, unit=self.units[unit], actor=self.hr, **self.context)
        if was_asked and self._groups_of(person):
            assert self._waiting(person) == waiting

    @rule(who=anyone)
    def leave_the_company(self, who: int) -> None:
        yesterday = self.today - timedelta(days=1)
        change_person(self._person(who), ends_on=yesterday, actor=self.hr, **self.context)

    @rule(who=anyone)
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
        except NotAttestedError:
            assert item == ITEMS
            return
        assert was_open or was_done
        if was_open:
            self._note_done([done.pk], day)

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

    @rule(item=some_item, days_ago=st.integers(0, 3))
    def record_for_others(self, item: int, days_ago: int) -> None:
        """For everybody at once: it reaches who cannot sign in, and nobody else."""
        day = self.today - timedelta(days=days_ago)
        rows = TrainingRecord.objects.filter(activity=self.activities[item])
        carl, open_ones = self.people[3], set(rows.outstanding().values_list("pk", flat=True))
        done = record_for_others(rows, completed_on=day, actor=self.hr, **self.context)
        mine = set(rows.filter(person=carl).values_list("pk", flat=True)) & open_ones
        assert set(done.recorded) == (set() if item == ITEMS else mine)
        self._note_done(done.recorded, day)

    @rule(item=some_item)
    def take_back_for_others(self, item: int) -> None:
        rows = TrainingRecord.objects.filter(activity=self.activities[item])
        try:
            undone = undo_for_others(rows, actor=self.hr, **self.context)
        except CannotUndoError:
            return
        hr = Person.objects.get(user=self.hr).pk
        for pk in undone:
            _day, at, by = self.done.pop(pk)
            assert by == hr
            assert (self.today - at.date()).days <= 30
        self.said.clear()

    @rule(there=st.sets(anyone), gone=st.sets(anyone))
    def attend(self, there: set[int], gone: set[int]) -> None:
        """Somebody was at the session, or was not after all."""
        sent: dict[str, Any] = {
            "attended": [self.people[who].pk for who in there],
            "absent": [self.people[who].pk for who in gone - there],
        }
        by: dict[str, Any] = {"reason": "Wrong list", "actor": self.hr, **self.context}
        done = record_attendance(self.session, **sent, **by)
        for pk in done.reopened:
            self.done.pop(pk)
        for fresh in TrainingRecord.objects.filter(pk__in=done.revoked):
            self._note_revoked(fresh)
        self._note_done(done.completed, FIRST_DAY)
        known = dict(self.session.attendances.values_list("person", "attended"))
        left_out = set(done.left_out)
        assert all(known[pk] for pk in sent["attended"] if pk not in left_out)
        assert not any(known[pk] for pk in sent["absent"] if pk not in left_out)
        again = record_attendance(self.session, **sent, **by)
        assert not any((again.noted, again.completed, again.reopened, again.revoked))

    @rule(who=anyone, item=some_item)
    def exempt(self, who: int, item: int) -> None:
        record = self._record(who, item)
        if record is not None and record.is_open():
            waive_record(record=record, reason="On leave", actor=self.hr, **self.context)

    @rule(who=anyone)
    def withdraw(self, who: int) -> None:
        for enrolment in self._enrolments(who):
            withdraw_enrolment(enrolment=enrolment, reason="", actor=self.hr, **self.context)

    @rule(who=anyone)
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

    @rule(items=some_items, optional=some_item, reopen=st.booleans())
    def revise(self, items: list[int], optional: int, *, reopen: bool) -> None:
        wanted = [
            Wanted(activity=self.activities[item], is_required=item != optional) for item in items
        ]
        before = dict(Enrolment.objects.values_list("pk", "state"))
        shown = preview_revision(plan=self.plan, items=wanted, **self.context)
        done = revise_plan(
            plan=self.plan,
            items=wanted,
            reopen=reopen,
            expected=shown.digest or None,
            actor=self.hr,
            **self.context,
        )
        assert replace(done, reopened=0) == shown
        self.stayed_finished |= {pk for pk, state in before.items() if state == "completed"}
        assert [each.activity_id for each in self.plan.items.in_force()] == [
            self.activities[item].pk for item in items
        ]
        after = dict(Enrolment.objects.values_list("pk", "state"))
        reopened = {pk for pk in after if (before[pk], after[pk]) == ("completed", "active")}
        assert len(reopened) == done.reopened <= (shown.finished if reopen else 0)

    @rule(who=anyone, item=some_item)
    def revoke(self, who: int, item: int) -> None:
        record = self._record(who, item)
        if record is None or record.state != "completed":
            return
        fresh = revoke_completion(record=record, reason="Wrong", actor=self.hr, **self.context)
        assert fresh.pk != record.pk
        self._note_revoked(fresh)

    @rule(item=some_item, completed=st.sampled_from(OlderVersions))
    def make_a_new_version(self, item: int, completed: OlderVersions) -> None:
        activity = self.activities[item]
        shown = preview_version(LearningActivity.objects.get(pk=activity.pk))
        done = raise_version(
            activity=activity,
            completed=completed,
            expected=shown.digest,
            actor=self.hr,
            **self.context,
        )
        asked = shown.finished if completed == OlderVersions.REOPEN else 0
        assert done == replace(shown, reopened=asked)

    @rule()
    def ask_again_for_what_expires(self) -> None:
        made = recertify(**self.context)
        expiring = TrainingRecord.objects.filter(state="completed", expires_on__isnull=False)
        asked = TrainingRecord.objects.outstanding().filter(attempt__gt=1)
        assert made <= min(expiring.count(), asked.count())
        assert recertify(**self.context) == 0

    @rule(units=st.tuples(*[st.integers(0, 2)] * 4), left=st.sets(anyone))
    def import_the_roster(self, units: tuple[int, ...], left: set[int]) -> None:
        yesterday = str(self.today - timedelta(days=1))
        rows = [
            {
                "external_id": person.external_id,
                "name": person.display_name,
                "unit": UNITS[units[who]],
                "ends_on": yesterday if who in left else "",
            }
            for who, person in enumerate(self.people)
        ]
        table = table_of(rows, columns=COLUMNS, required=REQUIRED)
        plan = plan_people(read_roster(table, source="roster"), full=False, today=self.today)
        assert not plan.errors
        apply_people(plan=plan, actor=self.hr, now=self.now)

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
    def only_what_is_in_the_plan_is_asked_for(self) -> None:
        for record in TrainingRecord.objects.outstanding().select_related("item"):
            assert record.item.removed_on is None
        last = TrainingRecord.objects.last_attempts()
        open_ones = TrainingRecord.objects.outstanding()
        assert set(open_ones) <= set(last)

    @invariant()
    def whoever_has_work_ahead_has_all_of_the_plan(self) -> None:
        items = set(self.plan.items.in_force().values_list("pk", flat=True))
        for enrolment in Enrolment.objects.active():
            if enrolment.pk in self.stayed_finished:
                continue
            asked = enrolment.records.exclude(state__in=["void", "revoked"])
            assert items <= set(asked.values_list("item", flat=True))

    @invariant()
    def only_members_of_a_group_are_asked(self) -> None:
        for enrolment in Enrolment.objects.filter(periods__is_open=True):
            groups = self._groups_of(enrolment.person)
            assert groups
            reasons = enrolment.reasons.holding().values_list("plan_audience__audience", flat=True)
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
    def nobody_is_due_before_a_group_of_theirs_asks(self) -> None:
        """Of work that was open all the time, by the dates that rules gave."""
        again = AuditEvent.objects.filter(object_type="trainingrecord").values("object_id")
        closed = {
            int(each["object_id"]) for each in again.exclude(to_state__in=["", "in_progress"])
        }
        open_ones = TrainingRecord.objects.outstanding().filter(attempt=1, is_extended=False)
        for record in open_ones.select_related("enrolment").exclude(pk__in=closed):
            rules = PlanAudience.objects.filter(
                reasons__enrolment=record.enrolment, reasons__ended_on=None
            )
            assert record.due_on is not None
            assert record.due_on >= min(self._asked_by(each, record) for each in rules)

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
                if name == "trainingrecord" and pk in self.born_void:
                    first = "void"
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

    # How to look, and what to remember.

    def _note_done(self, records: Collection[int], day: date) -> None:
        """What is done from now on; figures of the days since then are others by it."""
        for record in TrainingRecord.objects.filter(pk__in=records):
            assert record.completed_on == day
            assert record.completed_at
            assert record.completed_by_id
            self.done[record.pk] = (day, record.completed_at, record.completed_by_id)
        for past in [past for past in self.said if records and past >= day]:
            del self.said[past]

    def _note_revoked(self, fresh: TrainingRecord) -> None:
        """A completion that was taken back with a reason, by the attempt that follows it."""
        if fresh.state == "void":
            self.born_void.add(fresh.pk)
        before = TrainingRecord.objects.filter(enrolment=fresh.enrolment_id, item=fresh.item_id)
        self.done.pop(before.get(attempt=fresh.attempt - 1).pk)

    def _person(self, who: int) -> Person:
        return Person.objects.select_related("user", "unit").get(pk=self.people[who].pk)

    def _enrolments(self, who: int) -> list[Enrolment]:
        return list(Enrolment.objects.filter(person=self.people[who]).select_related("person"))

    def _record(self, who: int, item: int) -> TrainingRecord | None:
        rows = TrainingRecord.objects.filter(
            person=self.people[who], activity=self.activities[item]
        )
        return rows.order_by("attempt").last()

    def _asked_by(self, rule: PlanAudience, record: TrainingRecord) -> date:
        """The earliest day by which a group may have asked for it."""
        begin = record.enrolment.assigned_on or FIRST_DAY
        return rule.due_on or begin + timedelta(days=rule.due_days or 0)

    def _waiting(self, person: Person) -> set[int]:
        mine = ExtensionRequest.objects.waiting().filter(record__person=person)
        return set(mine.values_list("pk", flat=True))

    def _groups_of(self, person: Person) -> set[int]:
        """The groups of the plan that somebody belongs to by unit, as long as they work here."""
        if person.ends_on is not None and person.ends_on < self.today:
            return set()
        pairs = zip(self.units, self.groups, strict=False)
        by_unit = {group.pk for unit, group in pairs if unit.pk == person.unit_id}
        return by_unit | ({self.listed.pk} if person.pk == self.people[0].pk else set())

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
