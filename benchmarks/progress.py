"""The figures of an initiative, from the rows as they are."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db import connection

from benchmarks.crowd import ITEMS, NOW, TODAY, Crowd, enrol, make_crowd
from benchmarks.harness import Work
from benchmarks.rows import table
from change_tracker.people.models import OrgUnit
from change_tracker.progress.queries import measures_by_plan, measures_by_unit
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    TrainingPlan,
    TrainingRecord,
)

PLANS = 4


class Progress(Work):
    """Four plans, two thirds of the records due, half of them done, some of those late."""

    against = "its own SQL"
    target = 1.5
    times = 3
    crowd: Crowd
    #: the plan or unit in the SQL, its table, and its name in it
    key: ClassVar[str]
    named_by: ClassVar[str]

    def load(self, size: int) -> None:
        self.crowd = make_crowd(size // ITEMS // PLANS, plans=PLANS)
        for rule in self.crowd.rules:
            done_on = f"DATE '{TODAY}' - ((person.id + item.id) %% 20)::int"
            is_done = "(person.id + item.position) %% 2 = 0"
            enrol(
                rule,
                assigned_on=TODAY - timedelta(days=40),
                due_on=f"DATE '{TODAY}' - 20 + item.position * 3",
                due_rule="'fixed'",
                state=f"CASE WHEN {is_done} THEN 'completed' ELSE 'not_started' END",
                completed_on=f"CASE WHEN {is_done} THEN {done_on} END",
                completed_at=f"CASE WHEN {is_done} THEN TIMESTAMPTZ '{NOW}' END",
            )

    def bare(self) -> list[tuple[Any, ...]]:
        return figures(self.crowd.initiative.pk, self.key, self.named_by)

    def plain(self, answer: Any) -> object:
        if isinstance(answer[0], tuple):
            return sorted(answer)
        return sorted(
            (
                each.id,
                each.name,
                each.measures.enrolled,
                each.measures.due,
                each.measures.completed,
                each.measures.on_time,
                each.measures.overdue,
            )
            for each in answer
        )


class ProgressByPlan(Progress):
    name = "progress-by-plan"
    key = "enrolment.plan_id"
    named_by = f"(SELECT id, title AS name FROM {TrainingPlan._meta.db_table}) named"

    def ours(self) -> Any:
        return measures_by_plan(self.crowd.initiative, TODAY)


class ProgressByUnit(Progress):
    name = "progress-by-unit"
    key = "period.unit_id"
    named_by = f"{OrgUnit._meta.db_table} named"

    def ours(self) -> Any:
        return measures_by_unit(self.crowd.initiative, TODAY)


def figures(initiative: int, key: str, named_by: str) -> list[tuple[Any, ...]]:
    """The figures of each plan or unit, in one statement."""
    in_force = f"""
FROM {table(EnrolmentPeriod)} period
JOIN {table(Enrolment)} enrolment ON enrolment.id = period.enrolment_id
JOIN {table(TrainingPlan)} plan ON plan.id = enrolment.plan_id
"""
    condition = """
WHERE plan.initiative_id = %(initiative)s AND enrolment.assigned_on <= %(on)s
    AND period.from_on <= %(on)s AND (period.to_on IS NULL OR period.to_on > %(on)s)
"""
    statement = f"""
WITH people AS (
    SELECT {key} AS key, count(*) AS enrolled {in_force} {condition} GROUP BY 1
), record AS (
    SELECT {key} AS key, count(*) AS due,
        count(*) FILTER (WHERE completed_on <= %(on)s) AS completed,
        count(*) FILTER (WHERE completed_on <= %(on)s AND completed_on <= due_on) AS on_time,
        count(*) FILTER (WHERE due_on < %(on)s
            AND (completed_on IS NULL OR completed_on > %(on)s)) AS overdue
    {in_force} JOIN {table(TrainingRecord)} record ON record.enrolment_id = enrolment.id
    {condition} AND due_on <= %(on)s AND (left_on IS NULL OR left_on > %(on)s)
        AND NOT EXISTS (
            SELECT 1 FROM {table(TrainingRecord)} earlier
            WHERE earlier.enrolment_id = record.enrolment_id AND earlier.item_id = record.item_id
                AND earlier.attempt < record.attempt AND earlier.left_on > %(on)s)
    GROUP BY 1
)
SELECT key, named.name, enrolled, coalesce(due, 0), coalesce(completed, 0), coalesce(on_time, 0),
    coalesce(overdue, 0)
FROM people LEFT JOIN record USING (key) LEFT JOIN {named_by} ON named.id = key
"""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"initiative": initiative, "on": TODAY})
        return list(cursor.fetchall())
