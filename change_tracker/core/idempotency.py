"""Doing once what a caller sends twice: by a key of theirs, kept together with the effect."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, key_of
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.models import IdempotencyKey

KEPT = timedelta(hours=48)
MOST_CHARACTERS = 200


class KeyReusedError(ChangeTrackerError):
    """The same key came with another body."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used for something else."))


def digest_of(where: str, body: Any) -> str:
    """What tells a request from another one; the order of names does not."""
    said = json.dumps([where, body], sort_keys=True, default=str)
    return sha256(said.encode()).hexdigest()


def once(*, user: User, key: str, digest: str, now: datetime, run: Callable[[], Any]) -> Any:
    """What `run` answers, and what it answered before where `user` sent `key` in the last 48 hours.

    `run` must change the default database only, and answer with what JSON can hold. A second
    caller waits for the first. Without a key it runs every time. Raises KeyReusedError when the
    digest is another one; what `run` raises frees the key again.
    """
    if not key:
        with transaction.atomic():
            return run()
    if len(key) > MOST_CHARACTERS:
        raise ValidationError({"Idempotency-Key": _("The key is too long.")})
    forget(now=now)
    with transaction.atomic():
        kept, is_first = claim(user=user, key=key, digest=digest, now=now)
        if kept.digest != digest:
            raise KeyReusedError
        if is_first:
            kept.answer = run()
            kept.save(update_fields=["answer"])
    return kept.answer


def claim(*, user: User, key: str, digest: str, now: datetime) -> tuple[IdempotencyKey, bool]:
    """The row of `key` of `user`, and whether it is made by this; within the caller's transaction.

    A second caller waits until the first has ended theirs. Where that wrote nothing, or deleted the
    row, the second is the first.
    """
    of = {"user_id": key_of(user), "key": key}
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(**of, digest=digest, created_at=now), True
    except IntegrityError:
        # Locked: a plain read may stand at a moment before the first caller was done.
        kept = IdempotencyKey.objects.select_for_update().filter(**of).first()
        if kept is None:
            # Deleted since: whoever begins anew is the first.
            raise
        return kept, False


def forget(*, now: datetime, also: Q | None = None) -> None:
    """Forget what is older than 48 hours, and `also` others."""
    old = Q(created_at__lt=now - KEPT)
    IdempotencyKey.objects.filter(old if also is None else old | also).delete()
