"""Two people at work on people at once, on PostgreSQL, each with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.people.models import AudienceMember, PeopleSync, Person
from change_tracker.people.services.audiences import recompute_audience
from change_tracker.people.services.persons import ReportingLoopError, change_person
from change_tracker.people.services.sync import (
    ChangedSincePreviewError,
    SyncResult,
    apply_people,
    sync_people,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.people.rosters import Source, row

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _postgresql() -> None:
    assert connection.vendor == "postgresql"


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run `calls` in threads that start together; their results, or what they raised."""
    barrier = Barrier(len(calls))
    results: dict[int, object] = {}

    def run(number: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = call()
        except ChangeTrackerError as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return [results[number] for number in range(len(calls))]


@pytest.mark.parametrize("is_known", [True, False])
def test_of_two_equal_syncs_one_is_applied(source: Source, is_known: bool) -> None:
    factories.make_audience(unit=factories.make_unit("Repairs"))
    if is_known:
        factories.make_person("Ann", external_id="7")
    plan = source.plan(row("7", "Ann Lee", unit="Repairs"), row("8", unit="Estates"))

    results = at_once(*[lambda: apply_people(plan=plan, actor=None, now=NOW)] * 2)

    assert [isinstance(each, ChangedSincePreviewError) for each in results].count(True) == 1
    assert sorted(PeopleSync.objects.values_list("state", flat=True)) == ["applied", "refused"]
    assert Person.objects.filter(external_id="7").count() == 1
    assert AudienceMember.objects.filter(is_open=True).count() == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_of_two_nightly_syncs_the_second_finds_nothing_to_do(
    source: Source, is_known: bool
) -> None:
    factories.make_unit("Repairs")
    if is_known:
        factories.make_person("Ann", external_id="7")
    roster = source.roster([row("7", "Ann Lee", unit="Repairs"), row("8", manager="7")])

    def sync() -> SyncResult:
        return sync_people(roster=roster, full=True, today=TODAY, actor=None, now=NOW)

    at_once(sync, sync)

    assert sorted(each.counts["unchanged"] for each in PeopleSync.objects.all()) == [0, 2]
    assert set(PeopleSync.objects.values_list("state", flat=True)) == {"applied"}
    assert Person.objects.get(external_id="7").version == 1 + is_known


def test_two_changes_cannot_close_a_loop_together() -> None:
    for _ in range(8):
        first = factories.make_person()
        second = factories.make_person(manager=factories.make_person(manager=first))
        third = factories.make_person()
        fourth = factories.make_person(manager=third)

        def give(person: Person, manager: Person) -> Callable[[], object]:
            return lambda: change_person(person, manager=manager, actor=None, today=TODAY, now=NOW)

        results = at_once(give(first, fourth), give(third, second))

        assert [isinstance(each, ReportingLoopError) for each in results].count(True) == 1


def test_two_recomputations_open_one_row_for_each_member() -> None:
    unit = factories.make_unit()
    audience = factories.make_audience(unit=unit)
    for _ in range(20):
        factories.make_person(unit=unit)

    def recompute() -> object:
        return recompute_audience(audience=audience, actor=None, today=TODAY, now=NOW)

    at_once(recompute, recompute)

    assert audience.members.count() == 20
