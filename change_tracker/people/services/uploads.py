"""A roster from a page into the sync: send it, name its columns, look at it, have it applied."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from change_tracker.core.access import User, key_of
from change_tracker.core.conf import get_conf
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.jobs.telling import Tell, keep_quiet, within
from change_tracker.core.services import create_row
from change_tracker.core.tables import check_size, headings_of, plain, read_content
from change_tracker.people.headings import recognise, still_there
from change_tracker.people.models import PeopleUpload
from change_tracker.people.services.previews import told
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    ChangedSincePreviewError,
    PeoplePlan,
    Roster,
    TooManyChangesError,
    ordinary_changes,
    plan_people,
    preview_people,
    read_roster,
)

#: Files of up to so many bytes (about a thousand people) are looked at while the page waits.
LOOK_AT_ONCE = 100_000
#: How long a file is kept that nobody applied.
KEPT = timedelta(days=1)
CHECK, IMPORT = "check_people", "import_people"


class UploadGoneError(ChangeTrackerError):
    """The file was applied, or is too old."""

    code = "upload_gone"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("The file is no longer here: it was applied, or a day has passed.")
        )


class NotCheckedError(ChangeTrackerError):
    """Nobody has looked at what the file would do, or it cannot be applied."""

    code = "not_checked"

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Look at what the file would do first."))


def take_file(
    *, name: str, content: bytes, is_full: bool = False, actor: User, now: datetime
) -> PeopleUpload:
    """Keep a file for a day, with its columns as they were named last time, or as they are known.

    Raises UnreadableFileError for a file that is too big, or that has no headings.
    """
    check_size(len(content), get_conf())
    headings = headings_of(content)
    source = _source_of(headings)
    return create_row(
        PeopleUpload,
        owner_id=key_of(actor),
        name=name[:200],
        content=content,
        headings=headings,
        source=source,
        mapping=_remembered(source, headings) or recognise(headings),
        is_full=is_full,
        uploaded_at=now,
        actor=actor,
        now=now,
    )


def name_columns(upload: PeopleUpload, mapping: Mapping[str, str]) -> PeopleUpload:
    """Say which column of the file is which of ours; what was looked at before no longer holds.

    Raises UnreadableFileError where one that is needed is missing, UploadGoneError.
    """
    if upload.content is None:
        raise UploadGoneError
    upload.mapping = {ours: mapping[ours] for ours in COLUMNS if mapping.get(ours)}
    _table_of(upload)
    upload.preview, upload.digest = None, ""
    upload.save(update_fields=["mapping", "preview", "digest"])
    return upload


def look(upload: PeopleUpload, *, actor: User, now: datetime) -> JobRun | None:
    """Find out what the file would do: at once, or for a long one as a job, which is returned."""
    if upload.content is None:
        raise UploadGoneError
    if len(upload.content) <= LOOK_AT_ONCE:
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
    roster = roster_of(upload)
    plan = plan_people(roster, full=upload.is_full, today=today, tell=within(tell, 10, 30))
    seen = preview_people(plan=plan, actor=actor, now=now, tell=within(tell, 30, 100))
    upload.preview = told(plan, seen.memberships, ordinary=ordinary_changes(today))
    upload.digest = plan.digest
    # Not save(): the job that runs this may hold the row of `job`.
    PeopleUpload.objects.filter(pk=upload.pk).update(preview=upload.preview, digest=upload.digest)
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


def roster_of(upload: PeopleUpload) -> Roster:
    """What the file says. Raises UploadGoneError."""
    return read_roster(_table_of(upload), source=upload.name)


def look_again(upload: PeopleUpload) -> None:
    """What was seen no longer holds."""
    PeopleUpload.objects.filter(pk=upload.pk).update(preview=None)


def let_go(upload: PeopleUpload) -> None:
    """Keep neither the file nor what was seen in it."""
    PeopleUpload.objects.filter(pk=upload.pk).update(content=None, preview=None)


def forget_uploads(*, now: datetime) -> int:
    """Let go of files that nobody applied within a day; returns how many."""
    old = PeopleUpload.objects.filter(uploaded_at__lt=now - KEPT, content__isnull=False)
    return old.update(content=None, preview=None)


def _refuse(upload: PeopleUpload, expected: str, allow: int | None) -> None:
    if upload.content is None:
        raise UploadGoneError
    if upload.preview is None or upload.preview["counts"]["errors"]:
        raise NotCheckedError
    if upload.digest != expected:
        raise ChangedSincePreviewError
    if upload.preview["affected"] > max(upload.preview["ordinary"], allow or 0):
        raise TooManyChangesError(
            gettext_lazy("More people would leave or move than usual. Confirm that it is right.")
        )


def _table_of(upload: PeopleUpload) -> Any:
    if upload.content is None:
        raise UploadGoneError
    theirs: dict[str, list[str]] = {}
    for ours, heading in upload.mapping.items():
        theirs.setdefault(heading, []).append(ours)
    content = bytes(upload.content)
    return read_content(content, columns=COLUMNS, required=REQUIRED, mapping=theirs, by_name=False)


def _start(
    upload: PeopleUpload, kind: str, title: str, task: dict[str, Any], actor: User, now: datetime
) -> JobRun:
    job = start_job(
        kind=kind,
        title=title,
        task={"upload": upload.pk, **task},
        result_url=reverse("change_tracker:people-import", args=[upload.pk]),
        actor=actor,
        now=now,
    )
    PeopleUpload.objects.filter(pk=upload.pk).update(job=job)
    return job


def _source_of(headings: list[str]) -> str:
    """What tells the files of one source: their headings, in any order."""
    return sha256("\n".join(sorted(plain(each) for each in headings)).encode()).hexdigest()


def _remembered(source: str, headings: list[str]) -> dict[str, str]:
    """As the columns of the last file with these headings were named, once it was looked at."""
    looked_at = PeopleUpload.objects.filter(source=source).exclude(digest="")
    mapping = looked_at.order_by("-pk").values_list("mapping", flat=True).first()
    return still_there(mapping or {}, headings)
