"""The register of an initiative: recording a resistance, judging its level, moving it on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import (
    InUseError,
    change_row,
    create_row,
    create_rows,
    delete_row,
    lock,
)
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import person_of, require_running
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import ResistanceReview, ResistanceSource, SourceType
from change_tracker.resistance.points import RESISTANCE_KEEPERS
from change_tracker.resistance.states import RESISTANCE
from change_tracker.signals import announce, resistance_observed

State = ResistanceSource.State
#: What is said where it went wrong before; everybody whom the initiative touches reads it.
LAST_TIME = ("last_time", "this_time")
#: What a move looks at, as it is once nobody else can change it.
GUARDED = ("owner_id", "target_level", "review_on", "due_revision")


class FutureReviewError(ChangeTrackerError):
    """Nobody can have observed a level on a day that has not come."""

    code = "review_in_future"


class AcceptedError(ChangeTrackerError):
    """The change would undo what somebody accepted this resistance on."""

    code = "accepted"


class NotNewError(ChangeTrackerError):
    """A resistance that somebody worked on is not deleted."""

    code = "not_new"


def record_resistance(
    *,
    initiative: Initiative,
    source_type: SourceType,
    statement: str,
    actor: User | None,
    now: datetime,
    audiences: Iterable[Audience] = (),
    **values: Any,
) -> ResistanceSource:
    """Record one resistance; without a readiness stage it has the one of its kind.

    Sends `resistance_observed`. Raises InitiativeEndedError, and ValidationError where its kind
    asks for last time and this time.
    """
    _require_last_time(source_type, values)
    values["stage"] = values.get("stage") or source_type.readiness_stage
    with transaction.atomic():
        require_running(initiative)
        source = create_row(
            ResistanceSource,
            initiative=initiative,
            type=source_type,
            statement=statement,
            audiences=list(audiences),
            actor=actor,
            now=now,
            **values,
        )
        announce(resistance_observed, ResistanceSource, source=source)
    return source


def record_resistances(
    *,
    initiative: Initiative,
    entries: Sequence[Mapping[str, Any]],
    actor: User | None,
    now: datetime,
) -> list[ResistanceSource]:
    """Record several as `record_resistance` does, each as the columns of an entry; as many
    statements as for a few. Raises what that one raises, and then records nothing.
    """
    for entry in entries:
        _require_last_time(entry["type"], entry)
    with transaction.atomic():
        require_running(initiative)
        rows = [
            {"stage": entry["type"].readiness_stage, **entry, "initiative": initiative}
            for entry in entries
        ]
        sources = create_rows(ResistanceSource, rows, actor=actor, now=now) if rows else []
        for source in sources:
            announce(resistance_observed, ResistanceSource, source=source)
    return sources


def change_resistance(
    source: ResistanceSource,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> ResistanceSource:
    """Change what the register says about a resistance; a readiness stage that is the one of its
    kind goes along with another kind.

    Raises AcceptedError when it is being lived with and would lose its review date or come to be
    owned by the one who accepted it; and ValidationError where last time and this time are asked.
    """
    if changes.keys() & {"type", *LAST_TIME}:
        now_said = {name: getattr(source, name) for name in LAST_TIME}
        _require_last_time(changes.get("type", source.type), now_said | changes)
        changes = _stage_of_kind(source, changes) | changes
    if source.state == State.ACCEPTED:
        require_still_accepted(source, changes)
    if changes.get("review_on", source.review_on) != source.review_on:
        changes["due_revision"] = source.due_revision + 1
    return change_row(source, actor=actor, now=now, expected_version=expected_version, **changes)


def _stage_of_kind(source: ResistanceSource, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The stage of another kind, unless somebody chose the one that there is."""
    kind: SourceType = changes.get("type", source.type)
    if kind == source.type or not is_of_kind(source.stage, source.type.readiness_stage):
        return {}
    return {"stage": kind.readiness_stage}


