"""Rosters for tests: rows as dicts, read by the real reader."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from change_tracker.core.tables import read_table
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    PeoplePlan,
    Roster,
    SyncResult,
    apply_people,
    plan_people,
    read_roster,
)
from tests.factories import NOW, TODAY

Rows = list[dict[str, str]]


class Source:
    """A people source that says what the test says."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "roster.csv"

    def roster(self, rows: Rows) -> Roster:
        columns = list(dict.fromkeys([*REQUIRED, *(name for row in rows for name in row)]))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        self.path.write_text(text.getvalue(), encoding="utf-8")
        table = read_table(self.path, columns=COLUMNS, required=REQUIRED, mapping={})
        return read_roster(table, source=self.path.name)

    def plan(self, *rows: dict[str, str], full: bool = False, today: date = TODAY) -> PeoplePlan:
        return plan_people(self.roster(list(rows)), full=full, today=today)

    def sync(self, *rows: dict[str, str], **options: Any) -> SyncResult:
        return apply_people(plan=self.plan(*rows, **options), actor=None, now=NOW)


def row(external_id: str, name: str | None = None, **values: str) -> dict[str, str]:
    """One row; the name is the key unless said otherwise."""
    return {"external_id": external_id, "name": external_id if name is None else name, **values}
