"""A real course as it happened, day by day: who registered, left and handed in.

Everything goes the way it goes in an organisation: the roster of the day is imported, the group
follows its rule, the plan follows the group, and work is marked as done on the day it was handed
in. Every day the figures of the page, of the API and of the lists as files are held against a count
from the course's own files; at the end the API is asked again for all the days that have passed.
"""

import csv
import os
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import PlanItem, TrainingPlan, TrainingRecord
from change_tracker.training.services import assign_plan
from tests import factories
from tests.conftest import SignIn
from tests.contracts.browser import Browser
from tests.progress.course_records import FIRST_DAY, rows_of
from tests.progress.test_past_dates import EXCERPT, MEASURES

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.exhaustive]
LAST_DAY = 268
#: Two files of every row cost far more than the figures of a day.
EVERY_FILE = bool(os.environ.get("CHANGE_TRACKER_EVERY_FILE"))
TILE = re.compile(r'<dd class="ct-tile__v">\s*(\d+)\s*</dd>')
OF = re.compile(r"<dd>\s*(\d+) of (\d+)\s*</dd>")
IN_FORCE = {"active", "not_started", "in_progress", "completed"}
Figures = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The files in numbers: days of joining and leaving by person, dates by assessment, and the
    days on which work was handed in by both."""

    people: dict[str, tuple[int, int | None]]
    works: dict[str, int | None]
    handed_in: dict[tuple[str, str], int]

    @classmethod
    def read(cls, folder: Path) -> "Course":
        people = {
            row["id_student"]: (int(row["date_registration"]), _number(row["date_unregistration"]))
            for row in rows_of(folder, "studentRegistration.csv")
        }
        works = {
            row["id_assessment"]: _number(row["date"]) for row in rows_of(folder, "assessments.csv")
        }
        handed_in = {
            (row["id_student"], row["id_assessment"]): int(row["date_submitted"])
            for row in rows_of(folder, "studentAssessment.csv")
        }
        return cls(people, works, handed_in)

    def days(self) -> range:
        return range(min(joined for joined, _left in self.people.values()), LAST_DAY + 1)

    def turns(self) -> list[int]:
        """The days on which something happened or was due, and the days after them."""
        found = {*self.handed_in.values(), *self.works.values()}
        found |= {day for dates in self.people.values() for day in dates}
        return sorted({day + more for day in found if day is not None for more in (0, 1)})

    def due_days(self) -> set[int]:
        """The days on which something is due, and the days after them."""
        return {day + more for day in self.works.values() if day is not None for more in (0, 1)}

    def enrolled(self, day: int) -> list[str]:
        return [
            person
            for person, (joined, left) in self.people.items()
            if joined <= day and (left is None or left > day)
        ]

    def expected(self, day: int) -> Figures:
        """The measures by the files alone. A date that would leave less than a day for each piece
        of work up to it moves to the first that does not."""
        present = self.enrolled(day)
        due = completed = on_time = overdue = 0
        for person in present:
            for place, (work, date_) in enumerate(self.works.items(), start=1):
                if date_ is None or (due_day := max(date_, self.people[person][0] + place)) > day:
                    continue
                done_day = self.handed_in.get((person, work), LAST_DAY + 1)
                due += 1
                completed += done_day <= day
                on_time += done_day <= min(day, due_day)
                overdue += due_day < day < done_day
        return len(present), due, completed, on_time, completed - on_time, overdue


class Replay:
    """The product, and what happens in it from day to day."""

    def __init__(self, course: Course, staff: Sequence[Person], folder: Path) -> None:
        self.course, self.staff, self.folder = course, staff, folder
        unit = factories.make_unit("The course", external_id="course")
        audience = factories.make_audience(unit=unit, name="Everyone in the course")
        self.initiative = factories.make_initiative(lead=staff[0], slug="course")
        works = [factories.make_activity(self.initiative, title=work) for work in course.works]
        self.plan = factories.make_plan(self.initiative, items=works, title="The course")
        for item, day in zip(self.plan.items.all(), course.works.values(), strict=True):
            dated = {"due_rule": "fixed", "due_on": day_of(day)} if day is not None else {}
            PlanItem.objects.filter(pk=item.pk).update(**dated)
        factories.make_rule(self.plan, audience, due_rule="")
        self.assigned = False

    def happen(self, day: int) -> None:
        """All that happened on that day."""
        if any(day in dates for dates in self.course.people.values()):
            self._import_roster(day)
        if not self.assigned:
            plan = TrainingPlan.objects.get(pk=self.plan.pk)
            today, now = day_of(day), moment_of(day)
            assign_plan(plan=plan, today=today, actor=None, now=now)
            self.assigned = True

    def done_on(self, day: int) -> list[int]:
        """The records of what was handed in on that day."""
        works = [work for work, when in self.course.handed_in.items() if when == day]
        records = TrainingRecord.objects.filter(person__external_id__in={who for who, _ in works})
        found = records.values_list("person__external_id", "activity__title", "pk")
        ids = {(person, work): pk for person, work, pk in found}
        return [ids[work] for work in works]

    def _import_roster(self, day: int) -> None:
        """The roster of the day is whole, so who is not in it has left."""
        file = self.folder / "roster.csv"
        with file.open("w", newline="") as handle:
            rows = csv.writer(handle)
            rows.writerow(["external_id", "name", "unit"])
            rows.writerows([person, person, "course"] for person in self.course.enrolled(day))
            rows.writerows([each.external_id, each.display_name, ""] for each in self.staff)
        call_command("import_people", str(file), "--full", verbosity=0)


def _number(text: str) -> int | None:
    return None if text in {"", "?"} else int(text)


def day_of(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


def moment_of(day: int) -> datetime:
    return datetime.combine(day_of(day), time(12), UTC)


def by_api(api: Any, initiative: Initiative, day: int) -> Figures:
    url = f"/change/api/v1/initiatives/{initiative.pk}/progress/"
    body = api.get(url, {"on": day_of(day).isoformat()}).json()
    return tuple(body[name] for name in MEASURES)


def by_page(page: Any, initiative: Initiative) -> Figures:
    """The figures that the tiles of today's page show; none on a day without any."""
    html = page.get(f"/change/i/{initiative.slug}/progress/").content.decode()
    tiles = [int(each) for each in TILE.findall(html)]
    if not tiles:
        return (0, 0, 0, 0, 0, 0)
    on_time, late, overdue, enrolled = tiles[-4:]
    found = OF.search(html)
    completed, due = (int(found[1]), int(found[2])) if found else (0, 0)
    return enrolled, due, completed, on_time, late, overdue


