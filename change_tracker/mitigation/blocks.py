"""What blocks an action, and what its sponsor answers: told by the history of the action."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.queries import with_names

#: The verb of an answer in the history of an action.
ANSWERED = "answered"
_BLOCKED = Q(to_state=MitigationAction.State.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody said, and when."""

    words: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Why an action is blocked, and what was answered since, the oldest first."""

    because: Said
    answers: tuple[Said, ...]


def with_block(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `blocked_because` and `block_told`: ANSWERED where the last block has an answer.

    Both speak of the last block, also where it is over. No query more.
    """
    told = _told(Cast(OuterRef("pk"), CharField()))
    return rows.annotate(  # type: ignore[no-any-return]
        blocked_because=Subquery(told.filter(_BLOCKED).values("reason")[:1]),
        block_told=Subquery(told.values("verb")[:1]),
    )


def block_of(action: MitigationAction) -> Block | None:
    """What blocks `action`; None where nothing does. One query."""
    if action.state != MitigationAction.State.BLOCKED:
        return None
    answers: list[Said] = []
    for each in with_names(_told(str(action.pk))):
        said = Said(words=each.reason, who=each.who or each.actor_label, at=each.at)
        if each.verb != ANSWERED:
            return Block(because=said, answers=tuple(reversed(answers)))
        answers.append(said)
    return None


def _told(key: Any) -> QuerySet[AuditEvent]:
    about = Q(object_type=MitigationAction._meta.model_name, object_id=key)
    return AuditEvent.objects.filter(about, _BLOCKED | Q(verb=ANSWERED)).order_by("-pk")
