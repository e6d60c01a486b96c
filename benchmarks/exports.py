"""A list as a file: everything that is late in an initiative, ten pieces for each person."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar
from zipfile import ZipFile

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.test import RequestFactory
from django.utils import timezone
from openpyxl import Workbook

from benchmarks.crowd import ITEMS, enrol, make_crowd
from benchmarks.harness import Work
from change_tracker.people.queries import working_week
from change_tracker.training.models import TrainingRecord
from change_tracker.training.views.late import LateFile

HEAD = ["Person", "Unit", "Training", "Plan", "Due on", "Working days late", "Note"]
COLUMNS = (
    "person__display_name",
    "unit__name",
    "activity__title",
    "plan__title",
    "due_on",
    "is_extended",
)
CELL = re.compile(rb"<v>([^<]*)</v>|<v/>|<t[^>]*>([^<]*)</t>")
CHUNK = 1 << 20


class Export(Work):
    """The file, written to a disk as a browser would; memory is that of the server alone."""

    most_megabytes = 100
    form: ClassVar[str]
    user: AbstractBaseUser
    folder: Path

    def load(self, size: int) -> None:
        crowd = make_crowd(size // ITEMS)
        today = timezone.localdate()
        enrol(
            crowd.rules[0],
            assigned_on=today - timedelta(days=90),
            due_on=f"DATE '{today}' - 1 - (enrolment.id %% 30)::int",
            due_rule="'fixed'",
        )
        assert crowd.lead.user is not None
        self.user = crowd.lead.user
        self.folder = Path(mkdtemp())

    def leave(self) -> None:
        for each in self.folder.iterdir():
            each.unlink()
        self.folder.rmdir()

    def ours(self) -> Path:
        request = RequestFactory().get("/")
        request.user = self.user  # type: ignore[assignment]  # any login will do
        answer: Any = LateFile.as_view(form=self.form)(request, slug="front-door")
        path = self.folder / f"ours.{self.form}"
        with path.open("wb") as file:
            file.writelines(answer)
        return path

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The same rows, by a cursor of the server."""
        today, week = timezone.localdate(), working_week()
        records: Any = TrainingRecord.objects.visible_to(self.user)
        late = records.overdue(today).filter(plan__initiative__slug="front-door")
        ordered = late.order_by("due_on", F("person__display_name"), "pk")
        for *line, due_on, is_extended in ordered.values_list(*COLUMNS).iterator():
            late_for = week.between(due_on, today)
            yield *line, due_on, late_for, "More time given" if is_extended else ""


class ExportCsv(Export):
    name = "export-csv"
    against = "a cursor and csv"
    target = 12.0
    form = "csv"

    def bare(self) -> Path:
        path = self.folder / "bare.csv"
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(HEAD)
            writer.writerows(self.rows())
        return path

    def plain(self, answer: Path) -> object:
        digest = sha256()
        with answer.open("rb") as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
        return digest.hexdigest()


class ExportXlsx(Export):
    name = "export-xlsx"
    against = "a cursor and openpyxl"
    target = 2.0
    form = "xlsx"

    def bare(self) -> Path:
        path = self.folder / "bare.xlsx"
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append(HEAD)
        for row in self.rows():
            sheet.append(row)
        book.save(path)
        return path

    def plain(self, answer: Path) -> object:
        """The cells, which both write in the same order."""
        digest, rest = sha256(), b""
        with ZipFile(answer) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
            while piece := sheet.read(CHUNK):
                whole, _, rest = (rest + piece).rpartition(b"</row>")
                for number, text in CELL.findall(whole):
                    digest.update(number + text + b"\n")
        return digest.hexdigest()
