"""Several connections from one drain: faster with a slow server, and still each mail once."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.channels import Couriers, Parcel
from change_tracker.reminders.models import Attempt, Digest
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from tests import factories
from tests.factories import NOW
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
shares_rows = pytest.mark.skipif(
    "not connection.features.has_select_for_update_skip_locked", reason="one worker sends there"
)


def owe(count: int) -> None:
    plan = factories.make_plan(factories.make_initiative())
    for _ in range(count):
        enrol(factories.make_person(), plan=plan)
    plan_reminders(now=NOW)
    assert Digest.objects.count() == count


def use(settings: Any, connections: int, claim: int = 2) -> None:
    settings.CHANGE_TRACKER = {"MAIL_CONNECTIONS": connections, "CLAIM_SIZE": claim}


def each_delivery(patched: pytest.MonkeyPatch, first: Callable[[], object]) -> None:
    """Call `first` before every mail that is handed over, by whichever thread."""
    known = Couriers.deliver

    def deliver(couriers: Couriers, parcel: Parcel) -> Any:
        first()
        return known(couriers, parcel)

    patched.setattr(Couriers, "deliver", deliver)


def in_a_thread() -> bool:
    return threading.current_thread() is not threading.main_thread()


@shares_rows
def test_two_send_at_the_same_time_and_everybody_gets_one(
    sink: Sink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, connections=2)
    owe(12)
    # Broken when one of them waits in vain for the other: they hand over side by side.
    meet = threading.Barrier(2, timeout=20)
    met: list[str] = []

    def wait_once() -> None:
        name = threading.current_thread().name
        if name not in met:
            met.append(name)
            meet.wait()

    each_delivery(monkeypatch, wait_once)
    done = drain(clock=at())

    assert len(met) == 2
    assert sink.connections == 2
    assert (done.sent, done.lost, done.released) == (12, 0, 0)
    assert sorted(sink.times_by_id().values()) == [1] * 12
    assert set(Attempt.objects.values_list("n", "outcome")) == {(1, "sent")}


@shares_rows
@pytest.mark.parametrize(("connections", "claim"), [(0, 2), (1, 2), (2, 100)])
def test_one_sends_by_itself_where_more_are_not_wanted_or_not_needed(
    connections: int, claim: int, sink: Sink, settings: Any
) -> None:
    use(settings, connections, claim)
    owe(4)
    assert drain(clock=at()).sent == 4
    assert sink.connections == 1


@shares_rows
def test_one_sends_within_a_transaction_of_which_others_know_nothing(
    sink: Sink, settings: Any
) -> None:
    use(settings, connections=2)
    owe(6)
    with transaction.atomic():
        assert drain(clock=at()).sent == 6
        transaction.set_rollback(True)
    assert sink.connections == 1
    assert Digest.objects.filter(state="pending").count() == 6


@pytest.mark.skipif("connection.features.has_select_for_update_skip_locked")
def test_one_sends_where_rows_cannot_be_shared_out(sink: Sink, settings: Any) -> None:
    use(settings, connections=2)
    owe(4)
    assert drain(clock=at()).sent == 4
    assert sink.connections == 1


@shares_rows
@pytest.mark.parametrize("breaks_in_a_thread", [True, False])
def test_what_breaks_in_one_ends_both_and_leaves_one_mail_in_doubt(
    breaks_in_a_thread: bool, sink: Sink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, connections=2)
    owe(40)
    others_at_it = threading.Event()

    def may_break() -> None:
        if in_a_thread():
            others_at_it.set()
        assert others_at_it.wait(20)
        if in_a_thread() is breaks_in_a_thread:
            raise ZeroDivisionError

    with monkeypatch.context() as patched:
        each_delivery(patched, may_break)
        with pytest.raises(ZeroDivisionError):
            drain(clock=at())

    # The other ends as well, and what was not begun waits again.
    in_doubt = Attempt.objects.filter(outcome="")
    assert in_doubt.count() == 1
    assert Digest.objects.filter(state="claimed").count() == 1
    sent = Digest.objects.filter(state="sent").count()
    assert sorted(sink.times_by_id().values()) == [1] * sent
    assert Digest.objects.filter(state="pending").count() == 39 - sent > 0


@shares_rows
def test_no_connection_to_the_database_is_left_open(sink: Sink, settings: Any) -> None:
    use(settings, connections=3)
    owe(12)
    before = _sessions()
    assert drain(clock=at()).sent == 12
    # The server takes a moment to forget one that was closed.
    ends_at = time.monotonic() + 10
    while (left := _sessions()) > before and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert left <= before


def _sessions() -> int:
    """How many are connected to this database."""
    query = {
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
        "mysql": "SELECT count(*) FROM information_schema.processlist WHERE db = database()",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def test_drained_says_what_several_did() -> None:
    one, other = Drained(sent=2, dead=1), Drained(sent=3, lost=4)
    assert one + other == Drained(sent=5, dead=1, lost=4)
