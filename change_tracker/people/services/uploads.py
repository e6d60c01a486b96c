"""A roster from a page into the sync: send it, name its columns, look at it, have it applied."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from change_tracker.core.access import User, key_of
from change_tracker.core.conf import get_conf
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.telling import Tell, keep_quiet, within
from change_tracker.core.sentfiles import (
    LOOK_AT_ONCE,
    NotCheckedError,
    UploadGoneError,
    forget_old,
    keep_look,
    let_go,
    look_again,
    name_anew,
    remembered,
    source_of,
    start_for,
)
from change_tracker.core.services import create_row
from change_tracker.core.tables import check_size, headings_of, open_file
from change_tracker.people.headings import ROSTER, still_there
from change_tracker.people.models import PeopleUpload
from change_tracker.people.services.previews import told
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    ChangedSincePreviewError,
    PeoplePlan,
    Roster,
    TooManyChangesError,
    is_too_many,
    ordinary_changes,
    plan_people,
    preview_people,
    read_roster,
    roster_from,
)
from change_tracker.people.sources import people_source

__all__ = ["CHECK", "IMPORT", "NotCheckedError", "UploadGoneError", "let_go", "look_again"]

CHECK, IMPORT = "check_people", "import_people"


def take_file(
    *, name: str, content: bytes, is_full: bool = False, actor: User, now: datetime
) -> PeopleUpload:
    """Keep a file for a day, with its columns as they were named last time, or as they are known.

    Raises UnreadableFileError for a file that is too big, or that has no headings.
    """
    check_size(len(content), get_conf())
    headings = headings_of(content)
    source = source_of(headings)
    before = still_there(remembered(PeopleUpload.objects.all(), source), headings)
    return create_row(
        PeopleUpload,
        owner_id=key_of(actor),
        name=name[:200],
        content=content,
        headings=headings,
        source=source,
        mapping=before or ROSTER.recognise(headings),
        is_full=is_full,
        uploaded_at=now,
        actor=actor,
        now=now,
    )


def ask_source(*, actor: User, now: datetime) -> PeopleUpload:
    """What the host's people source says, on the same way as a file: looked at, then applied."""
    source = people_source()
    return create_row(
        PeopleUpload,
        owner_id=key_of(actor),
        name=source.name[:200],
        content=b"",
        from_source=True,
        is_full=source.is_complete,
        uploaded_at=now,
        actor=actor,
        now=now,
    )


def name_columns(upload: PeopleUpload, mapping: Mapping[str, str]) -> PeopleUpload:
    """Say which column of the file is which of ours; what was looked at before no longer holds.

    A people source has our columns already. Raises UnreadableFileError where one that is needed is
    missing, UploadGoneError.
    """
    if upload.from_source:
        return name_anew(upload, {})
    upload.mapping = {ours: mapping[ours] for ours in COLUMNS if mapping.get(ours)}
    open_file(upload.sent_content).place(**_asked(upload))
    return name_anew(upload, upload.mapping)


def look(upload: PeopleUpload, *, actor: User, now: datetime) -> JobRun | None:
    """Find out what the file would do: at once, or as a job, which is returned.

    A long file takes a job, and a people source, which may be slow to answer.
    """
    if len(upload.sent_content) <= LOOK_AT_ONCE and not upload.from_source:
        check_upload(upload, actor=actor, now=now)
        return None
    title = gettext("Check of %(file)s") % {"file": upload.name}
    return _start(upload, CHECK, title, {}, actor, now)


def check_upload(
    upload: PeopleUpload, *, actor: User, now: datetime, tell: Tell = keep_quiet
) -> PeoplePlan:
    """Keep what applying the file would do, in words, and the digest of it; applies nothing."""
    today = timezone.localdate(now)
    tell(0, 100)
    roster = roster_of(upload, today=today)
    plan = plan_people(roster, full=upload.is_full, today=today, tell=within(tell, 10, 30))
    seen = preview_people(plan=plan, actor=actor, now=now, tell=within(tell, 30, 100))
    preview = told(seen, ordinary=ordinary_changes(today))
    keep_look(upload, preview, plan.digest)
    return plan


def apply_later(
    upload: PeopleUpload, *, expected: str, allow: int | None, actor: User, now: datetime
) -> JobRun:
    """Have a worker apply what was looked at; asking again leads to the same job.

    `allow` lets so many people leave or move, where more would than is ordinary. Raises
    NotCheckedError, ChangedSincePreviewError where `expected` is not what was looked at,
    TooManyChangesError, UploadGoneError.
    """
    with transaction.atomic():
        upload = PeopleUpload.objects.select_for_update().get(pk=upload.pk)
        job: JobRun | None = upload.job
        if job is not None and job.kind == IMPORT and job.is_open:
            return job
        _refuse(upload, expected, allow)
        title = gettext("Import of %(file)s") % {"file": upload.name}
        task = {"digest": expected, "allow": allow}
        return _start(upload, IMPORT, title, task, actor, now)


def roster_of(upload: PeopleUpload, *, today: date) -> Roster:
    """What the file or the people source says. Raises UploadGoneError, SourceFailedError."""
    if upload.from_source:
        upload.sent_content  # noqa: B018  gone?
        return roster_from(people_source(), today=today)
    table = open_file(upload.sent_content).table(**_asked(upload))
    return read_roster(table, source=upload.name)


def forget_uploads(*, now: datetime) -> int:
    """Let go of files that nobody applied within a day; returns how many."""
    return forget_old(PeopleUpload.objects.all(), now=now)


def _refuse(upload: PeopleUpload, expected: str, allow: int | None) -> None:
    upload.sent_content  # noqa: B018  gone?
    if upload.preview is None or upload.preview["counts"]["errors"]:
        raise NotCheckedError
    if upload.digest != expected:
        raise ChangedSincePreviewError
    seen = upload.preview
    if is_too_many(seen["affected"], ordinary=seen["ordinary"], allow=allow):
        raise TooManyChangesError(
            gettext_lazy("More people would leave or move than usual. Confirm that it is right.")
        )


def _asked(upload: PeopleUpload) -> dict[str, Any]:
    """Which columns are looked for, and as what."""
    theirs: dict[str, list[str]] = {}
    for ours, heading in upload.mapping.items():
        theirs.setdefault(heading, []).append(ours)
    return {"columns": COLUMNS, "required": REQUIRED, "mapping": theirs, "by_name": False}


def _start(
    upload: PeopleUpload, kind: str, title: str, task: dict[str, Any], actor: User, now: datetime
) -> JobRun:
    url = reverse("change_tracker:people-import", args=[upload.pk])
    return start_for(
        upload, kind=kind, title=title, result_url=url, task=task, actor=actor, now=now
    )
