"""What a lead opens in the morning: the list of initiatives."""

from datetime import timedelta
from typing import Any

from django.db import connection

from benchmarks.crowd import ITEMS, NOW, TODAY, Crowd, enrol, make_crowd
from benchmarks.harness import Work
from benchmarks.rows import insert, table
from change_tracker.initiatives.models import Initiative, InitiativeMember, Objective
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import OrgUnit, Person
from change_tracker.progress.listing import Portfolio as Initiatives
from change_tracker.progress.listing import asked_of
from change_tracker.progress.portfolio import lines_of
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
        rows = list(Initiatives(self.user, asked_of({}), TODAY))
        return [
            (
                each.initiative.pk,
                each.late_people,
                each.open_resistance,
                each.severe,
                each.late_actions,
                each.next_on,
                each.initiative.lead_name,
                each.initiative.sponsor_name or "",
                str(each.stuck.stage) if each.stuck else None,
            )
            for each in lines_of(self.user, rows, TODAY)
        ]

    def bare(self) -> Any:
        found = ask(
            f"""
SELECT initiative.id, coalesce(late.people, 0), coalesce(heard.number, 0),
    coalesce(heard.severe, 0), coalesce(acted.late, 0),
    least(CASE WHEN initiative.go_live_on >= %(on)s THEN initiative.go_live_on END,
        training.next_on, acted.next_on),
    coalesce(leads.name, ''), coalesce(sponsors.name, ''),
    heard.stuck, late.worst, late.name, heard.unanswered,
    EXISTS (SELECT {IN_FORCE.format("initiative.id")}),
    EXISTS (SELECT {DUE.format("initiative.id")})
FROM {table(Initiative)} initiative
JOIN {table(InitiativeMember)} member
    ON member.initiative_id = initiative.id AND member.person_id = %(person)s
LEFT JOIN ({LATE_BY_UNIT}) late ON late.id = initiative.id
LEFT JOIN (SELECT id, sum(number) AS number, sum(severe) AS severe,
        sum(unanswered) AS unanswered,
        (array_agg(stage ORDER BY severe DESC, number DESC, stage = 'ability'))[1] AS stuck
    FROM ({HEARD} GROUP BY 1, 2) steps GROUP BY 1) heard ON heard.id = initiative.id
LEFT JOIN ({ACTED} GROUP BY 1) acted ON acted.id = initiative.id
LEFT JOIN ({NEXT_TRAINING} GROUP BY 1) training ON training.id = initiative.id
LEFT JOIN LATERAL ({FIRST_NAMED.format("lead")}) leads ON true
LEFT JOIN LATERAL ({FIRST_NAMED.format("sponsor")}) sponsors ON true
ORDER BY initiative.id DESC
""",
            self.crowd,
        )
        # The rest is what the sentence about each is made of.
        return [row[:9] for row in found]


OPEN = "('planned', 'in_progress', 'blocked')"
IN_FORCE = f"""
FROM {table(EnrolmentPeriod)} period
JOIN {table(Enrolment)} enrolment ON enrolment.id = period.enrolment_id
JOIN {table(TrainingPlan)} plan ON plan.id = enrolment.plan_id
WHERE plan.initiative_id = {{}} AND enrolment.assigned_on <= %(on)s
    AND period.from_on <= %(on)s AND (period.to_on IS NULL OR period.to_on > %(on)s)
"""
DUE = f"""
FROM {table(TrainingRecord)} record
JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
WHERE plan.initiative_id = {{}} AND record.due_on <= %(on)s AND record.left_on IS NULL
"""
HEARD = f"""
SELECT source.initiative_id AS id, source.stage, count(*) AS number,
    count(*) FILTER (WHERE review.level >= 4) AS severe,
    count(*) FILTER (WHERE review.level >= 4 AND NOT EXISTS (
        SELECT FROM {table(THROUGH)} link
        JOIN {table(MitigationAction)} action ON action.id = link.mitigationaction_id
        WHERE link.resistancesource_id = source.id
            AND action.state NOT IN ('cancelled', 'ineffective'))) AS unanswered
FROM {table(ResistanceSource)} source
LEFT JOIN LATERAL (
    SELECT level FROM {table(ResistanceReview)} WHERE source_id = source.id
    ORDER BY reviewed_on DESC, id DESC LIMIT 1) review ON true
WHERE source.state NOT IN ('resolved', 'dismissed')
"""
LATE_BY_UNIT = f"""
SELECT id, sum(people) AS people, max(people) AS worst, (array_agg(name ORDER BY people DESC))[1]
    AS name
FROM (SELECT plan.initiative_id AS id, record.unit_id, unit.name,
        count(DISTINCT record.person_id) AS people
    FROM {table(TrainingRecord)} record
    JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
    LEFT JOIN {table(OrgUnit)} unit ON unit.id = record.unit_id
    WHERE record.state IN ('not_started', 'in_progress', 'submitted')
        AND record.opens_on IS NOT NULL AND record.due_on < %(on)s
    GROUP BY 1, 2, 3) units
GROUP BY 1
"""
NEXT_TRAINING = f"""
SELECT plan.initiative_id AS id, min(record.due_on) AS next_on
FROM {table(TrainingRecord)} record JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
WHERE record.state IN ('not_started', 'in_progress', 'submitted') AND record.due_on >= %(on)s
"""
ACTED = f"""
SELECT initiative_id AS id, count(*) FILTER (WHERE due_on < %(on)s) AS late,
    min(due_on) FILTER (WHERE due_on >= %(on)s) AS next_on
FROM {table(MitigationAction)} WHERE state IN {OPEN}
"""
FIRST_NAMED = f"""
SELECT person.display_name AS name FROM {table(InitiativeMember)} part
JOIN {table(Person)} person ON person.id = part.person_id
WHERE part.initiative_id = initiative.id AND part.role = '{{}}' ORDER BY part.id LIMIT 1
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
    goals = f"FROM {table(Initiative)}, generate_series(1, 2) n"
    insert(Objective, goals, initiative=f"{table(Initiative)}.id", title="'Objective ' || n")
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
        stage="CASE WHEN n %% 3 = 0 THEN 'ability' ELSE 'willingness' END",
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


def ask(statement: str, crowd: Crowd) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"person": crowd.lead.pk, "initiative": crowd.initiative.pk, "on": TODAY},
        )
        return list(cursor.fetchall())
