"""What a lead opens in the morning: the list of initiatives, and one of them."""

from datetime import timedelta
from typing import Any

from django.db import connection

from benchmarks.crowd import ITEMS, NOW, TODAY, Crowd, enrol, make_crowd
from benchmarks.harness import Work
from benchmarks.rows import insert, table
from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.gaps import situation_of, standing_of
from change_tracker.progress.missing import with_missing
from change_tracker.progress.portfolio import asked_of, lines_of, portfolio_of
from change_tracker.progress.queries import initiatives_with_progress_for
from change_tracker.resistance.models import (
    ResistanceReview,
    ResistanceSource,
    SourceCategory,
    SourceType,
)
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    TrainingPlan,
    TrainingRecord,
)

INITIATIVES = 50
#: of each initiative, and of each resistance
SOURCES, ACTIONS = 40, 5
THROUGH = MitigationAction.sources.through


class Portfolio(Work):
    """Fifty initiatives with 2,000 resistances and 10,000 actions; one has all of the training."""

    name = "portfolio"
    against = "its own SQL"
    target = 1.5
    times = 3
    crowd: Crowd

    def load(self, size: int) -> None:
        self.crowd = make_crowd(max(size // ITEMS, 1))
        is_done = "(person.id + item.position) %% 2 = 0"
        enrol(
            self.crowd.rules[0],
            assigned_on=TODAY - timedelta(days=40),
            due_on=f"DATE '{TODAY}' - 20 + item.position * 3",
            due_rule="'fixed'",
            state=f"CASE WHEN {is_done} THEN 'completed' ELSE 'not_started' END",
            completed_on=f"CASE WHEN {is_done} THEN DATE '{TODAY}' - 1 END",
            completed_at=f"CASE WHEN {is_done} THEN TIMESTAMPTZ '{NOW}' END",
        )
        _registers(self.crowd)

    @property
    def user(self) -> Any:
        """Who looks at them."""
        return self.crowd.lead.user

    def ours(self) -> Any:
        rows = list(portfolio_of(self.user, asked_of({}), TODAY))
        return [
            (
                each.initiative.pk,
                each.late_people,
                each.open_resistance,
                each.severe,
                each.initiative.late_actions,
            )
            for each in lines_of(self.user, rows, TODAY)
        ]

    def bare(self) -> Any:
        return _ask(
            f"""
SELECT initiative.id, coalesce(late.people, 0), coalesce(heard.number, 0),
    coalesce(heard.severe, 0), coalesce(late_actions.number, 0)
FROM {table(Initiative)} initiative
JOIN {table(InitiativeMember)} member
    ON member.initiative_id = initiative.id AND member.person_id = %(person)s
LEFT JOIN ({LATE} GROUP BY 1) late ON late.id = initiative.id
LEFT JOIN ({HEARD} GROUP BY 1) heard ON heard.id = initiative.id
LEFT JOIN ({LATE_ACTIONS} GROUP BY 1) late_actions ON late_actions.id = initiative.id
ORDER BY initiative.id DESC
""",
            self.crowd,
        )


class Overview(Portfolio):
    """One of them, with all of the training."""

    name = "overview"

    def ours(self) -> Any:
        rows = with_missing(initiatives_with_progress_for(self.user), self.user, TODAY)
        row: Any = rows.get(pk=self.crowd.initiative.pk)
        situation = situation_of(self.user, row, reads_register=True, today=TODAY)
        standing = standing_of(row, situation, TODAY)
        return [
            (
                standing.enrolled,
                standing.due,
                situation.measures.completed,
                standing.late_people,
                standing.open_resistance,
                standing.severe,
                standing.late_actions,
                len(situation.actions),
            )
        ]

    def bare(self) -> Any:
        return _ask(
            f"""
SELECT people.enrolled, records.due, records.completed, late.people, heard.number, heard.severe,
    late_actions.number, open_actions.number
FROM (SELECT count(*) AS enrolled {IN_FORCE}) people,
    (SELECT count(*) AS due, count(*) FILTER (WHERE completed_on <= %(on)s) AS completed
        {RECORDS}) records,
    ({LATE} AND plan.initiative_id = %(initiative)s GROUP BY 1) late,
    ({HEARD} AND source.initiative_id = %(initiative)s GROUP BY 1) heard,
    ({LATE_ACTIONS} AND initiative_id = %(initiative)s GROUP BY 1) late_actions,
    (SELECT count(*) AS number FROM {table(MitigationAction)}
        WHERE initiative_id = %(initiative)s AND state IN {OPEN}) open_actions
""",
            self.crowd,
        )


OPEN = "('planned', 'in_progress', 'blocked')"
IN_FORCE = f"""
FROM {table(EnrolmentPeriod)} period
JOIN {table(Enrolment)} enrolment ON enrolment.id = period.enrolment_id
JOIN {table(TrainingPlan)} plan ON plan.id = enrolment.plan_id
WHERE plan.initiative_id = %(initiative)s AND enrolment.assigned_on <= %(on)s
    AND period.from_on <= %(on)s AND (period.to_on IS NULL OR period.to_on > %(on)s)
"""
RECORDS = f"""
FROM {table(TrainingRecord)} record
JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
WHERE plan.initiative_id = %(initiative)s AND record.due_on <= %(on)s AND record.left_on IS NULL
"""
LATE = f"""
SELECT plan.initiative_id AS id, count(DISTINCT record.person_id) AS people
FROM {table(TrainingRecord)} record JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
WHERE record.state IN ('not_started', 'in_progress', 'submitted')
    AND record.opens_on IS NOT NULL AND record.due_on < %(on)s
"""
HEARD = f"""
SELECT source.initiative_id AS id, count(*) AS number,
    count(*) FILTER (WHERE review.level >= 4) AS severe
FROM {table(ResistanceSource)} source
LEFT JOIN LATERAL (
    SELECT level FROM {table(ResistanceReview)} WHERE source_id = source.id
    ORDER BY reviewed_on DESC, id DESC LIMIT 1) review ON true
WHERE source.state NOT IN ('resolved', 'dismissed')
"""
LATE_ACTIONS = f"""
SELECT initiative_id AS id, count(*) AS number FROM {table(MitigationAction)}
WHERE state IN {OPEN} AND due_on < %(on)s
"""


def _registers(crowd: Crowd) -> None:
    """The other initiatives, and all registers with their actions: a statement for each table."""
    insert(
        Initiative,
        f"FROM generate_series(2, {INITIATIVES}) n",
        title="'Initiative ' || n",
        slug="'initiative-' || n",
        state="'active'",
        go_live_on=f"DATE '{TODAY}' + n",
    )
    others = f"FROM {table(Initiative)} WHERE id <> {crowd.initiative.pk}"
    insert(InitiativeMember, others, initiative="id", person=f"{crowd.lead.pk}", role="'lead'")
    category = SourceCategory.objects.create(slug="fear", label="Fear")
    kind = SourceType.objects.create(
        slug="loss", label="Loss", category=category, readiness_stage="willingness"
    )
    insert(
        ResistanceSource,
        f"FROM {table(Initiative)} initiative, generate_series(1, {SOURCES}) n",
        initiative="initiative.id",
        type=f"{kind.pk}",
        statement="'Entry ' || n",
    )
    reviewed = f"FROM {table(ResistanceSource)}"
    insert(ResistanceReview, reviewed, source="id", level="id %% 6", reviewed_on=TODAY)
    insert(
        MitigationAction,
        f"FROM {table(ResistanceSource)} source, generate_series(1, {ACTIONS}) n",
        initiative="source.initiative_id",
        title="'Action ' || n || ' ' || source.id",
        kind="'coaching'",
        due_on=f"DATE '{TODAY}' - 4 + ((source.id + n) %% 9)::int",
        position="n * 10",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table(THROUGH)} (mitigationaction_id, resistancesource_id) "
            f"SELECT action.id, split_part(action.title, ' ', 3)::bigint "
            f"FROM {table(MitigationAction)} action"
        )


def _ask(statement: str, crowd: Crowd) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"person": crowd.lead.pk, "initiative": crowd.initiative.pk, "on": TODAY},
        )
        return list(cursor.fetchall())
