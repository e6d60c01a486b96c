"""Readings of objectives: typed on a page, posted, imported; the place where they are shown."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import Workbook

from change_tracker.core.models import AuditEvent
from change_tracker.core.tables import table_of
from change_tracker.initiatives.models import Initiative, Measurement, Objective
from change_tracker.initiatives.readinglines import COLUMNS, REQUIRED
from change_tracker.initiatives.readinglines import table_of as readings_table
from change_tracker.initiatives.services import import_readings
from change_tracker.initiatives.trend import standing_words, trend_of
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY, make_file
from tests.portal.browsing import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

DOOR = "/change/i/door/"
API = "/change/api/v1/measurements/"
IMPORT = f"{DOOR}readings/import/"


@pytest.fixture
def goal(door: Initiative) -> Objective:
    """From 54 to 75 % until the first of March; nobody has measured it."""
    Measurement.objects.all().delete()
    door.objectives.update(baseline=54, target=75, due_on=date(2027, 3, 1))
    return door.objectives.get()


def readings(goal: Objective) -> list[tuple[date, Decimal]]:
    return list(goal.measurements.values_list("measured_on", "value"))


def test_the_lead_types_one_and_takes_it_back(
    goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    client, url = sign_in.page(lead), f"{DOOR}objectives/{goal.pk}/"
    assert "Nobody has measured it yet." in words(client.get(url))

    asked = client.get(f"{url}readings/new/").content.decode()
    assert 'value="2026-11-18"' in asked
    typed = {"value": "58.5", "measured_on": "2026-11-16", "note": "Telephone system"}
    response = client.post(f"{url}readings/new/", typed, follow=True)

    assert "58.5 % is added." in words(response)
    assert "21 % of the way to the target is done." in words(response)
    assert "Correct: Mon 16 Nov 58.5 % Telephone system" in words(response)
    reading = goal.measurements.get()
    client.post(f"{DOOR}readings/{reading.pk}/delete/")
    assert readings(goal) == []
    verbs = AuditEvent.objects.filter(object_type="measurement").values_list("verb", flat=True)
    assert list(verbs) == ["deleted", "created"]


def test_the_lead_corrects_one(goal: Objective, lead: Person, sign_in: SignIn) -> None:
    reading = factories.make_measurement(goal, 85)
    factories.make_measurement(goal, 57, measured_on=date(2026, 11, 11))
    client, url = sign_in.page(lead), f"{DOOR}readings/{reading.pk}/edit/"

    taken = {"value": "58", "measured_on": "2026-11-11", "version": 1}
    response = client.post(url, taken)
    assert response.status_code == 409
    assert "That day has a reading already." in words(response)
    client.post(url, taken | {"measured_on": "2026-11-18"})

    assert readings(goal)[-1] == (TODAY, Decimal(58))
    late = client.post(url, taken | {"measured_on": "2026-11-17"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"measured_on": "2026-11-19"}, "A reading is of a day that has come."),
        ({"value": "much"}, "How much is it? Enter a number."),
        ({"measured_on": "2026-11-11"}, "That day has a reading already: 57.00."),
    ],
)
def test_what_cannot_be_read_is_said(
    goal: Objective, lead: Person, sign_in: SignIn, changes: dict[str, str], refusal: str
) -> None:
    factories.make_measurement(goal, 57, measured_on=date(2026, 11, 11))
    typed = {"value": "58", "measured_on": "2026-11-18"} | changes

    response = sign_in.page(lead).post(f"{DOOR}objectives/{goal.pk}/readings/new/", typed)

    assert response.status_code in {400, 409}
    assert refusal in response.content.decode()
    assert goal.measurements.count() == 1


def test_another_system_posts_them_and_a_repeat_is_none(
    goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    body = {"objective": goal.pk, "measured_on": "2026-11-18", "value": "61"}

    first, again = api.post(API, body), api.post(API, body)
    other = api.post(API, body | {"value": "62"})
    future = api.post(API, body | {"measured_on": "2026-12-01"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "already_there")
    assert (future.status_code, "measured_on" in future.json()["errors"]) == (400, True)
    assert (
        api.get(f"{API}?initiative={goal.initiative_id}").json()["results"][0]["value"] == "61.00"
    )


def test_a_repeat_on_the_page_says_so_and_offers_no_way_to_take_back_what_was_there(
    goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    factories.make_measurement(goal, 57, note="Telephone system")
    client, url = sign_in.page(lead), f"{DOOR}objectives/{goal.pk}/readings/new/"
    typed = {"value": "57", "measured_on": "2026-11-18"}

    same = client.post(url, typed, follow=True)
    other = client.post(url, typed | {"note": "Counted by hand"})

    assert "Nothing is changed: it was so before." in words(same)
    assert "Undo" not in words(same)
    assert other.status_code == 409
    assert goal.measurements.get().note == "Telephone system"


def test_a_file_without_a_column_for_notes_leaves_them_alone(door: Initiative) -> None:
    goal = door.objectives.get()
    goal.measurements.update(note="Telephone system")
    lines = f"objective,measured_on,value\n{goal.title},2026-11-02,%s\n"

    same, changed = (
        import_readings(
            initiative=door, table=readings_table((lines % value).encode()), actor=None, now=NOW
        )
        for value in (57, 58)
    )

    assert (same.same, changed.changed) == (1, 1)
    assert goal.measurements.get().note == "Telephone system"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_looks_like_a_formula_comes_back_as_it_was(
    form: str, goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    Objective.objects.filter(pk=goal.pk).update(title="-20 % complaints")
    factories.make_measurement(goal, 57, note="=  as reported")

    sent = sign_in.page(lead).get(f"{DOOR}readings.{form}")
    table = readings_table(b"".join(sent.streaming_content))  # type: ignore[attr-defined]
    done = import_readings(initiative=goal.initiative, table=table, actor=None, now=NOW)

    assert (done.new, done.changed, done.same) == (0, 0, 1)


def test_a_percentage_of_a_spreadsheet_is_what_people_see_there(goal: Objective) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["objective", "measured_on", "value"])
    sheet.append([goal.title, date(2026, 11, 18), 0.585])
    sheet["C2"].number_format = "0.0%"
    file = io.BytesIO()
    book.save(file)

    table = readings_table(file.getvalue())
    import_readings(initiative=goal.initiative, table=table, actor=None, now=NOW)

    assert readings(goal) == [(TODAY, Decimal("58.5"))]


def test_a_file_in_english_is_read_by_whoever_reads_german(goal: Objective) -> None:
    content = f"Objective,Measured on,Reading\n{goal.title},2026-11-02,57\n".encode()

    with override("de"):
        table = readings_table(content)

    assert table.columns == REQUIRED


def test_a_file_is_recorded_and_sent_back_changes_nothing(
    goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    factories.make_measurement(goal, 57, measured_on=date(2026, 11, 11))
    client = sign_in.page(lead)
    lines = (
        "objective;measured_on;value;note\n"
        "Calls solved at once;11.11.2026;58,5;\n"
        "calls  solved at once;18.11.2026;61;=cmd\n"
    )

    response = client.post(IMPORT, {"file": make_file("r.csv", lines.encode())}, follow=True)

    assert "1 new reading. 1 has another value than before." in words(response)
    assert readings(goal) == [(date(2026, 11, 11), Decimal("58.5")), (TODAY, Decimal(61))]
    sent = client.get(f"{DOOR}readings.xlsx")
    content = b"".join(sent.streaming_content)  # type: ignore[attr-defined]
    events = AuditEvent.objects.count()
    response = client.post(IMPORT, {"file": make_file("r.xlsx", content)}, follow=True)
    assert "0 new readings. 2 were there already." in words(response)
    assert AuditEvent.objects.count() == events


def test_a_file_that_a_colleague_downloaded_in_german_is_read(
    goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    Objective.objects.filter(pk=goal.pk).update(title="-10 % of calls")
    factories.make_measurement(goal, 57, measured_on=date(2026, 11, 11))
    client = sign_in.page(lead)
    sent = client.get(f"{DOOR}readings.csv", headers={"Accept-Language": "de"})
    content = b"".join(sent.streaming_content)  # type: ignore[attr-defined]

    response = client.post(IMPORT, {"file": make_file("r.csv", content)}, follow=True)

    assert "0 new readings. 1 was there already." in words(response)


def test_a_file_with_errors_changes_nothing_and_says_which_rows(
    goal: Objective, lead: Person, sign_in: SignIn
) -> None:
    factories.make_objective(goal.initiative, title="Twice")
    factories.make_objective(goal.initiative, title="Twice")
    lines = (
        "objective,measured_on,value\n"
        "Calls solved at once,2026-11-18,61\n"
        "Calls solved at once,2026-11-18,62\n"
        "Calls,2026-12-24,lots\n"
        'Twice,2026-11-17,"1,234"\n'
    )

    response = sign_in.page(lead).post(IMPORT, {"file": make_file("r.csv", lines.encode())})

    said = words(response)
    assert response.status_code == 409
    for part in (
        "The file has 6 errors; nothing was applied.",
        "Row 3 measured_on The same objective and day as in row 2.",
        "Row 4 objective No objective is called “Calls”. There are: “Calls solved at once”, “Twice",
        "Row 4 measured_on This day is in the future.",
        "Row 4 value “lots” is not a number.",
        "Row 5 objective Two objectives are called “Twice”; give one another title.",
        "Row 5 value “1,234” can mean two numbers",
    ):
        assert part in said
    assert not Measurement.objects.exists()


@pytest.mark.exhaustive
def test_an_import_costs_the_same_for_any_number_of_rows(goal: Objective, lead: Person) -> None:
    def cost(days: int, value: int) -> int:
        rows = [
            {"objective": goal.title, "measured_on": date(2026, month, day), "value": value}
            for month in range(1, 11)
            for day in range(1, days + 1)
        ]
        table = table_of(rows, columns=COLUMNS, required=REQUIRED)
        with CaptureQueriesContext(connection) as queries:
            import_readings(initiative=goal.initiative, table=table, actor=lead.user, now=NOW)
        return len(queries)

    assert cost(1, 55) == cost(8, 55)
    assert cost(1, 56) == cost(8, 57)


@pytest.mark.parametrize(
    ("start", "target", "direction", "value", "said"),
    [
        (54, 75, "up", 75, "The target is reached."),
        (54, 75, "up", "74.99", "99 % of the way to the target is done."),
        (16, 9, "down", 12, "57 % of the way to the target is done."),
        (16, 9, "down", "8.5", "The target is reached."),
        (16, 9, "down", 17, "It is not nearer to the target than at the start."),
        (None, 9, "down", 12, "The target is not reached yet."),
        (16, None, "down", 12, "There is no target to hold it against."),
        (16, 9, "down", None, "Nobody has measured it yet."),
    ],
)
def test_a_reading_says_no_more_than_it_does(
    start: int | None, target: int | None, direction: str, value: object, said: str
) -> None:
    numbers = [None if each is None else Decimal(str(each)) for each in (start, target, value)]
    goal = Objective(title="x", baseline=numbers[0], target=numbers[1], direction=direction)

    assert standing_words(goal, numbers[2]) == said


def test_the_picture_is_in_its_frame_and_says_what_it_shows() -> None:
    goal = Objective(title="Calls", unit="%", baseline=Decimal(54), target=Decimal(75))
    rows = [
        Measurement(measured_on=date(2026, 11, day), value=Decimal(value))
        for day, value in ((1, 54), (8, 50), (15, 75))
    ]

    trend = trend_of(goal, rows, TODAY)

    assert trend is not None
    assert [(dot.x, dot.y) for dot in trend.dots] == [(110, 155), (308, 180), (505, 24)]
    assert trend.line == "M110 155L308 180L505 24"
    assert trend.levels == (("At the start", "54", 155), ("Target", "75", 24))
    assert trend.words == "Calls: 3 readings, from 54 % on Sun 1 Nov to 75 % on Sun 15 Nov."
    assert trend_of(goal, [], TODAY) is None


def test_those_whom_it_touches_see_the_goal_and_cannot_write(
    goal: Objective, employee: Person, outsider: Person, sign_in: SignIn
) -> None:
    factories.make_measurement(goal, 61)
    client = sign_in.page(employee)

    assert "61 % on Wed 18 Nov" in words(client.get(f"{DOOR}about/"))
    page = client.get(f"{DOOR}objectives/{goal.pk}/")
    assert "33 % of the way to the target is done." in words(page)
    assert "Add a reading" not in words(page)
    assert client.get(f"{DOOR}objectives/{goal.pk}/readings/new/").status_code == 403
    assert client.get(f"{DOOR}readings.csv").status_code == 404
    assert sign_in.page(outsider).get(f"{DOOR}objectives/{goal.pk}/").status_code == 404
