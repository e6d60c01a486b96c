"""From the Open University's files to a file for `import_records`: days become dates."""

import csv
from datetime import date, timedelta
from pathlib import Path

from change_tracker.people.models import Person

FIRST_DAY = date(2013, 10, 1)
PLAN = "AAA 2013J"
DATES = ["assigned_on", "due_on", "completed_on", "withdrawn_on"]
HEADER = ["person", "plan", "activity", *DATES, "score"]


def day(number: str) -> str:
    """The date of a day of the course; "" where the file says nothing or "?"."""
    if number in {"", "?"}:
        return ""
    return (FIRST_DAY + timedelta(days=int(number))).isoformat()


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def convert(folder: Path, target: Path) -> Path:
    """Write `target`: a row for each person and assessment, whether handed in or not.

    Work carried over from an earlier year (`is_banked`) is credit: it has its early date.
    """
    handed_in = {
        (row["id_student"], row["id_assessment"]): row
        for row in rows_of(folder, "studentAssessment.csv")
    }
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        for person in rows_of(folder, "studentRegistration.csv"):
            for number, work in enumerate(rows_of(folder, "assessments.csv"), start=1):
                done = handed_in.get((person["id_student"], work["id_assessment"]), {})
                writer.writerow(
                    {
                        "person": person["id_student"],
                        "plan": PLAN,
                        "activity": f"{work['assessment_type']} {number}",
                        "assigned_on": day(person["date_registration"]),
                        "due_on": day(work["date"]),
                        "completed_on": day(done.get("date_submitted", "")),
                        "withdrawn_on": day(person["date_unregistration"]),
                        "score": done.get("score", "").replace("?", ""),
                    }
                )
    return target


def make_students(folder: Path) -> None:
    keys = [row["id_student"] for row in rows_of(folder, "studentRegistration.csv")]
    Person.objects.bulk_create(Person(external_id=key, display_name=key) for key in keys)
