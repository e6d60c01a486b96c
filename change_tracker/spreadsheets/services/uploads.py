"""A spreadsheet from a page into an initiative: sent, named, looked at, applied."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from change_tracker.core.access import User, key_of
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import KEPT_PROBLEMS
from change_tracker.core.sentfiles import (
    LOOK_AT_ONCE,
    NotCheckedError,
    forget_old,
    keep_look,
    name_anew,
    remembered,
    source_of,
    start_for,
)
from change_tracker.core.services import create_row
from change_tracker.core.tables import book_headings
from change_tracker.initiatives.models import Initiative
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.spreadsheets.services.changes import Changes, Line, Part
from change_tracker.spreadsheets.services.importing import (
    Layout,
    RegisterChangedError,
    changes_of,
    check_layout,
    counts_of,
    recognise,
    tables_of,
)
from change_tracker.spreadsheets.services.stored import REVIEW
from change_tracker.spreadsheets.sheets import BY_KEY

CHECK, IMPORT = "check_register", "import_register"
#: Rows of each kind that are named; the counts tell how many there are.
SHOWN = 20


def take_file(
    initiative: Initiative, *, name: str, content: bytes, actor: User, now: datetime
) -> RegisterUpload:
    """Keep a file for a day, with its columns as they were named last time, or as they are known.

    Raises UnreadableFileError for a file that is too big, or that has no headings.
    """
    headings = book_headings(content)
    source = source_of(f"{title}/{each}" for title, some in headings.items() for each in some)
    before = remembered(RegisterUpload.objects.filter(owner=key_of(actor)), source)
    return create_row(
        RegisterUpload,
        initiative=initiative,
        owner_id=key_of(actor),
        name=name[:200],
        content=content,
        headings=list(headings.items()),
        source=source,
        mapping=before or recognise(headings),
        uploaded_at=now,
        actor=actor,
        now=now,
    )


def name_columns(upload: RegisterUpload, layout: Layout) -> RegisterUpload:
    """Say which sheet and which column is which of ours; what was looked at before is forgotten.

    Raises UnreadableFileError where one that is needed is missing, UploadGoneError.
    """
    check_layout(upload.sent_content, layout)
    return name_anew(upload, layout)


def name_sheets(upload: RegisterUpload, layout: Layout) -> RegisterUpload:
    """Say which sheet is which, before their columns are named."""
    return name_anew(upload, layout)


def look(upload: RegisterUpload, *, actor: User, now: datetime) -> JobRun | None:
    """Find out what the file would do: at once, or for a long one as a job, which is returned."""
    if len(upload.sent_content) <= LOOK_AT_ONCE:
        check_upload(upload, actor=actor, now=now)
        return None
    return _start(upload, CHECK, gettext("Check of %(file)s"), {}, actor, now)


def check_upload(upload: RegisterUpload, *, actor: User, now: datetime) -> Changes:
    """Keep what applying the file would do, in words, and the digest of it; applies nothing."""
    tables = tables_of(upload.sent_content, upload.mapping)
    today = timezone.localdate(now)
    changes = changes_of(upload.initiative, tables, actor=actor, today=today)
    keep_look(upload, told(changes), changes.digest)
    return changes


def apply_later(upload: RegisterUpload, *, expected: str, actor: User, now: datetime) -> JobRun:
    """Have a worker apply what was looked at; asking again leads to the same job.

    Raises NotCheckedError, RegisterChangedError where `expected` is not what was looked at,
    UploadGoneError.
    """
    with transaction.atomic():
        upload = RegisterUpload.objects.select_for_update().get(pk=upload.pk)
        job: JobRun | None = upload.job
        if job is not None and job.kind == IMPORT and job.is_open:
            return job
        upload.sent_content  # noqa: B018  gone?
        if upload.preview is None or upload.preview["errors"]:
            raise NotCheckedError
        if upload.digest != expected:
            raise RegisterChangedError
        title = gettext("Import of %(file)s")
        return _start(upload, IMPORT, title, {"digest": expected}, actor, now)


def forget_uploads(*, now: datetime) -> int:
    """Let go of files that nobody applied within a day; returns how many."""
    return forget_old(RegisterUpload.objects.all(), now=now)


def page_of(upload: RegisterUpload) -> str:
    """Where what a file would do is shown."""
    slug = upload.initiative.slug
    return reverse("change_tracker:register-import-check", args=[slug, upload.pk])


def register_url(initiative: Initiative) -> str:
    """Where what was applied is seen."""
    return reverse("change_tracker:register", args=[initiative.slug])


def told(changes: Changes) -> dict[str, Any]:
    """The change list for a page: counts and the first names of each sheet, every problem."""
    counts = counts_of(changes)
    return {
        "parts": [
            {"sheet": part.sheet.key, **counts[part.sheet.key], "lines": _lines(part)}
            for part in changes.parts
        ],
        "problems": [asdict(each) for each in changes.problems[:KEPT_PROBLEMS]],
        "errors": len(changes.errors),
    }


def _lines(part: Part) -> dict[str, list[dict[str, Any]]]:
    return {
        "new": [{"name": each.name} for each in part.new[:SHOWN]],
        "changed": [
            {"name": each.name, "columns": _columns(each)} for each in part.changed[:SHOWN]
        ],
    }


def _columns(line: Line) -> list[str]:
    return [*line.changes, *(REVIEW[:1] if line.review else ())]


def headings_in(sheet: str, columns: list[str]) -> str:
    """What the columns of a sheet are called, in the reader's words."""
    known = {each.name: str(each.heading) for each in BY_KEY[sheet].columns}
    return ", ".join(known[name] for name in columns if name in known)


def _start(
    upload: RegisterUpload, kind: str, title: str, task: dict[str, Any], actor: User, now: datetime
) -> JobRun:
    return start_for(
        upload,
        kind=kind,
        title=title % {"file": upload.name},
        result_url=page_of(upload),
        task=task,
        actor=actor,
        now=now,
    )
