"""The summaries of managers and leads: what they say, of whom, and once on their day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.models import Initiative, InitiativeMember
from change_tracker.people.models import Absence, Person, ReportingLine
from change_tracker.reminders import plan as planning
from change_tracker.reminders.forecast import forecast
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Digest, Heartbeat, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.review import review
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import set_preference
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from tests import factories
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 16)
#: Half past eight in London, on a Monday.
NOW = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
SUMMARIES = ("team_summary", "lead_summary")


@pytest.fixture(autouse=True)
def _on_mondays(settings: Any) -> None:
    """As it is unless a site says otherwise."""
    settings.CHANGE_TRACKER = {"SITE_URL": "https://intranet.example"}


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def plan(initiative: Initiative) -> TrainingPlan:
    activity = factories.make_activity(initiative, title="Safe lifting")
    return factories.make_plan(initiative, items=[activity])


@pytest.fixture
def late(plan: TrainingPlan, employee: Person) -> Enrolment:
    """Amira is three days late: too few for any rung of the ladder."""
    return late_in(plan, employee)


def late_in(plan: TrainingPlan, person: Person) -> Enrolment:
    return enrol(person, plan=plan, due_on=MONDAY - 3 * DAY, assigned_on=MONDAY - 40 * DAY)


def mails(now: datetime = NOW) -> dict[str, EmailMultiAlternatives]:
    """Each mail that would leave at `now`, by the name of its recipient."""
    found = {}
    for letter in review(Digest.objects.queued(now), now=now, shared=frozenset()).values():
        name = letter.to.person.display_name
        found[name] = compose(letter, message_id="<some@example.org>")
    return found


def both(message: EmailMultiAlternatives) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    return str(message.body), str(message.alternatives[0][0])


def run(*days: int) -> list[tuple[str, int]]:
    """Ticks of these days after Monday; whose summaries left, and after how many days."""
    for each in days:
        plan_reminders(now=NOW + each * DAY)
        drain(clock=at(NOW + each * DAY))
    sent = Reminder.objects.filter(state="sent", kind__in=SUMMARIES).order_by("pk")
    rows = sent.values_list("recipient__display_name", "digest__local_on")
    return [(name, (on - MONDAY).days) for name, on in rows]


def has_no_summary() -> bool:
    return not Reminder.objects.filter(kind__in=SUMMARIES).exists()


@contextmanager
def dying_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> Iterator[None]:
    """A planner whose machine goes away after so many batches of one row."""
    insert = planning.insert
    done: list[Any] = []

    def fail(steps: Any, **given: Any) -> None:
        if len(done) == batches:
            raise SystemExit
        done.append(steps)
        insert(steps, **given)

    with monkeypatch.context() as patched:
        patched.setattr(planning, "BATCH", 1)
        patched.setattr(planning, "insert", fail)
        yield


def test_a_summary_stands_in_the_inbox_and_leads_to_its_page(
    initiative: Initiative, late: Enrolment, lead: Person, manager: Person
) -> None:
    run(0)

    for person, url in ((manager, "/change/team/"), (lead, f"/change/i/{initiative.slug}/gaps/")):
        client = Client()
        client.force_login(person.user)  # type: ignore[arg-type]  # the cast has logins
        inbox = client.get("/change/inbox/").content.decode()
        assert f'<a href="{url}">' in inbox.partition("<h1>")[2], person


def test_a_manager_reads_who_is_late_who_waits_and_whom_nothing_reaches(
    late: Enrolment, plan: TrainingPlan, manager: Person
) -> None:
    asking = factories.make_person("Kit Rowe", manager=manager, login=True)
    record = enrol(asking, plan=plan, due_on=MONDAY + 30 * DAY).records.get()
    factories.make_request(record, asked_on=MONDAY - 20 * DAY)
    done = enrol(
        factories.make_person("Ola Berg", manager=manager), plan=plan, due_on=MONDAY + 30 * DAY
    )
    factories.make_submission(done.records.get())
    for name, address in (("Nia Bay", ""), ("Raj Sen", "office@example.org")):
        lost = factories.make_person(name, manager=manager, email=address)
        enrol(lost, plan=plan, due_on=MONDAY + 30 * DAY, assigned_on=MONDAY)
    factories.make_person(email="office@example.org")

    plan_reminders(now=NOW)
    message = mails()[manager.display_name]

    assert message.subject == "1 person of your team is late with training, and 2 more things"
    for text in both(message):
        for expected in (
            "Amira Hassan: Safe lifting, due Fri 13 Nov (3 days late)",
            "Your team waits for 2 answers from you",
            "Kit Rowe asks for more time: Safe lifting, until Fri 11 Dec",
            "Ola Berg waits to be confirmed: Safe lifting",
            "We cannot reach 2 people of your team",
            "Nia Bay: no address",
            "Raj Sen: an address that others have as well",
            "https://intranet.example/change/team/",
            "you are their manager, and this is your regular summary",
            "You get this because of your part in it",
        ):
            assert expected in text, expected


def test_a_mail_with_own_training_and_a_summary_says_why_for_both(
    late: Enrolment, plan: TrainingPlan, manager: Person
) -> None:
    late_in(plan, manager)

    plan_reminders(now=NOW)

    for text in both(mails()[manager.display_name]):
        assert "training above is assigned to you and still open, and for the rest" in text
        assert "because the training above" not in text


def test_a_lead_reads_what_is_missing_who_asks_who_had_every_mail_and_whom_nobody_reaches(
    late: Enrolment, plan: TrainingPlan, initiative: Initiative, lead: Person
) -> None:
    factories.make_source(initiative, statement="Another new system")
    alone = factories.make_person("Nia Bay", email="")
    enrol(alone, plan=plan, due_on=MONDAY + 30 * DAY, assigned_on=MONDAY)
    asking = factories.make_person("Kit Rowe", login=True)
    record = enrol(asking, plan=plan, due_on=MONDAY + 30 * DAY).records.get()
    factories.make_request(record, asked_on=MONDAY - 20 * DAY)
    remind_four_times(late.records.get())

    plan_reminders(now=NOW)
    message = mails()[lead.display_name]

    assert message.subject == "“One Front Door”: 1 person is late with training, and 3 more things"
    for text in both(message):
        for expected in (
            "What is missing in “One Front Door”",
            "1 person is late with training. ",
            "1 resistance has no action yet. “Another new system”",
            "/gaps/",
            "1 person asks for more time in “One Front Door”",
            "Kit Rowe asks for more time: Safe lifting, until Fri 11 Dec",
            "1 person in “One Front Door” gets no more mails about training that is open",
            "Amira Hassan: Safe lifting, due Fri 13 Nov (3 days late)",
            "We cannot reach 1 person in “One Front Door”",
            "Nia Bay: no address",
        ):
            assert expected in text, expected


def remind_four_times(record: TrainingRecord) -> None:
    digest = Digest.objects.create(
        recipient=record.person,
        local_on=MONDAY - DAY,
        state="sent",
        sent_at=NOW,
        available_at=NOW,
        message_id="<1@example.org>",
    )
    for step in ("due_7", "due_1", "late_1", "late_2"):
        Reminder.objects.create(
            recipient=record.person,
            kind="training_due",
            step=step,
            record=record,
            initiative=record.plan.initiative,
            dedupe_key=step,
            due_revision=record.due_revision,
            send_on=MONDAY,
            planned_at=NOW,
            state="sent",
            digest=digest,
        )


def test_in_german_both_are_german_throughout(
    late: Enrolment, manager: Person, lead: Person
) -> None:
    Person.objects.filter(pk__in=[manager.pk, lead.pk]).update(language="de")

    plan_reminders(now=NOW)
    found = mails()

    team, led = found[manager.display_name], found[lead.display_name]
    assert team.subject == "1 Person Ihres Teams ist mit Schulungen im Rückstand"
    for text in both(team):
        assert "Ihr Team" in text or "IHR TEAM" in text
        assert "Sie sind die Führungskraft" in text
    for text in both(led):
        assert "Was in „One Front Door“ fehlt" in text
        assert "1 Person ist mit Schulungen im Rückstand." in text
    for text in (*both(team), *both(led)):
        for english in ("Why you", "person", "training", "You get this"):
            assert english not in text.replace("my-training", ""), english


def test_it_leaves_once_a_week_however_often_the_tick_runs(
    late: Enrolment, manager: Person, lead: Person
) -> None:
    factories.make_policy()  # nobody but the person themselves is told of the training
    weeks = [(name, day) for day in (0, 7) for name in (manager.display_name, lead.display_name)]

    assert run(*range(10), *range(10)) == weeks


@pytest.mark.parametrize("down", [1, 3, 6])
def test_after_downtime_there_is_one_and_not_several(
    late: Enrolment, manager: Person, lead: Person, down: int
) -> None:
    factories.make_policy()  # nobody but the person themselves is told of the training
    later = NOW + (14 + down) * DAY
    on = 14 + down if later.weekday() < 5 else 21

    sent = run(*range(-1, 1), *range(14 + down, 22))

    last = [(manager.display_name, on), (lead.display_name, on)]
    again = [] if on == 21 else [(manager.display_name, 21), (lead.display_name, 21)]
    assert sent == [(manager.display_name, 0), (lead.display_name, 0), *last, *again]


def test_what_comes_up_after_its_day_is_for_the_next(
    plan: TrainingPlan, employee: Person, manager: Person, lead: Person
) -> None:
    assert run(0) == []
    assert has_no_summary()
    late_in(plan, employee)

    assert run(1, 2, 3, 4) == []
    assert run(7) == [(manager.display_name, 7), (lead.display_name, 7)]


def test_where_nothing_is_to_say_nothing_is_planned(
    plan: TrainingPlan, employee: Person, manager: Person
) -> None:
    enrol(employee, plan=plan, due_on=MONDAY + 30 * DAY)

    plan_reminders(now=NOW)

    assert has_no_summary()
    assert not Digest.objects.filter(recipient=manager).exists()


def test_what_was_settled_meanwhile_is_not_said(
    late: Enrolment, manager: Person, lead: Person
) -> None:
    plan_reminders(now=NOW)
    late.records.update(state="completed", completed_on=MONDAY)

    assert mails() == {}
    closed = Reminder.objects.filter(kind__in=SUMMARIES)
    assert set(closed.values_list("state", "closed_reason")) == {("cancelled", "superseded")}


def test_nobody_is_named_to_who_may_not_see_them(
    late: Enrolment, plan: TrainingPlan, employee: Person, manager: Person, lead: Person
) -> None:
    above = factories.make_person("Cleo Hart", login=True)
    ReportingLine.objects.create(manager=above, person=employee, depth=2)
    Person.objects.filter(pk=manager.pk).update(manager=above)
    other = factories.make_person("Pat Moor", login=True)
    elsewhere = factories.make_initiative(title="Elsewhere", lead=other)
    stranger = factories.make_person("Uma Wolf", manager=other, email="")
    late_in(factories.make_plan(elsewhere), stranger)

    plan_reminders(now=NOW)
    found = {name: "\n".join(both(message)) for name, message in mails().items()}

    # Whoever is further up reads of those who report directly to them, and of nobody else.
    assert above.display_name not in found
    for reader in (manager, lead):
        assert stranger.display_name not in found[reader.display_name]
        assert "Elsewhere" not in found[reader.display_name]
    assert employee.display_name not in found[other.display_name]
    # Of somebody who reports to another one by now, and of what another one leads, nothing is said.
    plan_reminders(now=NOW)
    ReportingLine.objects.filter(person=employee).delete()
    InitiativeMember.objects.filter(person=lead).delete()
    assert set(mails()) & {manager.display_name, lead.display_name} == set()


def test_a_mail_names_nobody_twice(
    late: Enrolment, plan: TrainingPlan, employee: Person, manager: Person
) -> None:
    late.records.update(due_on=MONDAY - 9 * DAY)
    asking = factories.make_person("Kit Rowe", manager=manager, login=True)
    record = enrol(asking, plan=plan, due_on=MONDAY + 30 * DAY).records.get()
    factories.make_request(record, asked_on=MONDAY)

    plan_reminders(now=NOW)
    text = str(mails()[manager.display_name].body)

    # The ladder and the request say it; there is nothing to add.
    assert "needs a word about training" in text
    assert text.count(employee.display_name) == 1
    assert text.count("Kit Rowe asks for more time") == 1
    assert "regular summary" not in text
    colleague = late_in(plan, factories.make_person("Ola Berg", manager=manager))
    plan_reminders(now=NOW + 7 * DAY)
    assert colleague.person.display_name in str(mails(NOW + 7 * DAY)[manager.display_name].body)


@pytest.mark.parametrize(
    ("wishes", "leaves_on"),
    [
        ({"cadence": "weekly", "weekdays": "2"}, MONDAY + 2 * DAY),
        ({"quiet_until": MONDAY + DAY}, MONDAY + 2 * DAY),
        ({"from_hour": 15}, MONDAY),
    ],
)
def test_it_follows_the_wishes_of_its_reader(
    late: Enrolment, manager: Person, wishes: dict[str, Any], leaves_on: date
) -> None:
    set_preference(person=manager, actor=None, now=NOW, **wishes)

    plan_reminders(now=NOW)

    digest = Digest.objects.get(recipient=manager)
    hour = wishes.get("from_hour", 8)
    assert (digest.local_on, digest.available_at.hour) == (leaves_on, hour)


def test_it_can_be_silenced_and_so_can_what_is_told_of_others(
    late: Enrolment, manager: Person
) -> None:
    set_preference(person=manager, actor=None, now=NOW, cadence="never")
    late.records.update(due_on=MONDAY)
    factories.make_policy(days=0, to="manager")
    factories.make_request(late.records.get(), asked_on=MONDAY - 20 * DAY)

    plan_reminders(now=NOW)

    told = Reminder.objects.filter(recipient=manager).values_list("kind", "closed_reason")
    assert sorted(told) == [("team_summary", "unsubscribed"), ("training_due", "unsubscribed")]


def test_it_waits_for_the_end_of_an_absence_and_only_the_latest_goes(
    late: Enrolment, manager: Person, lead: Person
) -> None:
    factories.make_policy()
    Absence.objects.create(person=manager, from_on=MONDAY - DAY, to_on=MONDAY + 8 * DAY)

    assert [day for name, day in run(*range(12)) if name == manager.display_name] == [9]
    assert Reminder.objects.filter(recipient=manager, closed_reason="superseded").count() == 1


def test_of_an_initiative_on_hold_nothing_is_said_and_an_end_closes_it(
    late: Enrolment, initiative: Initiative, manager: Person, lead: Person
) -> None:
    plan_reminders(now=NOW)
    Initiative.objects.update(state="on_hold")
    assert set(mails()) == set()
    Initiative.objects.update(state="active")
    plan_reminders(now=NOW + DAY)
    # The manager's had nothing to say by then; it comes again on Monday.
    assert set(mails(NOW + DAY)) >= {lead.display_name}
    Initiative.objects.update(state="closed")
    plan_reminders(now=NOW + DAY)
    assert mails(NOW + DAY) == {}
    assert Reminder.objects.get(kind="lead_summary").closed_reason == "withdrawn"
    Reminder.objects.all().delete()
    plan_reminders(now=NOW + 7 * DAY)
    assert has_no_summary()


def test_monday_is_that_of_the_recipient(late: Enrolment, manager: Person) -> None:
    Person.objects.filter(pk=manager.pk).update(timezone="Pacific/Auckland")

    # In Auckland it is Monday since eleven o'clock on Sunday.
    plan_reminders(now=datetime(2026, 11, 15, 12, tzinfo=UTC))

    digest = Digest.objects.get(recipient=manager)
    assert (digest.local_on, digest.available_at) == (
        MONDAY,
        datetime(2026, 11, 15, 19, tzinfo=UTC),
    )


@pytest.mark.parametrize(("days", "expected"), [((), []), ((2, 4), [2, 4]), ((1,), [1])])
def test_a_site_chooses_its_days(
    late: Enrolment, manager: Person, settings: Any, days: tuple[int, ...], expected: list[int]
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SUMMARY_DAYS": days}
    factories.make_policy()
    plan_reminders(now=NOW - 3 * DAY)
    Reminder.objects.filter(kind__in=SUMMARIES).delete()

    assert [day for name, day in run(*range(5)) if name == manager.display_name] == expected


def test_what_is_foreseen_is_what_leaves(late: Enrolment, manager: Person, lead: Person) -> None:
    foreseen = forecast(now=NOW, days=14)

    summaries = [each for each in foreseen if each.reminder.kind in SUMMARIES]
    said = {(each.reminder.recipient.display_name, each.leaves_at.date()) for each in summaries}
    weeks = [MONDAY + 7 * each * DAY for each in range(3)]
    assert said == {(each.display_name, day) for each in (manager, lead) for day in weeks}
    assert {each.about for each in summaries} == {manager.display_name, "One Front Door"}
    assert has_no_summary()


def test_a_planner_that_dies_half_way_loses_nobody(
    plan: TrainingPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    managers = [factories.make_person(login=True) for _ in range(4)]
    for each in managers:
        enrol(factories.make_person(manager=each, email=""), plan=plan, due_on=MONDAY - 3 * DAY)
    # Five batches are of the people themselves and of one manager.
    with dying_after(monkeypatch, 5), pytest.raises(SystemExit):
        plan_reminders(now=NOW)
    told = Reminder.objects.filter(kind="team_summary")
    assert told.count() == 1

    plan_reminders(now=NOW)

    assert set(told.values_list("recipient", flat=True)) == {each.pk for each in managers}
    assert told.count() == 4


def test_planning_takes_the_same_queries_for_any_number_of_managers(
    plan: TrainingPlan,
) -> None:
    counts = []
    for amount in (1, 9, 90):
        for _ in range(amount):
            late_in(plan, factories.make_person(manager=factories.make_person(login=True)))
        Heartbeat.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            plan_reminders(now=NOW)
        # A database takes so many rows in one INSERT, the rest in further ones.
        counts.append(sum(not each["sql"].startswith("INSERT") for each in queries))
        assert Reminder.objects.filter(kind="team_summary").count() >= amount
        Reminder.objects.all().delete()
        Digest.objects.all().delete()

    assert counts[0] == counts[1] == counts[2]


def test_a_mail_takes_the_same_queries_for_any_number_of_people_and_initiatives(
    lead: Person,
) -> None:
    counts = []
    for amount in (1, 4):
        for _ in range(amount):
            initiative = factories.make_initiative(lead=lead)
            factories.make_action(initiative, due_on=MONDAY - DAY)
            plan = factories.make_plan(initiative)
            for _each in range(amount):
                person = factories.make_person(manager=lead, email="")
                enrol(person, plan=plan, due_on=MONDAY - 3 * DAY, assigned_on=MONDAY)
        plan_reminders(now=NOW)
        digest = Digest.objects.get(recipient=lead, state="pending", reminders__kind="team_summary")
        with CaptureQueriesContext(connection) as queries:
            assert review([digest], now=NOW, shared=frozenset())
        counts.append(len(queries))
        Reminder.objects.all().delete()
        Digest.objects.all().delete()
        Heartbeat.objects.all().delete()

    assert counts[0] == counts[1]
