"""What somebody else has done since one looked is kept, or said."""

from typing import Any

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.planning import rewrite_actions
from change_tracker.playbooks.models import Playbook, PlaybookAction, PlaybookUse
from change_tracker.playbooks.services import apply_playbook, applying, change_line, remove_line
from change_tracker.playbooks.services.proposing import propose
from change_tracker.resistance.services.register import delete_resistance, move_resistance
from change_tracker.training.models import TrainingPlan
from change_tracker.training.services.planning import delete_plan
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"actor": None, "now": NOW}


def lines() -> tuple[PlaybookAction, PlaybookAction]:
    """The same line of a playbook, as two people have it before them."""
    playbook = factories.make_playbook(factories.make_source_type())
    return playbook.actions.get(), playbook.actions.get()


def test_two_who_change_a_line_keep_what_each_of_them_said() -> None:
    mine, theirs = lines()

    change_line(theirs, label="Say why", **BY)
    changed: Any = change_line(mine, days=-30, **BY)

    assert (changed.label, changed.days) == ("Say why", -30)
    mine.refresh_from_db()
    assert (mine.label, mine.days) == ("Say why", -30)
    assert Playbook.objects.get().version == 3


def test_a_line_that_was_taken_out_does_not_come_back_by_a_change() -> None:
    mine, theirs = lines()
    remove_line(theirs, **BY)

    with pytest.raises(StaleRowError):
        change_line(mine, days=-30, **BY)

    assert not PlaybookAction.objects.exists()
    assert Playbook.objects.get().version == 2


def test_a_line_is_taken_out_once() -> None:
    mine, theirs = lines()
    remove_line(theirs, **BY)

    with pytest.raises(StaleRowError):
        remove_line(mine, **BY)

    assert Playbook.objects.get().version == 2, "initiatives would be offered the same once more"


def test_a_plan_that_is_deleted_while_the_next_version_is_applied_is_not_named_any_more(
    initiative: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    playbook = factories.make_playbook(factories.make_source_type())
    apply_playbook(playbook, initiative=initiative, **BY)
    playbook.items.all().delete()
    change_line(playbook.actions.get(), days=-30, **BY)

    def after_the_other(*given: Any, **named: Any) -> Any:
        delete_plan(TrainingPlan.objects.get(), **BY)
        return rewrite_actions(*given, **named)

    monkeypatch.setattr(applying, "rewrite_actions", after_the_other)
    apply_playbook(playbook, initiative=initiative, **BY)

    assert PlaybookUse.objects.get().plan_id is None
    assert PlaybookUse.objects.get().taken_version == 2


@pytest.mark.parametrize("how", ["deleted", "dismissed"])
def test_an_entry_that_goes_while_a_playbook_is_applied_is_recorded_anew(
    initiative: Initiative, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    source = factories.make_source(initiative)
    playbook = factories.make_playbook(source.type)

    def before_the_other(*given: Any) -> Any:
        found = propose(*given)
        if how == "deleted":
            delete_resistance(source, **BY)
        else:
            move_resistance(source, to="dismissed", reason="Nothing in it.", **BY)
        return found

    monkeypatch.setattr(applying, "propose", before_the_other)
    applied = apply_playbook(playbook, initiative=initiative, **BY)

    assert [each.type for each in applied.expected] == [source.type]
    assert list(applied.planned[0].sources.all()) == applied.expected
