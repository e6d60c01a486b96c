"""Planning against a resistance while somebody moves it on."""

import pytest
from django.db import connection

from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.services import plan_action
from change_tracker.people.models import Person
from change_tracker.resistance.services.register import delete_resistance, move_resistance
from tests import factories
from tests.factories import NOW
from tests.races import ROUNDS, at_once
from tests.tables import put

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _postgresql() -> None:
    assert connection.vendor == "postgresql"


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
