"""What was said, from state to state: every move of the table, every guard, no move beside it."""

from typing import Any

import pytest

from change_tracker.core.errors import IllegalMoveError, MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.core.states import Guard, Move
from change_tracker.people.models import Person
from change_tracker.voice.models import FeedbackItem
from change_tracker.voice.states import FEEDBACK
from tests import factories
from tests.factories import NOW, TODAY
from tests.tables import (
    guarded,
    has_moved,
    listed,
    name_of,
    no_way,
    obstacles,
    put,
    refused,
    unlisted,
)

pytestmark = pytest.mark.django_db

#: What a row has to have in each state, and what a move to it brings.
HAS: dict[str, dict[str, Any]] = {
    "answered": {"disposition": "explained", "answered_on": TODAY},
    "closed": {"disposition": "explained", "answered_on": TODAY},
}
BRINGS: dict[str, dict[str, Any]] = {
    "answered": HAS["answered"],
    "raised": {"disposition": "", "answered_on": None},
}
#: What a move has to bring for a guard to stand in the way.
BREAKS: dict[str, dict[str, Any]] = {
    "says_what_becomes_of_it": {"answered_on": TODAY},
    "acts_somewhere": {"disposition": "will_act", "answered_on": TODAY},
}


def move(row: FeedbackItem, to: str, actor: Any = None, **changes: Any) -> FeedbackItem:
    return FEEDBACK.move(row, to=to, actor=actor, now=NOW, **changes)


@pytest.mark.parametrize("step", listed(FEEDBACK))
def test_every_listed_move_happens_with_history(
    step: Move, item: FeedbackItem, lead: Person
) -> None:
    put(item, step.source, **HAS.get(step.source, {}))

    move(item, step.target, lead.user, **BRINGS.get(step.target, {}))

    has_moved(item, step, lead.user, item.audit_scope)


@pytest.mark.parametrize(("origin", "target"), unlisted(FEEDBACK))
def test_every_other_move_is_refused(origin: str, target: str, item: FeedbackItem) -> None:
    put(item, origin, **HAS.get(origin, {}))

    with refused(item, IllegalMoveError, no_way(FEEDBACK, origin, target)):
        move(item, target)


@pytest.mark.parametrize(("step", "guard"), guarded(FEEDBACK))
def test_every_guard_stands_in_the_way(step: Move, guard: Guard, item: FeedbackItem) -> None:
    put(item, step.source)

    brings = BREAKS[name_of(guard)]

    with refused(item, MoveRefusedError, *obstacles(FEEDBACK, item, step, guard, **brings)):
        move(item, step.target, **brings)


def test_who_said_something_is_in_no_history_that_others_than_the_team_read(
    item: FeedbackItem, lead: Person, sponsor: Person, hr: Person, employee: Person
) -> None:
    admin = factories.make_user("root", is_superuser=True)
    move(item, "withdrawn", employee.user)

    def readers() -> list[str]:
        users = [lead.user, sponsor.user, hr.user, admin, employee.user]
        return [str(user) for user in users if AuditEvent.objects.visible_to(user).exists()]  # type: ignore[arg-type]

    assert readers() == ["priya"]
