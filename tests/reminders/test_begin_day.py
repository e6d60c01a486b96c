"""A day that comes by itself: who begins and who has gone, without anybody touching a row."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.people.models import AudienceMember
from change_tracker.people.points import MEMBERSHIP_CONSEQUENCES
from change_tracker.reminders.models import Heartbeat
from change_tracker.reminders.services import tick
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at

pytestmark = pytest.mark.django_db


def test_whoever_begins_today_joins_by_the_first_tick_of_the_day() -> None:
    unit = factories.make_unit("Repairs")
    audience = factories.make_audience(unit=unit)
    newcomer = factories.make_person(unit=unit, starts_on=TODAY)

    tick(clock=at(NOW - timedelta(days=1)))
    assert not AudienceMember.objects.exists()
    tick(clock=at(NOW))

    member = AudienceMember.objects.get()
    assert (member.audience, member.person, member.joined_on) == (audience, newcomer, TODAY)


def test_a_further_tick_of_the_same_day_leaves_people_alone() -> None:
    unit = factories.make_unit("Repairs")
    factories.make_audience(unit=unit)
    tick(clock=at(NOW))
    factories.make_person(unit=unit, starts_on=TODAY)

    tick(clock=at(NOW + timedelta(hours=1)))

    assert not AudienceMember.objects.exists()


class SoftTimeLimitExceeded(Exception):  # noqa: N818  Celery calls it so
    """Known by its name."""


@pytest.mark.parametrize(
    ("error", "done"), [(LookupError, {"tick", "sync"}), (SoftTimeLimitExceeded, {"tick"})]
)
def test_a_day_that_fails_is_told_and_holds_back_nothing_but_where_the_task_has_to_end(
    settings: Any, monkeypatch: pytest.MonkeyPatch, error: type[Exception], done: set[str]
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SYNC_FROM_HOUR": 0}
    unit = factories.make_unit("Repairs")
    factories.make_audience(unit=unit)
    factories.make_person(unit=unit, starts_on=TODAY, login=True)

    def fail(*_: Any, **_more: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(MEMBERSHIP_CONSEQUENCES, "_entries", [fail])
        with pytest.raises(error):
            tick(clock=at(NOW))

    beaten = Heartbeat.objects.filter(name__in=["tick", "day", "sync"])
    assert set(beaten.values_list("name", flat=True)) == done
    tick(clock=at(NOW))
    assert set(beaten.values_list("name", flat=True)) == {"tick", "day", "sync"}
