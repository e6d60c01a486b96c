"""Planning against a resistance while somebody moves it on."""

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.services.lifecycle import move_initiative
from change_tracker.mitigation.services import move_action, plan_action
from change_tracker.people.models import Person
from change_tracker.resistance.services.register import delete_resistance, move_resistance
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import ROUNDS, at_once
from tests.tables import put

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_work_planned_meanwhile_keeps_a_resistance_from_being_deleted(lead: Person) -> None:
    initiative = factories.make_initiative(lead=lead)
    for _ in range(ROUNDS):
        source = factories.make_source(initiative)

        planned, deleted = at_once(
            lambda row=source: plan_action(  # type: ignore[misc]  # bound now
                initiative=initiative,
                sources=[row],
                title="Talk",
                kind="coaching",
                actor=None,
                now=NOW,
            ),
            lambda row=source: delete_resistance(row, actor=None, now=NOW),  # type: ignore[misc]  # bound now
        )

        assert (deleted is None) == isinstance(planned, Exception)


def test_an_initiative_closes_or_its_work_is_taken_up_again(lead: Person) -> None:
    for _ in range(ROUNDS):
        initiative = put(factories.make_initiative(lead=lead), "sustaining")
        action = factories.make_action(initiative, state="ineffective", done_on=TODAY)

        closed, taken_up = at_once(
            lambda row=initiative: move_initiative(  # type: ignore[misc]  # bound now
                row, to="closed", closing_note="It works.", actor=None, now=NOW
            ),
            lambda row=action: move_action(row, to="in_progress", actor=None, now=NOW),  # type: ignore[misc]  # bound now
        )

        assert isinstance(closed, Exception) != isinstance(taken_up, Exception)


def test_a_resistance_is_not_left_to_watch_while_work_begins(lead: Person) -> None:
    initiative = factories.make_initiative(lead=lead)
    for _ in range(ROUNDS):
        source = put(factories.make_source(initiative), "mitigating")

        _planned, moved = at_once(
            lambda row=source: plan_action(  # type: ignore[misc]  # bound now
                initiative=initiative,
                sources=[row],
                title="Talk",
                kind="coaching",
                actor=None,
                now=NOW,
            ),
            lambda row=source: move_resistance(row, to="monitoring", actor=None, now=NOW),  # type: ignore[misc]  # bound now
        )

        # Work may begin after the move, but no move overlooks work that was planned before it.
        if not isinstance(moved, Exception):
            began = AuditEvent.objects.filter(object_type="mitigationaction").latest("pk")
            left = AuditEvent.objects.filter(object_type="resistancesource").latest("pk")
            assert left.pk < began.pk
