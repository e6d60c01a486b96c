"""`manage.py import_people` on files as people have them."""

import os
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from change_tracker.people.models import OrgUnit, PeopleSync, Person, ReportingLine
from tests import factories

pytestmark = pytest.mark.django_db

WriteText = Callable[..., Path]
EXCERPT = Path(__file__).parent / "data" / "senior-posts-excerpt.csv"
POSTS = [
    *("--map", "Post Unique Reference=external_id"),
    *("--map", "Job Title=job_title", "--map", "Job Title=name"),
    *("--map", "Unit=unit", "--map", "Reports to Senior Post=manager"),
    *("--map", "Contact E-mail=email"),
]


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_people", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> WriteText:
    def write_text(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write_text


def test_an_excerpt_of_a_real_organisation_comes_in() -> None:
    said = run(EXCERPT, *POSTS)

    top = Person.objects.get(external_id="ERD001")
    director = Person.objects.get(external_id="GOA-005")
    assert top.display_name == top.job_title == "Permanent Secretary of the Department of Health"
    assert (top.email, top.manager, director.manager) == ("", None, top)
    assert "Row 2, manager: There is nobody with the key “XX”; left empty." in said
    assert said.endswith("Applied.\n")


@pytest.mark.shared_data
def test_a_real_organisation_comes_in_whole() -> None:
    folder = Path(os.environ["CHANGE_TRACKER_SHARED_DATA"])

    said = run(folder / "org-chart" / "senior-posts-2013.csv", *POSTS, "--full")

    assert Person.objects.count() == 173
    assert OrgUnit.objects.count() == 8
    assert not Person.objects.exclude(email="").exists()
    assert Person.objects.filter(manager=None).get().external_id == "ERD001"
    top = ReportingLine.objects.filter(manager__external_id="ERD001")
    assert top.count() == 172
    assert "Joiners: 173" in said
    assert "Unchanged: 173" in run(
        folder / "org-chart" / "senior-posts-2013.csv", *POSTS, "--full", "--dry-run"
    )


def test_joiners_movers_leavers_and_changes_are_shown_by_name(write: WriteText) -> None:
    unit = factories.make_unit("Repairs")
    for name in ("Ann", "Bob", "Cleo"):
        factories.make_person(name, external_id=name.lower(), unit=unit)

    said = run(
        write("external_id,name,unit\nann,Ann,Estates\nbob,Bobby,Repairs\ndan,Dan,Repairs\n"),
        "--full",
    )

    assert "Joiners: 1\n  dan  Dan\n" in said
    assert "Movers: 1\n  ann  Ann\n" in said
    assert "Leavers: 1\n  cleo  Cleo\n" in said
    assert "Changed: 1\n  bob  Bobby  (display_name)\n" in said
    assert "New units: 1\n  Estates\n" in said


def test_long_lists_are_cut_short(write: WriteText) -> None:
    rows = "".join(f"p{number},P\n" for number in range(25))

    said = run(write("external_id,name\n" + rows))

    assert "Joiners: 25\n" in said
    assert "p19  P\n  and 5 more\n" in said
    assert "p20" not in said


def test_a_dry_run_shows_audiences_too_and_applies_nothing(write: WriteText) -> None:
    unit = factories.make_unit("Repairs")
    audience = factories.make_audience(unit=unit, name="All of Repairs")
    path = write("external_id,name,unit\n1,Ann,Repairs\n2,Bob,Repairs\n")

    said = run(path, "--dry-run")

    assert "All of Repairs: 2 join, 0 leave" in said
    assert "dry run" in said
    assert not Person.objects.exists()
    assert not audience.members.exists()
    assert PeopleSync.objects.get().state == "dry_run"
    assert "All of Repairs: 2 join, 0 leave" in run(path)
    assert audience.members.count() == 2


def test_what_follows_for_training_is_shown_before_it_is_done(write: WriteText) -> None:
    ann = factories.make_person("Ann", external_id="ann")
    enrolment = factories.make_enrolment(factories.make_plan(factories.make_initiative()), ann)
    path = write("external_id,name\nbob,Bob\n")

    previewed = run(path, "--full", "--dry-run")
    enrolment.refresh_from_db()
    assert (
        "What follows: 1\n  1 leaves no unit: 1 unfinished plan of a person is withdrawn"
        in previewed
    )
    assert enrolment.state == "active"

    assert "What follows: 1\n  1 leaves no unit" in run(path, "--full")
    enrolment.refresh_from_db()
    assert enrolment.state == "withdrawn"


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_errors_are_all_shown_and_nothing_is_written(write: WriteText, options: list[str]) -> None:
    path = write("external_id,name,starts_on\n1,Ann,soon\n,Bob,\n1,Cleo,2026-02-30\n")
    out = StringIO()

    with pytest.raises(CommandError, match="4 errors") as caught:
        call_command("import_people", str(path), *options, stdout=out)

    assert caught.value.returncode == 1
    assert "Row 2, starts_on: “soon” is not a date" in out.getvalue()
    assert "Row 3, external_id: It is empty." in out.getvalue()
    assert "Row 2, external_id: “1” is there more than once: rows 2, 4." in out.getvalue()
    assert "Row 4, starts_on: “2026-02-30” is not in the calendar." in out.getvalue()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("external_id;name\n7; Zoë \n", "utf-8-sig"),
        ("external_id\tname\n7\tZoë\n", "utf-16"),
        ("External ID;Name\r\n7;Zoë\r\n", "cp1252"),
    ],
)
def test_separators_marks_and_encodings_make_no_difference(
    write: WriteText, text: str, encoding: str
) -> None:
    run(write(text, encoding))

    assert Person.objects.get(external_id="7").display_name == "Zoë"


def test_a_workbook_comes_in_with_its_dates(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["external_id", "name", "starts_on"])
    book.active.append([1007, "Ann", date(2026, 3, 1)])
    book.save(tmp_path / "roster.xlsx")

    run(tmp_path / "roster.xlsx")

    assert Person.objects.get(external_id="1007").starts_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "Ref:external_id"], "not of the form"),
        (["--map", "Ref=external_id"], "no column “Ref”"),
    ],
)
def test_a_wrong_map_is_explained(write: WriteText, options: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(write("external_id,name\n1,Ann\n"), *options)


def test_a_missing_column_lists_what_the_file_has(write: WriteText) -> None:
    with pytest.raises(CommandError, match=r"no column for: external_id. .*“Ref”, “name”"):
        run(write("Ref,name\n1,Ann\n"))
