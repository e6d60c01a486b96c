"""Planning the reminders of one morning."""

from datetime import date, timedelta

from django.db import connection

from benchmarks.crowd import ITEMS, NOW, TODAY, enrol, make_crowd
from benchmarks.harness import Work
from benchmarks.rows import analyze, fields, same, selected, table
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders import plan, rules
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.owed import AT_ONCE
from change_tracker.reminders.recipients import sending_window, zone_of
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord

ASSIGNED_ON = TODAY - timedelta(days=30)
#: The first item of each person is due so that each of the four steps falls on today.
DUE_IN = tuple(-step.offset for step in rules.BY_DUE_DATE)


class MassDay(Work):
    """Of `size` open records a tenth has a step today: one mail for each person."""

    name = "mass-day"
    against = "one statement that selects and records"
    target = 2.0
    writes = (Reminder, Digest)

    def load(self, size: int) -> None:
        crowd = make_crowd(size // ITEMS)
        steps = " ".join(f"WHEN {place} THEN {days}" for place, days in enumerate(DUE_IN))
        enrol(
            crowd.rules[0],
            assigned_on=ASSIGNED_ON,
            due_on=f"DATE '{TODAY}' + CASE WHEN item.position > 1 THEN 60 "
            f"ELSE CASE person.id %% {len(DUE_IN)} {steps} END END",
            due_rule="'fixed'",
        )

    def ours(self) -> None:
        while plan.plan_reminders(now=NOW).planned >= AT_ONCE:
            pass

    def bare(self) -> None:
        plan_bare()

    def written(self) -> tuple[str, ...]:
        return (
            same(Reminder, digest="local_on"),
            same(Digest, without=("message_id",)),
        )


class IdleTick(MassDay):
    """The next tick: everything is planned, nothing is due."""

    name = "tick"

    def load(self, size: int) -> None:
        super().load(size)
        analyze()
        plan_bare()


def plan_bare() -> None:
    """Every step that is due, not planned before and not of somebody gone, with its mail."""
    opens = sending_window().opens(TODAY, zone_of(""))
    digest, digest_params = selected(
        Digest,
        {
            "recipient": "person_id",
            "local_on": TODAY,
            "available_at": opens,
            "message_id": "'<ct.' || gen_random_uuid() || '@tidewater.example>'",
        },
    )
    reminder, reminder_params = selected(
        Reminder,
        {
            "recipient": "due.person_id",
            "kind": "kind",
            "step": "step",
            "initiative": "initiative_id",
            "enrolment": "enrolment_id",
            "record": "record_id",
            "dedupe_key": "kind || ':' || subject || ':' || due.person_id || ':' || due_revision "
            "|| ':' || step",
            "digest": "mail.id",
            "due_revision": "due_revision",
            "send_on": "send_on",
            "expires_at": "CASE WHEN always_goes THEN NULL::timestamptz ELSE expires_at END",
            "planned_at": NOW,
        },
    )
    statement = f"""
WITH step (step, kind, first_on, last_on, days, always_goes) AS (VALUES {steps()}),
due AS MATERIALIZED (
    {due_records()}
    UNION ALL
    {new_enrolments()}
), mail AS (
    INSERT INTO {table(Digest)} ({fields(Digest)})
    SELECT {digest} FROM (SELECT DISTINCT person_id FROM due) people
    RETURNING id, recipient_id
)
INSERT INTO {table(Reminder)} ({fields(Reminder)})
SELECT {reminder} FROM due JOIN mail ON mail.recipient_id = due.person_id
CROSS JOIN (VALUES (TIMESTAMPTZ '{opens + rules.KEPT_FOR}')) kept (expires_at)
"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*digest_params, *reminder_params])


def steps() -> str:
    """The steps as rows, each with the due dates whose latest step it is today."""
    return ", ".join(
        f"('{step.name}', '{step.kind}', DATE '{first or date(1900, 1, 1)}', DATE '{last}', "
        f"{step.offset}, {step.always_goes})"
        for step, first, last in rules.bands(rules.BY_DUE_DATE, TODAY)
    )


def due_records() -> str:
    return f"""
SELECT step.step, step.kind, step.always_goes, record.due_on + step.days AS send_on,
    record.person_id, record.due_revision, plan.initiative_id, NULL::bigint AS enrolment_id,
    record.id AS record_id,
    'r' || record.id AS subject
FROM step
JOIN {table(TrainingRecord)} record ON record.due_on BETWEEN step.first_on AND step.last_on
    AND record.opens_on IS NOT NULL AND record.state IN ('not_started', 'in_progress', 'submitted')
JOIN {table(Enrolment)} enrolment ON enrolment.id = record.enrolment_id
    AND enrolment.state = 'active' AND (step.always_goes OR enrolment.assigned_on IS NULL
    OR enrolment.assigned_on < record.due_on + step.days)
{spoken_of("record")} AND NOT EXISTS (
    SELECT 1 FROM {table(Reminder)} told WHERE told.record_id = record.id
    AND told.step = step.step AND told.due_revision = record.due_revision)
"""


def new_enrolments() -> str:
    step = rules.ASSIGNED
    return f"""
SELECT '{step.name}', '{step.kind}', FALSE, enrolment.assigned_on,
    enrolment.person_id, enrolment.due_revision, plan.initiative_id,
    enrolment.id, NULL, 'e' || enrolment.id
FROM {table(Enrolment)} enrolment
{spoken_of("enrolment")} AND enrolment.state = 'active'
    AND enrolment.assigned_on BETWEEN '{rules.notice_window(TODAY)}' AND '{TODAY}'
    AND NOT EXISTS (SELECT 1 FROM {table(Reminder)} told WHERE told.enrolment_id = enrolment.id
    AND told.due_revision = enrolment.due_revision)
"""


def spoken_of(subject: str) -> str:
    """Of people who work here, in initiatives that run."""
    return f"""
JOIN {table(Person)} person ON person.id = {subject}.person_id
JOIN {table(TrainingPlan)} plan ON plan.id = {subject}.plan_id
JOIN {table(Initiative)} initiative ON initiative.id = plan.initiative_id
WHERE initiative.state IN ('active', 'sustaining', 'on_hold')
    AND (person.starts_on IS NULL OR person.starts_on <= '{TODAY}')
"""
