"""Who gets no mail, and how the log says so."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def states() -> list[tuple[str, str, str]]:
    return sorted(Reminder.objects.values_list("step", "state", "closed_reason"))


def test_without_an_address_the_reminder_is_closed_and_counted(employee: Person) -> None:
    Person.objects.filter(pk=employee.pk).update(email="", user=None)
    enrol(employee)

    planned = plan_reminders(now=NOW)

    assert (planned.unreachable, planned.planned) == (1, 0)
    assert states() == [("due_7", "cancelled", "unreachable")]
    assert not Digest.objects.exists()


def test_an_address_of_several_people_is_nobodys(employee: Person, manager: Person) -> None:
    Person.objects.filter(pk__in=[employee.pk, manager.pk]).update(user=None)
    Person.objects.filter(pk=employee.pk).update(email="Office@example.org")
    Person.objects.filter(pk=manager.pk).update(email="office@example.org")
    enrol(employee)

    assert plan_reminders(now=NOW).unreachable == 1


def test_then_the_login_is_written_to(employee: Person, manager: Person) -> None:
    Person.objects.filter(pk__in=[employee.pk, manager.pk]).update(email="office@example.org")
    enrol(employee)

    assert plan_reminders(now=NOW).planned == 1


def test_a_login_with_the_address_of_somebody_else_is_not_written_to(
    employee: Person, manager: Person
) -> None:
    assert employee.user is not None
    Person.objects.filter(pk=employee.pk).update(email="")
    Person.objects.filter(pk=manager.pk).update(email=employee.user.email)
    enrol(employee)

    assert plan_reminders(now=NOW).unreachable == 1


def test_a_login_address_of_several_people_is_nobodys(employee: Person, manager: Person) -> None:
    Person.objects.filter(pk__in=[employee.pk, manager.pk]).update(email="")
    for each, address in ((employee, "Shop@example.org"), (manager, "shop@example.org")):
        user: Any = each.user
        user.email = address
        user.save()
    enrol(employee)
    enrol(manager)

    assert plan_reminders(now=NOW).unreachable == 2

    # Whoever left has it no more.
    Person.objects.filter(pk=manager.pk).update(ends_on=TODAY - DAY)
    enrol(employee)
    assert plan_reminders(now=NOW).planned == 1


def test_an_address_that_was_a_leavers_is_free_again(employee: Person, manager: Person) -> None:
    Person.objects.filter(pk__in=[employee.pk, manager.pk]).update(email="o@example.org", user=None)
    Person.objects.filter(pk=manager.pk).update(ends_on=TODAY - DAY)
    enrol(employee)

    assert plan_reminders(now=NOW).planned == 1


def test_people_who_left_get_nothing(employee: Person) -> None:
    Person.objects.filter(pk=employee.pk).update(ends_on=TODAY - DAY)
    enrol(employee)

    planned = plan_reminders(now=NOW)

    assert (planned.left, states()) == (1, [("due_7", "cancelled", "left")])


def test_people_who_have_not_started_wait_for_their_first_day(employee: Person) -> None:
    Person.objects.filter(pk=employee.pk).update(starts_on=TODAY + DAY)
    enrol(employee)
    assert plan_reminders(now=NOW).planned == 0

    assert plan_reminders(now=NOW + DAY).planned == 1
