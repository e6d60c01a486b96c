"""The ladder above the person: managers, leads and sponsors, each with what they may see."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import InitiativeMember
from change_tracker.people.models import Person
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.review import review
from change_tracker.training.models import Enrolment, TrainingRecord
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def told() -> dict[str, str]:
    """The text of each mail that would leave now, by the name of its recipient."""
    found = {}
    digests = Digest.objects.filter(state="pending")
    for letter in review(digests, now=NOW, shared=frozenset()).values():
        mail = compose(letter, message_id="<some@example.org>")
        found[letter.to.person.display_name] = f"{mail.subject}\n{mail.body}"
    return found


@pytest.fixture
def sponsor(db: None) -> Person:
    return factories.make_person("Sam Field", login=factories.make_user("sam"))


@pytest.fixture
def late(employee: Person, lead: Person, sponsor: Person) -> Enrolment:
    """Late for longer than any grace."""
    initiative = factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)
    activity = factories.make_activity(initiative, title="Safe lifting")
    plan = factories.make_plan(initiative, items=[activity])
    return enrol(employee, plan=plan, due_on=TODAY - 40 * DAY)


def test_each_rung_is_told_what_it_may_see(
    late: Enrolment, employee: Person, manager: Person, lead: Person, sponsor: Person
) -> None:
    plan_reminders(now=NOW)
    mails = told()

    assert set(mails) == {each.display_name for each in (employee, manager, lead, sponsor)}
    for above in (manager, lead):
        assert f"{employee.display_name}: Safe lifting" in mails[above.display_name]
    assert "1 person of your team needs a word" in mails[manager.display_name]
    assert "1 person is stuck in “One Front Door”" in mails[lead.display_name]
    # A sponsor reads figures, never names.
    assert "1 person has been late" in mails[sponsor.display_name]
    assert employee.display_name not in mails[sponsor.display_name]


@pytest.mark.parametrize(
    ("working_days", "roles"),
    [(4, {"self"}), (5, {"self", "manager"}), (10, {"self", "manager", "lead"})],
)
def test_each_rung_has_its_grace_in_working_days(
    late: Enrolment, working_days: int, roles: set[str]
) -> None:
    weeks, rest = divmod(working_days, 5)
    # Today is a Wednesday: of up to two days before it none is on a weekend.
    days = 7 * weeks + (rest if rest < 3 else rest + 2)
    late.records.update(due_on=TODAY - days * DAY)

    plan_reminders(now=NOW)

    assert set(Reminder.objects.values_list("to", flat=True)) == roles


def test_what_no_longer_holds_is_not_said_to_anybody(
    late: Enrolment, employee: Person, manager: Person, lead: Person, sponsor: Person
) -> None:
    plan_reminders(now=NOW)
    other = factories.make_person("Nia Bay", login=True)
    Person.objects.filter(pk=employee.pk).update(manager=other)
    InitiativeMember.objects.filter(person__in=[lead, sponsor]).delete()

    assert set(told()) == {employee.display_name}
    above = Reminder.objects.exclude(to="self")
    assert set(above.values_list("closed_reason", flat=True)) == {"superseded"}
    # The new manager is told; nobody is told twice.
    plan_reminders(now=NOW)
    plan_reminders(now=NOW)
    assert Reminder.objects.filter(recipient=other, to="manager").count() == 1


def test_managers_who_cannot_sign_in_and_ones_own_work_are_left_out(
    late: Enrolment, employee: Person, manager: Person, lead: Person
) -> None:
    Person.objects.filter(pk=manager.pk).update(user=None)
    enrol(lead, plan=late.plan, due_on=TODAY - 40 * DAY)

    plan_reminders(now=NOW)

    assert not Reminder.objects.filter(to="manager").exists()
    about_own: Any = Reminder.objects.filter(to="lead", recipient=lead, record__person=lead)
    assert not about_own.exists()


def test_after_four_mails_about_one_training_it_is_for_others_to_act(late: Enrolment) -> None:
    record = TrainingRecord.objects.get(enrolment=late)
    digest = Digest.objects.create(
        recipient=record.person,
        local_on=TODAY - DAY,
        state="sent",
        sent_at=NOW,
        available_at=NOW,
        message_id="<1@example.org>",
    )
    for step in ("due_30", "due_14", "due_2", "due_0"):
        Reminder.objects.create(
            recipient=record.person,
            kind="training_due",
            step=step,
            record=record,
            dedupe_key=step,
            due_revision=1,
            send_on=TODAY,
            planned_at=NOW,
            state="sent",
            digest=digest,
        )

    planned = plan_reminders(now=NOW)

    assert planned.enough == 1
    assert Reminder.objects.get(step="late_4").closed_reason == "enough"
    assert Reminder.objects.filter(to="manager", state="planned").exists()
