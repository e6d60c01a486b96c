"""What Ana does on the page of people: an extract of the roster, which changes nothing."""

import csv
from io import StringIO
from pathlib import Path

from change_tracker.core.jobs.services import run_jobs
from change_tracker.people.services.uploads import apply_later, check_upload, take_file
from project.tidewater.days import Calendar
from project.tidewater.people import by
from project.tidewater.roster import CAST

NAME = "customer-services.csv"
#: Her columns, of which nobody needs the last.
COLUMNS = {"Staff number": "external_id", "Full name": "name", "Department": "unit", "Desk": ""}
ROWS = 8


def send_an_extract(calendar: Calendar) -> None:
    """The columns are recognised, the page says what it does, and a worker applies it."""
    by_ana = by("ana", calendar.moment(calendar.past(1)))
    upload = take_file(name=NAME, content=_extract(CAST).encode(), **by_ana)
    check_upload(upload, **by_ana)
    apply_later(upload, expected=upload.digest, allow=None, **by_ana)
    run_jobs(clock=lambda: by_ana["now"])


def _extract(cast: Path) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    with cast.open(encoding="utf-8", newline="") as handle:
        for number, row in zip(range(ROWS), csv.DictReader(handle), strict=False):
            writer.writerow([row.get(ours, f"D{number}") for ours in COLUMNS.values()])
    return text.getvalue()
