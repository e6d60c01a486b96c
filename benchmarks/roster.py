"""A roster of everybody, for the first time and unchanged the next morning."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from benchmarks.crowd import NOW, TODAY, UNITS
from benchmarks.harness import Work
from benchmarks.rows import same, table
from change_tracker.core.tables import read_table
from change_tracker.people.models import OrgUnit, Person, ReportingLine
from change_tracker.people.services.reporting_lines import rebuild_reporting_lines
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    read_roster,
    sync_people,
)
from change_tracker.people.services.unit_paths import rebuild_unit_paths

HEADER = ("external_id", "name", "email", "job_title", "unit", "unit_parent", "manager")
#: People who report to one manager.
SPAN = 10


class FirstRoster(Work):
    """Reading the file, checking, comparing and writing: `size` people, nobody known before."""

    name = "roster-first"
    against = "COPY into a staging table and a merge"
    target = 1.5
    most_megabytes = 300
    writes = (Person, OrgUnit, ReportingLine)

    def load(self, size: int) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "roster.csv"
        with self.path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(line(n) for n in range(1, size + 1))

    def leave(self) -> None:
        self.folder.cleanup()

    def ours(self) -> None:
        read = read_table(self.path, columns=COLUMNS, required=REQUIRED, mapping={})
        roster = read_roster(read, source="roster.csv")
        sync_people(roster=roster, full=True, today=TODAY, actor=None, now=NOW)

    def bare(self) -> None:
        merge(self.path)

    def written(self) -> tuple[str, ...]:
        return (
            same(OrgUnit, without=("path",), parent="external_id"),
            same(Person, unit="external_id", manager="external_id"),
            same(ReportingLine, manager="external_id", person="external_id"),
        )


class UnchangedRoster(FirstRoster):
    """The same file again."""

    name = "roster-unchanged"

    def load(self, size: int) -> None:
        super().load(size)
        merge(self.path)


def line(n: int) -> tuple[str, ...]:
    """The row of the n-th person; the first reports to nobody."""
    manager = f"p{n // SPAN or 1}" if n > 1 else ""
    unit = f"Unit {n % UNITS}"
    return (f"p{n}", f"Person {n}", f"p{n}@example.org", "Clerk", unit, "Company", manager)


def merge(path: Path) -> None:
    """What the file says becomes what is stored; unchanged rows are not written."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} text" for name in HEADER)
        cursor.execute(f"CREATE TEMP TABLE staging ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY staging FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
            copy.write(path.read_bytes())
        cursor.execute("ANALYZE staging")
        cursor.execute(UNITS_SQL)
        if cursor.rowcount:
            cursor.execute(PARENTS_SQL)
            rebuild_unit_paths()
        cursor.execute(LEAVERS_SQL, [TODAY, TODAY])
        left = cursor.rowcount
        cursor.execute(PEOPLE_SQL)
        if left or cursor.rowcount:
            rebuild_reporting_lines(today=TODAY)
        cursor.execute("DROP TABLE staging")


UNITS_SQL = f"""
INSERT INTO {table(OrgUnit)} (version, external_id, name, path)
SELECT 1, lower(name), name, '/' FROM (SELECT unit FROM staging UNION SELECT unit_parent
FROM staging) named (name) WHERE lower(name) NOT IN (SELECT external_id FROM {table(OrgUnit)})
"""
PARENTS_SQL = f"""
UPDATE {table(OrgUnit)} unit SET parent_id = parent.id
FROM (SELECT DISTINCT unit, unit_parent FROM staging) stated
JOIN {table(OrgUnit)} parent ON parent.external_id = lower(unit_parent)
WHERE unit.external_id = lower(stated.unit)
"""
LEAVERS_SQL = f"""
UPDATE {table(Person)} SET ends_on = %s::date - 1, version = version + 1
WHERE (ends_on IS NULL OR ends_on >= %s)
    AND external_id NOT IN (SELECT external_id FROM staging)
"""
PEOPLE_SQL = f"""
WITH wanted AS (
    SELECT coalesce(known.id, nextval(pg_get_serial_sequence('{Person._meta.db_table}', 'id')))
        AS id, staging.*
    FROM staging LEFT JOIN {table(Person)} known USING (external_id)
)
INSERT INTO {table(Person)} AS stored (id, version, external_id, display_name, email, job_title,
    location, timezone, language, unit_id, manager_id)
SELECT wanted.id, 1, wanted.external_id, wanted.name, wanted.email, wanted.job_title, '', '', '',
    unit.id, above.id
FROM wanted LEFT JOIN {table(OrgUnit)} unit ON unit.external_id = lower(wanted.unit)
LEFT JOIN wanted above ON above.external_id = wanted.manager
ON CONFLICT (external_id) DO UPDATE SET version = stored.version + 1,
    display_name = excluded.display_name, email = excluded.email,
    job_title = excluded.job_title, unit_id = excluded.unit_id, manager_id = excluded.manager_id
WHERE (stored.display_name, stored.email, stored.job_title, stored.unit_id, stored.manager_id)
    IS DISTINCT FROM (excluded.display_name, excluded.email, excluded.job_title, excluded.unit_id,
    excluded.manager_id)
"""
