"""Claiming: one worker a mail, whatever happens to workers."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from change_tracker.core.errors import IllegalMoveError
from change_tracker.reminders.claim import Claim, claim_digests, release
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.models import Digest
from change_tracker.reminders.states import LeaseLostError, leave_claim, write_state
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def make_digests(count: int, **values: Any) -> list[Digest]:
    return [
        Digest.objects.create(
            **{
                "recipient": factories.make_person(),
                "local_on": TODAY,
                "available_at": NOW,
                "message_id": f"<{n}@example.org>",
            }
            | values
        )
        for n in range(count)
    ]


def test_what_may_leave_is_claimed_once_with_a_lease() -> None:
    make_digests(3)

    first, second = (claim_digests(now=NOW, size=2) for _ in range(2))

    assert [len(first), len(second)] == [2, 1]
    assert len({each.digest_id for each in first + second}) == 3
    assert claim_digests(now=NOW, size=2) == []
    digest = Digest.objects.get(pk=first[0].digest_id)
    assert (digest.state, digest.lease_until) == ("claimed", NOW + timedelta(seconds=300))


def test_what_is_not_due_is_not_claimed() -> None:
    make_digests(1, available_at=NOW + timedelta(seconds=1))

    assert claim_digests(now=NOW, size=10) == []


def test_a_lease_that_ran_out_is_taken_over_and_the_old_token_writes_nothing() -> None:
    make_digests(1)
    (old,) = claim_digests(now=NOW, size=1)

    assert claim_digests(now=NOW + timedelta(seconds=300), size=1) == []
    (new,) = claim_digests(now=NOW + timedelta(seconds=301), size=1)

    assert new.digest_id == old.digest_id
    with pytest.raises(LeaseLostError):
        leave_claim(old.digest_id, old.token, to="sent", sent_at=NOW)
    release([old])
    assert Digest.objects.get().lease_token == new.token


def test_what_is_released_can_be_claimed_again() -> None:
    make_digests(2)
    release(claim_digests(now=NOW, size=2))

    assert len(claim_digests(now=NOW, size=2)) == 2


def test_what_the_table_does_not_list_is_refused() -> None:
    make_digests(1)

    with pytest.raises(IllegalMoveError):
        write_state(Digest.objects.all(), source="sent", to="pending")


def test_without_row_locks_who_comes_second_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The read of a slow worker is old by the time that it writes."""
    monkeypatch.setattr(connection.features, "has_select_for_update_skip_locked", False)
    make_digests(3)
    quicker: list[Claim] = []
    write = QuerySet.update

    def update(rows: Any, **values: Any) -> int:
        monkeypatch.setattr(QuerySet, "update", write)
        quicker.extend(claim_digests(now=NOW, size=2))
        return write(rows, **values)

    monkeypatch.setattr(QuerySet, "update", update)
    slower = claim_digests(now=NOW, size=3)

    assert (len(quicker), len(slower)) == (2, 1)
    assert {each.digest_id for each in quicker}.isdisjoint(each.digest_id for each in slower)


def test_the_clock_is_the_databases_and_in_utc() -> None:
    first, second = database_now(), database_now()

    assert first.utcoffset() == timedelta(0)
    assert timedelta(0) <= second - first < timedelta(seconds=5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_never_get_the_same_mail() -> None:
    make_digests(120)
    workers = 6
    taken: list[Claim] = []
    start = Barrier(workers)

    def work() -> None:
        start.wait()
        while claims := claim_digests(now=NOW, size=7):
            taken.extend(claims)
        connections.close_all()

    threads = [Thread(target=work) for _ in range(workers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(taken) == 120
    assert len({each.digest_id for each in taken}) == 120
