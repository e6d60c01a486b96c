"""Moving a resistance: every move of the table, every guard, and no move beside it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.core.errors import IllegalMoveError, MoveRefusedError
from change_tracker.core.states import Guard, Move
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.services.register import (
    change_resistance,
    move_resistance,
    review_resistance,
)
from change_tracker.resistance.states import RESISTANCE
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.tables import (
    asking,
    guarded,
    has_moved,
    listed,
    name_of,
    no_way,
    obstacles,
    put,
    reason_for,
    refused,
    unlisted,
)

pytestmark = pytest.mark.django_db

ABOVE, AT_TARGET = 4, 1
BACK_TO_ASSESSED = ("monitoring", "accepted", "resolved")


def prepare(source: ResistanceSource, step: Move, approver: Person) -> dict[str, Any]:
    """Set the row down so that no guard stands in the way; returns what the move takes."""
    columns = {"approver": approver, "review_on": date(2026, 12, 1)}
    put(source, step.source, **columns)
    back = step.target == "assessed" and step.source in BACK_TO_ASSESSED
    factories.make_review(source, ABOVE if back else AT_TARGET)
    state = "planned" if step.target == "mitigating" else "cancelled"
    factories.make_action(source.initiative, sources=[source], state=state)
    return {"approver": approver} if step.target == "accepted" else {}


#: How each guard is made to stand in the way.
BREAKS: dict[str, Callable[[ResistanceSource], Any]] = {
    "has_review": lambda row: row.reviews.all()._raw_delete("default"),
    "is_at_target": lambda row: factories.make_review(row, ABOVE),
    "is_above_target": lambda row: factories.make_review(row, AT_TARGET),
    "has_other_approver": lambda row: put(row, row.state, owner=row.approver),
    "has_open_action": lambda row: [put(each, "cancelled") for each in row.actions.all()],
    "has_no_open_action": lambda row: [put(each, "blocked") for each in row.actions.all()],
}


def move(row: ResistanceSource, to: str, reason: str = "", **values: Any) -> ResistanceSource:
    by = {"actor": None} | values
    return move_resistance(row, to=to, now=NOW, reason=reason, **by)


@pytest.mark.parametrize("step", listed(RESISTANCE))
def test_every_listed_move_happens_with_history(
    step: Move, source: ResistanceSource, sponsor: Person
) -> None:
    values = prepare(source, step, sponsor)

    move(source, step.target, reason_for(step), actor=sponsor.user, **values)

    has_moved(source, step, sponsor.user, source.initiative.audit_scope)


@pytest.mark.parametrize(("origin", "target"), unlisted(RESISTANCE))
def test_every_other_move_is_refused(
    origin: str, target: str, source: ResistanceSource, sponsor: Person
) -> None:
    prepare(source, Move(origin, target), sponsor)

    with refused(source, IllegalMoveError, no_way(RESISTANCE, origin, target)):
        move(source, target, "Because", approver=sponsor)


@pytest.mark.parametrize(("step", "guard"), guarded(RESISTANCE))
def test_every_guard_stands_in_the_way(
    step: Move, guard: Guard, source: ResistanceSource, sponsor: Person
) -> None:
    values = prepare(source, step, sponsor)
    BREAKS[name_of(guard)](source)

    with refused(source, MoveRefusedError, *obstacles(RESISTANCE, source, step, guard, **values)):
        move(source, step.target, reason_for(step), **values)


@pytest.mark.parametrize("step", asking(RESISTANCE))
def test_where_a_reason_is_asked_for_none_is_refused(
    step: Move, source: ResistanceSource, sponsor: Person
) -> None:
    values = prepare(source, step, sponsor)

    with refused(source, MoveRefusedError, "Give a reason."):
        move(source, step.target, **values)


@pytest.mark.parametrize("review_on", [None, date(2026, 11, 18)])
def test_living_with_it_needs_somebody_and_a_day_to_come(
    review_on: date | None, source: ResistanceSource, sponsor: Person
) -> None:
    put(source, "assessed")

    with pytest.raises(MoveRefusedError, match="coming day"):
        move(source, "accepted", "Costs more", approver=sponsor, review_on=review_on)
    with pytest.raises(MoveRefusedError, match="who accepts"):
        move(source, "accepted", "Costs more", review_on=date(2027, 1, 1))


def test_whoever_came_to_own_it_meanwhile_cannot_accept_it(
    source: ResistanceSource, lead: Person, sponsor: Person
) -> None:
    put(source, "assessed")
    shown = ResistanceSource.objects.get(pk=source.pk)
    change_resistance(source, owner=sponsor, actor=lead.user, now=NOW)

    with pytest.raises(MoveRefusedError, match="Somebody other than the owner"):
        move(shown, "accepted", "Costs more", approver=sponsor, review_on=date(2027, 1, 1))


def test_the_lead_lives_with_it_through_the_api(
    source: ResistanceSource, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    put(source, "assessed")
    url = f"/change/api/v1/resistance/{source.pk}/move/"
    body = {
        "to": "accepted",
        "reason": "An answer costs more than it brings.",
        "approver": sponsor.pk,
        "review_on": "2099-01-01",
    }

    assert sign_in.api(sponsor).post(url, body).status_code == 403
    own = sign_in.api(lead).post(url, body | {"approver": lead.pk})
    assert (own.status_code, own.json()["code"]) == (409, "move_refused")
    response = sign_in.api(lead).post(url, body)

    assert response.status_code == 200
    assert (response.json()["approver"], response.json()["review_on"]) == (
        sponsor.pk,
        "2099-01-01",
    )


def test_other_moves_do_not_take_an_approver(
    source: ResistanceSource, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    factories.make_review(source, 3)
    url = f"/change/api/v1/resistance/{source.pk}/move/"

    response = sign_in.api(lead).post(url, {"to": "assessed", "approver": sponsor.pk})

    assert (response.status_code, response.json()["approver"]) == (200, None)


def test_what_done_work_brought_to_its_target_needs_no_more_work(
    source: ResistanceSource,
) -> None:
    put(source, "assessed")
    factories.make_action(source.initiative, sources=[source], state="done", done_on=TODAY)
    factories.make_review(source, ABOVE, reviewed_on=TODAY - timedelta(days=1))

    with pytest.raises(MoveRefusedError, match="Plan at least one action first"):
        move(source, "mitigating")
    factories.make_review(source, AT_TARGET)
    for state in ("mitigating", "monitoring", "resolved"):
        move(source, state)

    assert source.state == "resolved"


def test_a_review_from_before_the_last_move_takes_nothing_back(
    source: ResistanceSource, lead: Person
) -> None:
    put(source, "mitigating")
    factories.make_review(source, ABOVE, reviewed_on=TODAY - timedelta(days=1))
    move(source, "monitoring")

    with pytest.raises(MoveRefusedError, match="older than the last move"):
        move(source, "assessed")
    factories.make_review(source, ABOVE)
    move(source, "assessed")

    assert source.state == "assessed"


def test_a_review_of_the_same_day_takes_back_only_a_move_before_it(
    source: ResistanceSource, lead: Person, sponsor: Person
) -> None:
    put(source, "assessed")
    today: dict[str, Any] = {"reviewed_on": TODAY, "actor": lead.user, "now": NOW}
    review_resistance(source, level=ABOVE, **today)
    move(source, "accepted", "Costs more", approver=sponsor, review_on=date(2027, 1, 1))

    with pytest.raises(MoveRefusedError, match="older than the last move"):
        move(source, "assessed")
    review_resistance(source, level=ABOVE + 1, **today)
    move(source, "assessed")

    assert source.state == "assessed"
