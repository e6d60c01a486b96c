"""What counts on which date: one small world for each sentence of the definition."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.progress.queries import (
    Measures,
    measures,
    measures_by_plan,
    measures_by_unit,
)
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.services import (
    assign_plan,
    change_units,
    leave_plans,
    waive_record,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

BEGAN, DUE = date(2026, 11, 2), date(2026, 11, 10)
DAY = timedelta(days=1)


@pytest.fixture
def initiative() -> Initiative:
    return factories.make_initiative()


def enrol(initiative: Initiative, items: int = 1, **values: Any) -> Enrolment:
    plan = factories.make_plan(initiative, items=items)
    return factories.make_enrolment(
        plan, factories.make_person(), **{"assigned_on": BEGAN, "due_on": DUE} | values
    )


def done(enrolment: Enrolment, day: date) -> None:
    enrolment.records.update(state="completed", completed_on=day)


def figures(initiative: Initiative, on: date) -> tuple[int, ...]:
    row = measures(initiative, on)
    return (row.enrolled, row.due, row.completed, row.on_time, row.late, row.overdue)


def test_nobody_counts_before_the_day_of_assigning(initiative: Initiative) -> None:
    enrol(initiative)

    assert figures(initiative, BEGAN - DAY) == (0, 0, 0, 0, 0, 0)
    assert figures(initiative, BEGAN) == (1, 0, 0, 0, 0, 0)


def test_due_from_its_day_and_overdue_from_the_next(initiative: Initiative) -> None:
    enrol(initiative)

    assert figures(initiative, DUE - DAY) == (1, 0, 0, 0, 0, 0)
    assert figures(initiative, DUE) == (1, 1, 0, 0, 0, 0)
    assert figures(initiative, DUE + DAY) == (1, 1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("day", "on", "expected"),
    [
        (DUE - DAY, DUE, (1, 1, 1, 1, 0, 0)),
        (DUE, DUE, (1, 1, 1, 1, 0, 0)),
        (DUE + DAY, DUE, (1, 1, 0, 0, 0, 0)),
        (DUE + 2 * DAY, DUE + DAY, (1, 1, 0, 0, 0, 1)),
        (DUE + DAY, DUE + DAY, (1, 1, 1, 0, 1, 0)),
        (BEGAN - 90 * DAY, DUE, (1, 1, 1, 1, 0, 0)),
    ],
)
def test_done_counts_from_its_day_and_is_late_after_the_due_date(
    initiative: Initiative, day: date, on: date, expected: tuple[int, ...]
) -> None:
    done(enrol(initiative), day)

    assert figures(initiative, on) == expected


def test_what_has_no_due_date_is_never_due(initiative: Initiative) -> None:
    done(enrol(initiative, due_on=None), BEGAN)

    assert figures(initiative, TODAY) == (1, 0, 0, 0, 0, 0)


def test_without_a_day_of_assigning_nothing_counts(initiative: Initiative) -> None:
    enrolment = enrol(initiative)
    Enrolment.objects.filter(pk=enrolment.pk).update(assigned_on=None)

    assert figures(initiative, TODAY) == (0, 0, 0, 0, 0, 0)


def test_who_was_withdrawn_counts_until_the_day_before(initiative: Initiative) -> None:
    enrolment = enrol(initiative)

    withdraw_enrolment(enrolment=enrolment, reason="", actor=None, today=TODAY, now=NOW)

    assert figures(initiative, TODAY - DAY) == (1, 1, 0, 0, 0, 1)
    assert figures(initiative, TODAY) == (0, 0, 0, 0, 0, 0)


def test_who_left_with_everything_done_counts_until_the_day_before(
    initiative: Initiative,
) -> None:
    done(enrol(initiative), DUE)

    leave_plans(Enrolment.objects.all(), reason="", actor=None, today=TODAY, now=NOW)

    assert figures(initiative, TODAY - DAY) == (1, 1, 1, 1, 0, 0)
    assert figures(initiative, TODAY) == (0, 0, 0, 0, 0, 0)


def test_exempt_work_leaves_on_its_day_and_the_person_stays(
    initiative: Initiative, hr: Person
) -> None:
    enrolment = enrol(initiative)
    assert hr.user is not None

    waive_record(record=enrolment.records.get(), reason="x", actor=hr.user, today=TODAY, now=NOW)

    assert figures(initiative, TODAY - DAY) == (1, 1, 0, 0, 0, 1)
    assert figures(initiative, TODAY) == (1, 0, 0, 0, 0, 0)


def test_who_came_back_does_not_count_in_between(initiative: Initiative) -> None:
    plan = factories.make_plan(initiative)
    factories.make_rule(plan, factories.make_audience(factories.make_person()))
    assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)
    left, back = BEGAN + 3 * DAY, BEGAN + 6 * DAY
    leave_plans(Enrolment.objects.all(), reason="", actor=None, today=left, now=NOW)
    assign_plan(plan=plan, actor=None, today=back, now=NOW)

    counted = [measures(initiative, BEGAN + day * DAY).enrolled for day in range(8)]

    assert counted == [1, 1, 1, 0, 0, 0, 1, 1]


def test_a_revoked_completion_counts_until_then_and_the_next_attempt_after(
    initiative: Initiative,
) -> None:
    enrolment = enrol(initiative)
    done(enrolment, DUE)
    first = enrolment.records.get()
    TrainingRecord.objects.filter(pk=first.pk).update(state="revoked", left_on=TODAY)
    first.pk, first.attempt, first.state, first.completed_on = None, 2, "not_started", None
    first.save()

    assert figures(initiative, TODAY - DAY) == (1, 1, 1, 1, 0, 0)
    assert figures(initiative, TODAY) == (1, 1, 0, 0, 0, 1)


def test_other_initiatives_do_not_count(initiative: Initiative) -> None:
    enrol(factories.make_initiative())

    assert measures(initiative, TODAY) == Measures()


def test_the_rate_is_none_when_nothing_is_due(initiative: Initiative) -> None:
    enrolment = enrol(initiative, items=4)
    assert measures(initiative, BEGAN).completion_rate is None

    first = enrolment.records.first()
    assert first is not None
    TrainingRecord.objects.filter(pk=first.pk).update(state="completed", completed_on=DUE)

    assert measures(initiative, DUE).completion_rate == 0.25


def test_each_plan_has_its_own_figures_and_drafts_have_none(initiative: Initiative) -> None:
    one, two = enrol(initiative), enrol(initiative, items=2)
    idle = factories.make_plan(initiative)
    factories.make_plan(initiative, state="draft")
    done(two, DUE)

    rows = measures_by_plan(initiative, TODAY)

    assert [(row.id, row.name) for row in rows] == [
        (each.pk, each.title) for each in (one.plan, two.plan, idle)
    ]
    assert [row.measures.overdue for row in rows] == [1, 0, 0]
    assert [row.measures.on_time for row in rows] == [0, 2, 0]
    assert rows[2].measures == Measures()


def test_a_mover_counts_in_the_unit_of_that_day(initiative: Initiative) -> None:
    old, new = factories.make_unit("Alpha"), factories.make_unit("Beta")
    person = factories.make_person(unit=old)
    factories.make_enrolment(factories.make_plan(initiative), person, assigned_on=BEGAN, due_on=DUE)
    enrol(initiative)
    person.unit = new
    person.save()
    change_units([person.pk], today=TODAY)

    before = measures_by_unit(initiative, TODAY - DAY)
    after = measures_by_unit(initiative, TODAY)

    assert [(row.id, row.name) for row in before] == [(old.pk, "Alpha"), (None, "")]
    assert [(row.id, row.name) for row in after] == [(new.pk, "Beta"), (None, "")]
    for rows in (before, after):
        assert [(row.measures.enrolled, row.measures.overdue) for row in rows] == [(1, 1), (1, 1)]


def test_units_and_plans_add_up_to_the_whole(initiative: Initiative) -> None:
    plan = factories.make_plan(initiative, items=3)
    units = [factories.make_unit() for _ in range(3)]
    for number in range(12):
        enrolment = factories.make_enrolment(
            plan, factories.make_person(unit=units[number % 3]), assigned_on=BEGAN, due_on=DUE
        )
        if number % 2:
            done(enrolment, DUE + (number - 4) * DAY)

    whole = measures(initiative, DUE + 3 * DAY)

    for rows in (
        measures_by_unit(initiative, DUE + 3 * DAY),
        measures_by_plan(initiative, DUE + 3 * DAY),
    ):
        for name in ("enrolled", "due", "completed", "on_time", "late", "overdue"):
            assert sum(getattr(row.measures, name) for row in rows) == getattr(whole, name)
    assert whole.completed > whole.on_time > 0


@pytest.mark.parametrize(
    ("read", "queries"), [(measures, 1), (measures_by_plan, 2), (measures_by_unit, 2)]
)
def test_the_number_of_queries_is_small_and_constant(
    initiative: Initiative, read: Any, queries: int
) -> None:
    for number in (1, 10):
        for _ in range(number):
            enrolment = enrol(initiative)
            EnrolmentPeriod.objects.filter(enrolment=enrolment).update(unit=factories.make_unit())
        with CaptureQueriesContext(connection) as captured:
            read(initiative, TODAY)
        assert len(captured) == queries