def is_of_kind(stage: str, usual: str) -> bool:
    """Whether nobody chose the readiness `stage` of an entry: it is the `usual` one of its kind."""
    return stage in {"", usual}


def lacking_last_time(source_type: SourceType, said: Mapping[str, Any]) -> dict[str, Any]:
    """By field, what a kind of resistance asks for beside the rest and `said` lacks."""
    if not source_type.asks_last_time:
        return {}
    words = {"last_time": _("Say what went wrong."), "this_time": _("Say what is different.")}
    return {name: words[name] for name in LAST_TIME if not str(said.get(name, "")).strip()}


def _require_last_time(source_type: SourceType, said: Mapping[str, Any]) -> None:
    if missing := lacking_last_time(source_type, said):
        raise ValidationError(missing)


def require_still_accepted(source: ResistanceSource, changes: Mapping[str, Any]) -> None:
    """Raise AcceptedError where `changes` would undo what somebody accepted it on."""
    if changes.get("review_on", source.review_on) is None:
        raise AcceptedError(_("Say when to look at it again."))
    owner: Person | None = changes.get("owner", source.owner)
    if owner is not None and owner.pk == source.approver_id:
        raise AcceptedError(_("Whoever accepted this cannot own it. Choose somebody else."))


def move_resistance(
    source: ResistanceSource,
    *,
    to: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
    approver: Person | None = None,
    review_on: date | None = None,
) -> ResistanceSource:
    """Move a resistance; accepting it ("live with it") keeps `approver` and `review_on`.

    Raises what `Transitions.move` raises.
    """
    with transaction.atomic():
        # Reviews and actions that guards look at wait until the move is through.
        held = lock(source)
        for name in GUARDED:
            setattr(source, name, getattr(held, name))
        changes: dict[str, Any] = {}
        if to == State.ACCEPTED:
            changes = {"approver": approver, "review_on": review_on or source.review_on}
            if changes["review_on"] != source.review_on:
                changes["due_revision"] = source.due_revision + 1
        return RESISTANCE.move(source, to=to, actor=actor, now=now, reason=reason, **changes)


def review_resistance(
    source: ResistanceSource,
    *,
    level: int,
    reviewed_on: date,
    actor: User | None,
    now: datetime,
    note: str = "",
) -> ResistanceReview:
    """Add a dated judgement of the level; the reviewer is the person behind `actor`.

    What the latest entry says already is not said twice: a button pressed twice would hide whether
    it rises. Raises FutureReviewError.
    """
    if reviewed_on > timezone.localdate(now):
        raise FutureReviewError(_("A review cannot be dated in the future."))
    said: dict[str, Any] = {
        "level": level,
        "reviewed_on": reviewed_on,
        "reviewer": person_of(actor),
        "note": note,
    }
    with transaction.atomic():
        lock(source)
        last = ResistanceReview.objects.filter(source=source).order_by("-pk").first()
        if last is not None and all(getattr(last, name) == each for name, each in said.items()):
            return last
        return create_row(ResistanceReview, source=source, actor=actor, now=now, **said)


def delete_resistance(source: ResistanceSource, *, actor: User | None, now: datetime) -> None:
    """Delete an entry that nobody has worked on, such as one that was recorded twice.

    Raises NotNewError and InUseError, see `require_untouched`.
    """
    with transaction.atomic():
        require_untouched(lock(source))
        delete_row(source, actor=actor, now=now)


def require_untouched(source: ResistanceSource) -> None:
    """Raise NotNewError when it has moved on or was reviewed, InUseError when slices further right
    need it.
    """
    if source.state != State.IDENTIFIED or source.reviews.exists():
        raise NotNewError(
            _("This was worked on already, so it is kept. Dismiss or resolve it instead.")
        )
    for keeper in RESISTANCE_KEEPERS:
        reason = keeper(source)
        if reason:
            raise InUseError(reason)