def by_export(api: Any, plan: TrainingPlan, day: int) -> Figures:
    """The same counted from the rows of the files: whom the plan still asks, and their work."""
    present = {row["id"] for row in rows_in(api, "enrolments", plan) if row["state"] in IN_FORCE}
    rows = [
        (row["completed_on"], row["due_on"])
        for row in rows_in(api, "records", plan)
        if row["enrolment"] in present and row["state"] in IN_FORCE
    ]
    today = day_of(day).isoformat()
    due = [row for row in rows if row[1] and row[1] <= today]
    done = [row for row in due if row[0] and row[0] <= today]
    on_time = [row for row in done if row[0] <= row[1]]
    overdue = [row for row in due if row not in done and row[1] < today]
    return len(present), len(due), len(done), len(on_time), len(done) - len(on_time), len(overdue)


def rows_in(api: Any, name: str, plan: TrainingPlan) -> list[dict[str, str]]:
    """The lines of one of the lists, as a file."""
    answer = api.get(f"/change/api/v1/{name}/csv/", {"plan": plan.pk})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    return list(csv.DictReader(lines))


def one_by_one(recorder: Any, records: list[int]) -> None:
    for record in records:
        answer = recorder.post(f"/change/api/v1/records/{record}/complete/")
        assert answer.status_code == 200, answer.content


def all_of_a_day(recorder: Any, records: list[int]) -> None:
    if records:
        answer = recorder.post("/change/api/v1/recordings/", {"records": records})
        assert answer.json() == {"recorded": sorted(records), "left_out": []}


def replay(
    course: Course,
    days: Sequence[int],
    target: Path,
    staff: tuple[Person, Person],
    sign_in: SignIn,
    *,
    files_on: Container[int],
    record: Callable[[Any, list[int]], None],
) -> None:
    lead, hr = staff
    assert lead.user is not None
    with time_machine.travel(moment_of(days[0]), tick=False) as traveller:
        run = Replay(course, staff, target)
        api, recorder = sign_in.api(lead), sign_in.api(hr)
        browser = Browser(lead.user)  # which no session signs out after two weeks
        for day in days:
            traveller.move_to(moment_of(day))
            run.happen(day)
            record(recorder, run.done_on(day))
            expected = course.expected(day)
            assert by_api(api, run.initiative, day) == expected, day
            assert by_page(browser, run.initiative) == expected, day
            if day in files_on:
                assert by_export(api, run.plan, day) == expected, day
        for day in days:
            assert by_api(api, run.initiative, day) == course.expected(day), day


def test_eight_people_on_each_day_that_matters(
    lead: Person, hr: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    course = Course.read(EXCERPT)

    days = course.turns()
    replay(course, days, tmp_path, (lead, hr), sign_in, files_on=days, record=one_by_one)


@pytest.mark.shared_data
def test_a_whole_course_on_every_day(
    lead: Person, hr: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    course = Course.read(Path(os.environ["CHANGE_TRACKER_SHARED_DATA"]) / "training-records")

    days = course.days()
    files_on = days if EVERY_FILE else course.due_days()
    replay(course, days, tmp_path, (lead, hr), sign_in, files_on=files_on, record=all_of_a_day)
