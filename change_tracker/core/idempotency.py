"""Doing once what a caller sends twice: by a key of theirs, kept together with the effect."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
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
    IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(
                    user_id=key_of(user), key=key, digest=digest, created_at=now
                )
        except IntegrityError:
            return _replay(user, key, digest)
        kept.answer = run()
        kept.save(update_fields=["answer"])
    return kept.answer


def _replay(user: User, key: str, digest: str) -> Any:
    # Locked: a plain read may stand at a moment before the first caller was done.
    known = IdempotencyKey.objects.select_for_update().get(user_id=key_of(user), key=key)
    if known.digest != digest:
        raise KeyReusedError
    return known.answer
