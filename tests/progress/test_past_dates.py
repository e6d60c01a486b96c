"""Progress on past dates of a real course, imported by the command and read through the API."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.progress.course_records import FIRST_DAY, convert, make_students

pytestmark = pytest.mark.django_db

MEASURES = ("enrolled", "due", "completed", "on_time", "late", "overdue")

#: Counted by hand from the files beside this one.
EXCERPT = Path(__file__).parent / "open_university"
BY_HAND = {
    11: (7, 0, 0, 0, 0, 0),
    54: (7, 14, 8, 4, 4, 1),
    60: (6, 12, 8, 4, 4, 4),
    120: (6, 18, 15, 8, 7, 3),
    215: (5, 25, 22, 13, 9, 2),
}
#: The answer that came with the whole data set.
WHOLE = {
    54: (365, 730, 593, 530, 63, 12),
    60: (361, 722, 635, 528, 107, 87),
    120: (352, 1056, 958, 772, 186, 98),
    215: (328, 1640, 1512, 1211, 301, 58),
}


def load(folder: Path, target: Path, lead: Person) -> Initiative:
    initiative = factories.make_initiative(lead=lead, slug="open-university")
    make_students(folder)
    file = convert(folder, target / "records.csv")
    call_command("import_records", str(file), "--initiative", initiative.slug)
    return initiative


def answer(api: Any, initiative: Initiative, number: int, **query: str) -> dict[str, Any]:
    on = (FIRST_DAY + timedelta(days=number)).isoformat()
    url = f"/change/api/v1/initiatives/{initiative.pk}/progress/"
    body: dict[str, Any] = api.get(url, {"on": on} | query).json()
    assert body["on"] == on
    return body


def test_eight_people_on_five_days(lead: Person, sign_in: SignIn, tmp_path: Path) -> None:
    initiative = load(EXCERPT, tmp_path, lead)

    for number, expected in BY_HAND.items():
        body = answer(sign_in.api(lead), initiative, number)
        assert tuple(body[name] for name in MEASURES) == expected, number
        due = body["due"]
        assert body["completion_rate"] == (body["completed"] / due if due else None)


@pytest.mark.shared_data
def test_a_whole_course_on_four_days(lead: Person, sign_in: SignIn, tmp_path: Path) -> None:
    folder = Path(os.environ["CHANGE_TRACKER_SHARED_DATA"]) / "training-records"
    initiative = load(folder, tmp_path, lead)
    assert (Enrolment.objects.count(), TrainingRecord.objects.count()) == (383, 383 * 6)

    for number, expected in WHOLE.items():
        body = answer(sign_in.api(lead), initiative, number)
        assert tuple(body[name] for name in MEASURES) == expected, number
        for by in ("plan", "unit"):
            (row,) = answer(sign_in.api(lead), initiative, number, by=by)["rows"]
            assert tuple(row[name] for name in MEASURES) == expected
