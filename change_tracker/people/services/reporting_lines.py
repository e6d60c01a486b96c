"""Rebuilding who reports to whom at any depth."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from change_tracker.people.models import Person, ReportingLine
from change_tracker.people.services.graphs import below, chain

BATCH = 1000
Line = tuple[int, int]  # manager, person


def rebuild_reporting_lines(*, today: date, around: Iterable[int] | None = None) -> int:
    """Make the lines equal to what the managers of people say; returns how many changed.

    With `around`, only the lines of these people and of everybody below them. Who has left is
    nobody's manager any more, but their reports still report to whoever stands above them.
    Two reads, and one write for a thousand lines that differ.
    """
    rows = Person.objects.order_by().values_list("pk", "manager", "ends_on")
    above: dict[int, int | None] = {}
    gone: set[int] = set()
    for pk, manager, ends_on in rows:
        above[pk] = manager
        if ends_on is not None and ends_on < today:
            gone.add(pk)
    people = set(above) if around is None else below(above, around)
    wanted = dict(_lines(above, people, gone))
    return _write(wanted, None if around is None else people)


def _lines(
    above: dict[int, int | None], people: Iterable[int], gone: set[int]
) -> Iterable[tuple[Line, int]]:
    for person in people:
        for depth, manager in enumerate(chain(above, person), start=1):
            if manager not in gone:
                yield (manager, person), depth


def _write(wanted: dict[Line, int], people: set[int] | None) -> int:
    with transaction.atomic():
        stale = []
        for pk, manager, person, depth in _stored(people):
            if wanted.get((manager, person)) == depth:
                del wanted[manager, person]
            else:
                stale.append(pk)
        for start in range(0, len(stale), BATCH):
            ReportingLine.objects.filter(pk__in=stale[start : start + BATCH]).delete()
        ReportingLine.objects.bulk_create(
            (
                ReportingLine(manager_id=manager, person_id=person, depth=depth)
                for (manager, person), depth in wanted.items()
            ),
            batch_size=BATCH,
        )
    return len(stale) + len(wanted)


def _stored(people: set[int] | None) -> Iterable[tuple[int, int, int, int]]:
    rows = ReportingLine.objects.order_by()
    columns = ("pk", "manager", "person", "depth")
    if people is None:
        yield from rows.values_list(*columns).iterator(chunk_size=10_000)
        return
    ids = sorted(people)
    for start in range(0, len(ids), BATCH):
        yield from rows.filter(person__in=ids[start : start + BATCH]).values_list(*columns)
