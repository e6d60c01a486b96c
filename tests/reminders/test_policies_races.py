"""Two who write a policy for the same part at once: one does, the other is told of that one."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from rest_framework.test import APIClient

from change_tracker.people.models import Person
from change_tracker.reminders.models import ReminderPolicy
from tests import factories
from tests.between import before
from tests.races import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

URL = "/change/api/v1/reminder-policies/"


def test_of_two_policies_at_once_one_is_made_and_the_other_refused(lead: Person) -> None:
    initiative = factories.make_initiative(lead=lead)
    both = Barrier(2)

    def wait() -> None:
        """Both have looked whether there is one."""
        with suppress(BrokenBarrierError):
            both.wait(20)

    def create() -> tuple[int, str]:
        api = APIClient()
        api.force_login(lead.user)  # type: ignore[arg-type]  # the cast has logins
        with before("INSERT INTO .*reminderpolicy", wait):
            answer = api.post(URL, {"initiative": initiative.pk}, format="json")
        return answer.status_code, answer.json().get("code", "")

    answers = at_once(create, create)

    assert sorted(map(str, answers)) == ["(201, '')", "(409, 'policy_exists')"]
    assert ReminderPolicy.objects.count() == 1
