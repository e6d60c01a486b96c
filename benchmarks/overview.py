"""One initiative as its lead opens it: all that its page says, with all of the training in it."""

from typing import Any

from benchmarks.crowd import TODAY
from benchmarks.portfolio import (
    FIRST_NAMED,
    IN_FORCE,
    OPEN,
    THROUGH,
    Portfolio,
    ask,
)
from benchmarks.rows import table
from change_tracker.initiatives.models import (
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Measurement,
    Objective,
)
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, OrgUnit, Person
from change_tracker.progress.gaps import situation_of
from change_tracker.progress.reading import inside_of
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.training.models import (
    ExtensionRequest,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.voice.models import FeedbackItem


class Overview(Portfolio):
    """What the page says in its head, in the verdict, under *needs you today* and in figures."""

    name = "overview"

    def ours(self) -> Any:
        row: Any = inside_of(self.user, self.crowd.initiative.slug, TODAY)
        found = situation_of(self.user, row, reads_register=True, today=TODAY)
        counted, acting = found.counted, found.acting
        return {
            "head": (row.title, row.state, row.go_live_on, row.lead_name, row.sponsor_name),
            "may": (row.is_led, row.shows_names, row.may_change, row.may_hear),
            "figures": (
                found.measures.enrolled,
                *(found.measures.due, found.measures.completed),
                *(found.measures.on_time, found.measures.overdue),
            ),
            "late": sorted(counted.late),
            "waits": (*counted.asking, *counted.concerns),
            "lacks": (
                *(counted.unread.number, counted.unread.title),
                *(counted.untrained.number, counted.untrained.title),
            ),
            "asks": ((acting.unjudged.number, acting.tools.number)),
            "actions": [*map(tuple, acting.open)],
            "register": [
                (each.pk, each.statement, each.state, each.level, each.review_on, each.is_answered)
                for each in found.register or ()
            ],
        }

    def bare(self) -> Any:
        ((*head, is_led, shows_names, may_change, may_hear),) = ask(HEAD, self.crowd)
        ((*figures, asking, since, concerns, promised, goals, goal, groups, group),) = ask(
            COUNTS, self.crowd
        )
        actions = ask(ACTIONS, self.crowd)
        return {
            "head": tuple(head),
            "may": (is_led, shows_names, may_change, may_hear),
            "figures": tuple(figures),
            "late": sorted(ask(LATE, self.crowd)),
            "waits": (asking, since, concerns, promised),
            "lacks": (goals or 0, goal or "", groups or 0, group or ""),
            "asks": (sum(row[-2] for row in actions), sum(row[-1] for row in actions)),
            "actions": [row[:7] for row in actions if row[-3]],
            "register": ask(REGISTER, self.crowd),
        }


#: Records of those who are in force, which is what is counted as due.
RECORDS = IN_FORCE.replace(
    "WHERE", f"JOIN {table(TrainingRecord)} record ON record.enrolment_id = enrolment.id WHERE"
)
HEAD = f"""
SELECT initiative.title, initiative.state, initiative.go_live_on, leads.name, sponsors.name,
    EXISTS (SELECT FROM {table(InitiativeMember)} part
        JOIN {table(Person)} person ON person.id = part.person_id
        WHERE part.initiative_id = initiative.id AND part.role = 'lead'
            AND (person.starts_on IS NULL OR person.starts_on <= %(on)s)
            AND (person.ends_on IS NULL OR person.ends_on >= %(on)s)),
    mine.shows_names, mine.may_change, mine.may_hear
FROM {table(Initiative)} initiative
JOIN LATERAL (
    SELECT bool_or(role IN ('lead', 'coach')) AS shows_names, bool_or(role = 'lead') AS may_change,
        bool_or(role IN ('lead', 'change_agent', 'coach')) AS may_hear
    FROM {table(InitiativeMember)}
    WHERE initiative_id = initiative.id AND person_id = %(person)s
) mine ON true
LEFT JOIN LATERAL ({FIRST_NAMED.format("lead")}) leads ON true
LEFT JOIN LATERAL ({FIRST_NAMED.format("sponsor")}) sponsors ON true
WHERE initiative.id = %(initiative)s
"""
COUNTS = f"""
SELECT people.enrolled, records.due, records.completed, records.on_time, records.overdue,
    asking.people, asking.since, concerns.number, concerns.first, goals.number, goals.title,
    groups.number, groups.name
FROM (SELECT count(*) AS enrolled {IN_FORCE.format("%(initiative)s")}) people
CROSS JOIN (SELECT count(*) AS due, count(*) FILTER (WHERE completed_on <= %(on)s) AS completed,
    count(*) FILTER (WHERE completed_on <= %(on)s AND completed_on <= record.due_on) AS on_time,
    count(*) FILTER (WHERE record.due_on < %(on)s AND record.opens_on <= %(on)s
        AND (completed_on IS NULL OR completed_on > %(on)s)) AS overdue
    {RECORDS.format("%(initiative)s")}
        AND record.due_on <= %(on)s AND record.left_on IS NULL) records
CROSS JOIN (SELECT count(DISTINCT record.person_id) AS people, min(request.asked_on) AS since
    FROM {table(ExtensionRequest)} request
    JOIN {table(TrainingRecord)} record ON record.id = request.record_id
    JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
    WHERE plan.initiative_id = %(initiative)s AND request.state = 'requested'
        AND record.person_id <> %(person)s) asking
CROSS JOIN (SELECT count(*) AS number, min(promised_on) AS first FROM {table(FeedbackItem)}
    WHERE initiative_id = %(initiative)s AND state IN ('raised', 'acknowledged')
        AND promised_on < %(on)s) concerns
LEFT JOIN LATERAL (
    SELECT count(*) OVER () AS number, title FROM {table(Objective)} objective
    WHERE initiative_id = %(initiative)s
        AND NOT EXISTS (SELECT FROM {table(Measurement)} WHERE objective_id = objective.id)
    ORDER BY id LIMIT 1) goals ON true
LEFT JOIN LATERAL (
    SELECT count(*) OVER () AS number, audience.name FROM {table(AffectedGroup)} affected
    JOIN {table(Audience)} audience ON audience.id = affected.audience_id
    WHERE affected.initiative_id = %(initiative)s AND impact > 0 AND NOT EXISTS (
        SELECT FROM {table(PlanAudience)} rule
        JOIN {table(TrainingPlan)} plan ON plan.id = rule.plan_id
        WHERE rule.audience_id = affected.audience_id AND plan.state = 'published'
            AND plan.initiative_id = affected.initiative_id)
    ORDER BY impact DESC, affected.id LIMIT 1) groups ON true
"""
LATE = f"""
SELECT coalesce(unit.name, ''), count(DISTINCT record.person_id), record.unit_id
FROM {table(TrainingRecord)} record
JOIN {table(TrainingPlan)} plan ON plan.id = record.plan_id
LEFT JOIN {table(OrgUnit)} unit ON unit.id = record.unit_id
WHERE record.state IN ('not_started', 'in_progress', 'submitted')
    AND record.opens_on IS NOT NULL AND record.due_on < %(on)s
    AND plan.initiative_id = %(initiative)s
GROUP BY 1, 3
"""
ACTIONS = f"""
SELECT action.id, action.title, action.state, action.due_on, action.position, action.owner_id,
    coalesce(owner.display_name, ''), action.state IN {OPEN},
    action.state = 'done' AND action.done_on < %(on)s,
    coalesce(action.kind = 'tools' AND action.evaluate_again_on <= %(on)s
        AND action.state <> 'cancelled', false)
FROM {table(MitigationAction)} action LEFT JOIN {table(Person)} owner ON owner.id = action.owner_id
WHERE action.initiative_id = %(initiative)s AND (action.state IN {OPEN}
    OR action.state = 'done' AND action.done_on < %(on)s
    OR action.kind = 'tools' AND action.evaluate_again_on <= %(on)s AND action.state <> 'cancelled')
ORDER BY action.due_on NULLS LAST, action.id
"""
REGISTER = f"""
SELECT source.id, source.statement, source.state,
    (SELECT level FROM {table(ResistanceReview)} WHERE source_id = source.id
        ORDER BY reviewed_on DESC, id DESC LIMIT 1) AS level, source.review_on,
    EXISTS (SELECT FROM {table(THROUGH)} link
        JOIN {table(MitigationAction)} action ON action.id = link.mitigationaction_id
        WHERE link.resistancesource_id = source.id
            AND action.state NOT IN ('cancelled', 'ineffective')) AS is_answered
FROM {table(ResistanceSource)} source WHERE source.initiative_id = %(initiative)s
ORDER BY level DESC NULLS LAST, source.id
"""
