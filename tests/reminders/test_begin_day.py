"""A day that comes by itself: who begins and who has gone, without anybody touching a row."""

from datetime import timedelta

import pytest

from change_tracker.people.models import AudienceMember
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
