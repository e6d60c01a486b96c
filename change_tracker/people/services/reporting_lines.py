"""Rebuilding who reports to whom at any depth."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import connection, transaction

from change_tracker.people.models import Person, ReportingLine
from change_tracker.people.services.graphs import below

BATCH = 1000
#: Real organisations have about ten levels; without an end, a chain of everybody would make a
#: line for each pair of people.
MAX_DEPTH = 50
#: Changes of these redraw the lines around a person.
LINED = frozenset({"manager", "ends_on"})

# A recursive query, which the ORM has not: half a million lines stay in the database. The
# managers of a person are walked upwards, level by level.
INSERT = """
INSERT INTO {lines} (manager_id, person_id, depth)
WITH RECURSIVE upwards (manager_id, person_id, depth) AS (
    SELECT manager_id, id, 1 FROM {people} WHERE manager_id IS NOT NULL {those}
    UNION ALL
    SELECT above.manager_id, upwards.person_id, upwards.depth + 1
    FROM upwards JOIN {people} above ON above.id = upwards.manager_id
    WHERE above.manager_id IS NOT NULL AND upwards.depth < %s
)
SELECT upwards.manager_id, upwards.person_id, upwards.depth
FROM upwards JOIN {people} manager ON manager.id = upwards.manager_id
WHERE manager.ends_on IS NULL OR manager.ends_on >= %s
"""


def hold_chains(people: Collection[int]) -> dict[int, int | None]:
    """The managers of `people` and of all who stand above them, while these are held until the end.

    To be called before the change after which lines are redrawn around `people`: of two who would
    redraw the same ones, one stands above the other, and the second waits. Nor can two close a
    loop together. A few queries a level.
    """
    held: set[int] = set()
    while not held >= (above := _managers_above(people)).keys():
        held |= above.keys()
        _hold(sorted(held))
    return above


def _managers_above(people: Collection[int]) -> dict[int, int | None]:
    """The manager of each of `people` and of everybody above them. One query a level."""
    above: dict[int, int | None] = {}
    asked: set[int] = set()
    ahead = set(people)
    while ahead:
        rows = Person.objects.filter(pk__in=ahead).order_by()
        managers = dict(rows.values_list("pk", "manager"))
        above |= managers
        asked |= ahead
        ahead = {each for each in managers.values() if each is not None} - asked
    return above


def _hold(people: Sequence[int]) -> None:
    # What only refers to them may be written meanwhile, as beside a sync.
    no_key = connection.features.has_select_for_no_key_update
    for start in range(0, len(people), BATCH):
        batch = Person.objects.filter(pk__in=people[start : start + BATCH]).order_by("pk")
        list(batch.select_for_update(no_key=no_key).values_list("pk"))


def rebuild_reporting_lines(*, today: date, around: Iterable[int] | None = None) -> None:
    """Make the lines equal to what the managers of people say, up to fifty levels.

    With `around`, only the lines of these people and of everybody below them. Who has left is
    nobody's manager any more, but their reports still report to whoever stands above them.
    Two statements for all people, else two for a thousand of them. Managers must not form a
    loop, and the caller holds everybody, or has called `hold_chains`: every service that writes
    managers sees to it.
    """
    with transaction.atomic():
        if around is None:
            ReportingLine.objects.all().delete()
            _insert(today, ())
            return
        above = dict(Person.objects.order_by().values_list("pk", "manager"))
        people = sorted(below(above, around))
        for start in range(0, len(people), BATCH):
            batch = people[start : start + BATCH]
            ReportingLine.objects.filter(person__in=batch).delete()
            _insert(today, batch)


def _insert(today: date, people: Sequence[int]) -> None:
    """Insert the lines of `people`, or of everybody when it is empty."""
    marks = ", ".join(["%s"] * len(people))
    statement = INSERT.format(
        lines=connection.ops.quote_name(ReportingLine._meta.db_table),
        people=connection.ops.quote_name(Person._meta.db_table),
        those=f"AND id IN ({marks})" if people else "",
    )
    with connection.cursor() as cursor:
        if not people and connection.vendor == "postgresql":
            # What it remembers of people may be from before they had managers: then it takes
            # every join for one of a row or two, and the minutes grow with their square.
            name = connection.ops.quote_name(Person._meta.db_table)
            cursor.execute(f"ANALYZE {name}")
        day = connection.ops.adapt_datefield_value(today)
        cursor.execute(statement, [*people, MAX_DEPTH, day])
