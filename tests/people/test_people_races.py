"""Two people at work on people at once, each with a connection of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from change_tracker.people.models import Audience, AudienceMember, PeopleSync, Person
from change_tracker.people.services.audiences import (
    Clause,
    create_audience,
    membership,
    recompute_audience,
    set_clauses,
)
from change_tracker.people.services.persons import ReportingLoopError, change_person
from change_tracker.people.services.sync import (
    ChangedSincePreviewError,
    Roster,
    SyncResult,
    apply_people,
    sync_people,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.people.rosters import Source, row
from tests.races import ROUNDS, Beside, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("is_known", [True, False])
def test_of_two_equal_syncs_one_is_applied(source: Source, is_known: bool) -> None:
    factories.make_audience(unit=factories.make_unit("Repairs"))
    if is_known:
        factories.make_person("Ann", external_id="7")
    for number in range(ROUNDS):
        ann = row("7", f"Ann Lee {number}", unit="Repairs")
        plan = source.plan(ann, row(f"8-{number}", unit="Estates"))

        results = at_once(*[lambda plan=plan: apply_people(plan=plan, actor=None, now=NOW)] * 2)

        assert [isinstance(each, ChangedSincePreviewError) for each in results].count(True) == 1
        latest = PeopleSync.objects.order_by("-pk")[:2]
        assert sorted(each.state for each in latest) == ["applied", "refused"]
        assert Person.objects.filter(external_id__in=["7", f"8-{number}"]).count() == 2
        assert AudienceMember.objects.filter(is_open=True).count() == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_of_two_nightly_syncs_the_second_finds_nothing_to_do(
    source: Source, is_known: bool
) -> None:
    factories.make_unit("Repairs")
    if is_known:
        factories.make_person("Ann", external_id="7")
    for number in range(ROUNDS):
        rows = [row("7", f"Ann {number}", unit="Repairs"), row("8", f"Bo {number}", manager="7")]
        roster = source.roster(rows)

        def sync(roster: Roster = roster) -> SyncResult:
            return sync_people(roster=roster, full=True, today=TODAY, actor=None, now=NOW)

        at_once(sync, sync)

        latest = PeopleSync.objects.order_by("-pk")[:2]
        assert sorted(each.counts["unchanged"] for each in latest) == [0, 2]
        assert {each.state for each in latest} == {"applied"}
        assert Person.objects.get(external_id="7").version == 1 + is_known + number


def test_two_changes_cannot_close_a_loop_together() -> None:
    for _ in range(ROUNDS):
        first = factories.make_person()
        second = factories.make_person(manager=factories.make_person(manager=first))
        third = factories.make_person()
        fourth = factories.make_person(manager=third)

        def give(person: Person, manager: Person) -> Callable[[], object]:
            return lambda: change_person(person, manager=manager, actor=None, today=TODAY, now=NOW)

        results = at_once(give(first, fourth), give(third, second))

        assert [isinstance(each, ReportingLoopError) for each in results].count(True) == 1


def test_two_recomputations_open_one_row_for_each_member() -> None:
    for _ in range(ROUNDS):
        unit = factories.make_unit()
        audience = factories.make_audience(unit=unit)
        for _each in range(20):
            factories.make_person(unit=unit)

        def recompute(audience: Audience = audience) -> object:
            return recompute_audience(audience=audience, actor=None, today=TODAY, now=NOW)

        at_once(recompute, recompute)

        assert audience.members.count() == 20


def test_a_group_of_another_one_is_made_while_the_other_gets_another_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, bob = factories.make_person(), factories.make_person()
    group = factories.make_audience(ann)
    by: dict[str, Any] = {"actor": None, "today": TODAY, "now": NOW}
    rule = [Clause(kind="person", person=bob)]
    other = Beside(
        monkeypatch, membership, "_write", lambda: set_clauses(audience=group, clauses=rule, **by)
    )

    made = create_audience(name="All of it", clauses=[Clause(kind="other", other=group)], **by)

    assert not isinstance(other.result(), Exception)
    assert set(made.members.filter(is_open=True).values_list("person", flat=True)) == {bob.pk}
