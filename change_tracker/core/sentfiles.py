"""Tables that somebody sent to a page: kept for a day while their columns are named and what they
would do is looked at; then a worker applies that, and the file goes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.tables import plain

#: Files of up to so many bytes (about a thousand rows) are looked at while the page waits.
LOOK_AT_ONCE = 100_000
#: How long a file is kept that nobody applied.
KEPT = timedelta(days=1)


class UploadGoneError(ChangeTrackerError):
    """The file was applied, or is too old."""

    code = "upload_gone"

    def __init__(self) -> None:
        super().__init__(_("The file is no longer here: it was applied, or a day has passed."))


class NotCheckedError(ChangeTrackerError):
    """Nobody has looked at what the file would do, or it cannot be applied."""

    code = "not_checked"

    def __init__(self) -> None:
        super().__init__(_("Look at what the file would do first."))


class SentFile(models.Model):
    """One file: which of its columns is which of ours, what it would do, the job that does it.

    The file and its preview are gone once it was applied, or after a day; the `mapping` stays, for
    the next file with the same headings, told by `source`.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    name = models.CharField(_("name of the file"), max_length=200)
    content = models.BinaryField(_("file"), null=True)
    headings = models.JSONField(_("headings"), default=list)
    source = models.CharField(_("digest of the headings"), max_length=64, db_index=True)
    mapping = models.JSONField(_("columns"), default=dict)
    uploaded_at = models.DateTimeField(_("sent at"))
    preview = models.JSONField(_("what it would do"), null=True)
    digest = models.CharField(_("digest of the change list"), max_length=64, blank=True)
    job = models.ForeignKey(
        JobRun,
        verbose_name=_("background job"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def sent_content(self) -> bytes:
        """The file itself. Raises UploadGoneError."""
        if self.content is None:
            raise UploadGoneError
        return bytes(self.content)


F = TypeVar("F", bound=SentFile)


def source_of(headings: Iterable[str]) -> str:
    """What tells the files of one source: their headings, in any order."""
    return sha256("\n".join(sorted(plain(each) for each in headings)).encode()).hexdigest()


def remembered(rows: Any, source: str) -> dict[str, Any]:
    """How the columns of the last of `rows` from that source were named, once it was looked at."""
    looked_at = rows.filter(source=source).exclude(digest="")
    return looked_at.order_by("-pk").values_list("mapping", flat=True).first() or {}


def name_anew(upload: F, mapping: dict[str, Any]) -> F:
    """Keep which column is which; what was looked at before no longer holds."""
    upload.mapping, upload.preview, upload.digest = mapping, None, ""
    upload.save(update_fields=["mapping", "preview", "digest"])
    return upload


def keep_look(upload: SentFile, preview: dict[str, Any], digest: str) -> None:
    """Keep what was seen; nothing where the columns were named anew since. Raises UploadGoneError
    where the file has gone: what was seen in it goes with it, as nothing would let go of this.
    """
    with transaction.atomic():
        held = _same(upload).filter(content__isnull=False).select_for_update()
        if not (named := list(held.values_list("mapping", flat=True))):
            raise UploadGoneError
        if named != [upload.mapping]:
            return
        upload.preview, upload.digest = preview, digest
        # Not save(): the job that runs this may hold the row of `job`.
        _same(upload).update(preview=preview, digest=digest)


def look_again(upload: SentFile) -> None:
    """What was seen no longer holds."""
    _same(upload).update(preview=None)


def let_go(upload: SentFile) -> None:
    """Keep neither the file nor what was seen in it."""
    _same(upload).update(content=None, preview=None)


def forget_old(rows: Any, *, now: datetime) -> int:
    """Let go of those of `rows` that nobody applied within a day; returns how many."""
    old = rows.filter(uploaded_at__lt=now - KEPT, content__isnull=False)
    return int(old.update(content=None, preview=None))


def start_for(
    upload: SentFile,
    *,
    kind: str,
    title: str,
    result_url: str,
    task: dict[str, Any],
    actor: User,
    now: datetime,
) -> JobRun:
    """Begin a job about a file, which then leads to it."""
    with transaction.atomic():
        job = start_job(
            kind=kind,
            title=title,
            task={"upload": upload.pk, **task},
            result_url=result_url,
            actor=actor,
            now=now,
        )
        _same(upload).update(job=job)
    return job


def _same(upload: SentFile) -> Any:
    return type(upload)._default_manager.filter(pk=upload.pk)
