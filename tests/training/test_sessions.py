"""Dated sessions, and who was there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training import services
from change_tracker.training.errors import (
    AttendedError,
    CancelledError,
    NotAttestedError,
    NotBegunError,
)
from change_tracker.training.models import (
    Attendance,
    Enrolment,
    LearningActivity,
    Session,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.sessionwords import session_words
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def activity(initiative: Initiative) -> LearningActivity:
    return factories.make_activity(initiative, title="Listen", completion_rule="attendance")


@pytest.fixture
def plan(initiative: Initiative, activity: LearningActivity) -> TrainingPlan:
    return factories.make_plan(initiative, title="First week", items=[activity])


@pytest.fixture
def session(initiative: Initiative, activity: LearningActivity) -> Session:
    return factories.make_session(initiative, activity)


@pytest.fixture
def team(plan: TrainingPlan, manager: Person, employee: Person) -> list[Person]:
    """Amira, who can sign in, and Carl, who cannot; both report to Dan."""
    people = [employee, factories.make_person("Carl Moss", manager=manager, email="")]
    for person in people:
        factories.make_enrolment(plan, person)
    return people


def by(person: Person) -> dict[str, Any]:
    return {"actor": person.user, **WHEN}


def ids(*people: Person) -> list[int]:
    return [person.pk for person in people]


def states(*people: Person) -> list[str]:
    return [
        TrainingRecord.objects.filter(person=person).latest("attempt").state for person in people
    ]


def test_who_was_there_is_done_and_the_others_still_have_it_to_do(
    session: Session, team: list[Person], manager: Person
) -> None:
    amira, carl = team

    done = services.record_attendance(session, attended=ids(carl), **by(manager))

    assert states(amira, carl) == ["not_started", "completed"]
    record = TrainingRecord.objects.get(person=carl)
    assert (done.noted, done.completed) == ([carl.pk], [record.pk])
    assert (record.completed_on, record.completed_at, record.completed_by) == (TODAY, NOW, manager)
    assert Enrolment.objects.get(person=carl).state == "completed"
    attendance = Attendance.objects.get()
    assert (attendance.person, attendance.attended, attendance.recorded_by) == (carl, True, manager)
    assert list(attendance.completed.all()) == [record]
    told = AuditEvent.objects.filter(actor_user=manager.user).values_list("object_type", "verb")
    assert {("attendance", "attended"), ("trainingrecord", "moved")} <= set(told)


def test_it_is_done_on_the_day_of_the_session(
    session: Session, team: list[Person], lead: Person
) -> None:
    Session.objects.update(
        starts_at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC),
        ends_at=datetime(2026, 11, 10, 1, 0, tzinfo=UTC),
        timezone="Europe/Berlin",
    )
    session.refresh_from_db()

    services.record_attendance(session, attended=ids(*team), **by(lead))

    days = set(TrainingRecord.objects.values_list("completed_on", flat=True))
    assert days == {date(2026, 11, 10)}


def test_before_it_begins_nobody_was_there(
    session: Session, team: list[Person], lead: Person
) -> None:
    Session.objects.update(starts_at=NOW + timedelta(minutes=1))

    with pytest.raises(NotBegunError):
        services.record_attendance(session, attended=ids(*team), **by(lead))


def test_repeating_it_writes_nothing(session: Session, team: list[Person], lead: Person) -> None:
    services.record_attendance(session, attended=ids(*team), **by(lead))
    events = AuditEvent.objects.count()

    again = services.record_attendance(session, attended=ids(*team), **by(lead))

    assert (again.noted, again.completed) == ([], [])
    assert AuditEvent.objects.count() == events


def test_managers_record_for_their_team_and_nobody_for_themselves(
    session: Session, plan: TrainingPlan, team: list[Person], manager: Person, lead: Person
) -> None:
    stranger = factories.make_person("Eve Hart")
    for person in (stranger, manager, lead):
        factories.make_enrolment(plan, person)
    everybody = ids(*team, stranger, manager, lead)

    by_manager = services.record_attendance(session, attended=everybody, **by(manager))
    by_lead = services.record_attendance(session, attended=everybody, **by(lead))

    assert by_manager.left_out == ids(stranger, manager, lead)
    assert by_lead.left_out == ids(lead)
    assert states(*team, stranger, manager, lead) == ["completed"] * 4 + ["not_started"]


@pytest.mark.parametrize("role", ["change_agent", "coach"])
def test_agents_and_coaches_record_for_everybody(
    session: Session, team: list[Person], outsider: Person, initiative: Initiative, role: str
) -> None:
    factories.make_role(initiative, outsider, role)

    services.record_attendance(session, attended=ids(*team), **by(outsider))

    assert states(*team) == ["completed", "completed"]


def test_people_who_do_not_have_it_to_do_are_left_out(
    session: Session, team: list[Person], outsider: Person, lead: Person
) -> None:
    done = services.record_attendance(session, attended=ids(outsider), **by(lead))

    assert (done.left_out, Attendance.objects.count()) == (ids(outsider), 0)


def test_what_counts_by_another_rule_is_noted_only(
    session: Session, team: list[Person], lead: Person
) -> None:
    LearningActivity.objects.update(completion_rule="attest")
    session.activity.refresh_from_db()

    services.record_attendance(session, attended=ids(*team), **by(lead))

    assert Attendance.objects.filter(attended=True).count() == 2
    assert states(*team) == ["not_started", "not_started"]


def test_nobody_just_says_that_they_were_there(team: list[Person], employee: Person) -> None:
    record = TrainingRecord.objects.get(person=employee)

    with pytest.raises(NotAttestedError):
        services.complete_record(record=record, **by(employee))


def test_being_there_before_its_turn_counts(
    session: Session, team: list[Person], lead: Person
) -> None:
    TrainingRecord.objects.update(opens_on=None)

    services.record_attendance(session, attended=ids(*team), **by(lead))

    assert set(TrainingRecord.objects.values_list("state", "opens_on")) == {("completed", TODAY)}


def test_the_same_activity_of_another_initiative_is_not_touched(
    session: Session, team: list[Person], lead: Person, activity: LearningActivity
) -> None:
    LearningActivity.objects.update(initiative=None)
    other = factories.make_plan(factories.make_initiative(), items=[activity])
    elsewhere = factories.make_enrolment(other, team[0])

    services.record_attendance(session, attended=ids(*team), **by(lead))

    assert elsewhere.records.get().state == "not_started"


@pytest.fixture
def stranger(activity: LearningActivity) -> Person:
    """Eve, who has the same activity to do in another initiative."""
    LearningActivity.objects.update(initiative=None)
    other = factories.make_plan(factories.make_initiative(), items=[activity])
    person = factories.make_person("Eve Hart", email="")
    factories.make_enrolment(other, person)
    return person


def test_whoever_was_not_expected_is_done_where_they_have_it_to_do(
    session: Session, team: list[Person], lead: Person, stranger: Person
) -> None:
    done = services.record_attendance(session, attended=ids(stranger), **by(lead))

    assert done.noted == ids(stranger)
    assert states(stranger, *team) == ["completed", "not_started", "not_started"]
    assert Attendance.objects.get(person=stranger).recorded_by == lead
    assert stranger in session.expected()

    services.record_attendance(session, absent=ids(stranger), **by(lead))
    assert states(stranger) == ["in_progress"]
    services.record_attendance(session, attended=ids(stranger), **by(lead))
    assert states(stranger) == ["completed"]


def test_only_who_keeps_the_session_notes_those_who_walk_in(
    session: Session, team: list[Person], manager: Person, lead: Person, stranger: Person
) -> None:
    nobody = factories.make_person("Nora Lund")

    for actor, person in ((manager, stranger), (lead, nobody)):
        done = services.record_attendance(session, attended=ids(person), **by(actor))
        assert done.left_out == ids(person)
    done = services.record_attendance(session, absent=ids(stranger), **by(lead))
    assert done.left_out == ids(stranger)

    assert states(stranger) == ["not_started"]
    assert not Attendance.objects.exists()


def test_the_one_who_recorded_it_corrects_it(
    session: Session, team: list[Person], manager: Person
) -> None:
    amira, carl = team
    services.record_attendance(session, attended=ids(*team), **by(manager))

    done = services.record_attendance(session, absent=ids(carl), **by(manager))

    assert states(amira, carl) == ["completed", "in_progress"]
    record = TrainingRecord.objects.get(person=carl)
    assert (done.reopened, record.completed_on, record.due_revision) == ([record.pk], None, 2)
    assert Enrolment.objects.get(person=carl).state == "active"
    attendance = Attendance.objects.get(person=carl)
    assert (attendance.attended, attendance.completed.count(), attendance.version) == (False, 0, 2)
    assert AuditEvent.objects.filter(object_type="attendance", verb="absent").count() == 1

    services.record_attendance(session, attended=ids(carl), **by(manager))
    assert states(carl) == ["completed"]


def test_a_lead_corrects_what_somebody_else_recorded_with_a_reason(
    session: Session, team: list[Person], manager: Person, lead: Person
) -> None:
    carl = team[1]
    services.record_attendance(session, attended=ids(carl), **by(manager))

    with pytest.raises(MoveRefusedError):
        services.record_attendance(session, absent=ids(carl), **by(lead))
    assert Attendance.objects.get().attended

    services.record_attendance(session, absent=ids(carl), reason="Was ill", **by(lead))
    old, new = TrainingRecord.objects.filter(person=carl).order_by("attempt")
    assert (old.state, old.left_reason, new.state, new.attempt) == (
        "revoked",
        "Was ill",
        "not_started",
        2,
    )


def test_a_manager_takes_back_only_what_they_recorded_in_the_last_days(
    session: Session, team: list[Person], manager: Person, lead: Person
) -> None:
    amira, carl = team
    services.record_attendance(session, attended=ids(amira), **by(lead))
    services.record_attendance(session, attended=ids(carl), **by(manager))
    late = by(manager) | {"today": TODAY + timedelta(days=31), "now": NOW + timedelta(days=31)}

    others = services.record_attendance(session, absent=ids(amira), reason="x", **by(manager))
    old = services.record_attendance(session, absent=ids(carl), reason="x", **late)

    assert (others.kept, old.kept) == (ids(amira), ids(carl))
    assert states(amira, carl) == ["completed", "completed"]
    assert Attendance.objects.filter(attended=True).count() == 2


def test_what_was_done_otherwise_stays_done(
    session: Session, team: list[Person], lead: Person, hr: Person
) -> None:
    carl = team[1]
    services.record_attendance(session, attended=ids(carl), **by(lead))
    services.record_attendance(session, absent=ids(carl), **by(lead))
    LearningActivity.objects.update(completion_rule="attest")
    record = TrainingRecord.objects.get(person=carl)
    services.record_for_other(record=record, **by(hr))
    session.activity.refresh_from_db()

    services.record_attendance(session, attended=ids(carl), **by(lead))
    services.record_attendance(session, absent=ids(carl), **by(lead))

    assert states(carl) == ["completed"]


@pytest.mark.exhaustive
def test_it_costs_the_same_for_two_people_and_for_forty(
    session: Session, plan: TrainingPlan, team: list[Person], lead: Person
) -> None:
    def cost(**how: Any) -> int:
        fresh = Session.objects.select_related("activity", "initiative").get(pk=session.pk)
        with CaptureQueriesContext(connection) as queries:
            services.record_attendance(fresh, **how, **by(lead))
        return len(queries)

    # What a login may is asked once.
    services.record_attendance(session, **by(lead))
    few = cost(attended=ids(*team)), cost(absent=ids(*team))
    many = [factories.make_person() for _each in range(40)]
    for person in many:
        factories.make_enrolment(plan, person)

    assert (cost(attended=ids(*many)), cost(absent=ids(*many))) == few


# What a session says of itself


def test_a_session_says_when_and_where_it_is(session: Session) -> None:
    session.timezone = "Europe/Berlin"
    session.starts_at = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
    session.ends_at = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    berlin, nowhere = "Tue 1 Dec, 14:00–15:00 (Europe/Berlin)", "Tue 1 Dec, 13:00–14:00"  # noqa: RUF001

    assert session_words(session, TODAY) == f"{berlin}, Training room 2"
    session.timezone, session.place = "UTC", ""
    assert session_words(session, TODAY) == nowhere
    session.ends_at = datetime(2026, 12, 2, 14, 0, tzinfo=UTC)
    assert session_words(session, TODAY) == "Tue 1 Dec, 13:00 – Wed 2 Dec, 14:00"  # noqa: RUF001


def test_it_ends_after_it_begins_in_a_zone_that_there_is(
    initiative: Initiative, activity: LearningActivity, lead: Person
) -> None:
    values: dict[str, Any] = {
        "initiative": initiative,
        "activity": activity,
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=1),
        "timezone": "Europe/Berlin",
        "actor": lead.user,
        "now": NOW,
    }
    elsewhere = factories.make_activity(factories.make_initiative())

    for wrong in ({"ends_at": NOW}, {"timezone": "Mars/Base"}, {"activity": elsewhere}):
        with pytest.raises(ValidationError):
            services.create_session(**values | wrong)
    assert services.create_session(**values).audit_scope == initiative.audit_scope


def test_the_database_refuses_an_end_before_the_beginning(session: Session) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.update(ends_at=session.starts_at)


def test_the_database_keeps_one_attendance_of_a_person(session: Session, employee: Person) -> None:
    values: dict[str, Any] = {"session": session, "person": employee, "recorded_at": NOW}
    Attendance.objects.create(attended=True, **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(attended=False, **values)


def test_what_people_were_at_keeps_its_date(
    session: Session, team: list[Person], lead: Person
) -> None:
    services.record_attendance(session, attended=ids(*team), **by(lead))
    who: dict[str, Any] = {"actor": lead.user, "now": NOW}

    with pytest.raises(AttendedError):
        services.change_session(session, ends_at=NOW + timedelta(days=1), **who)
    with pytest.raises(AttendedError):
        services.delete_session(session, **who)

    assert services.change_session(session, place="Canteen", **who).place == "Canteen"


def test_without_anybody_there_it_is_cancelled_and_then_deleted(
    session: Session, lead: Person
) -> None:
    assert lead.user is not None
    services.delete_session(session, actor=lead.user, now=NOW)
    assert session.cancelled_on == NOW.date()
    assert not Session.objects.coming(NOW).exists()
    with pytest.raises(CancelledError):
        services.change_session(session, place="Canteen", actor=lead.user, now=NOW)

    services.delete_session(session, actor=lead.user, now=NOW)

    assert not Session.objects.exists()
    assert AuditEvent.objects.order_by("pk").last().verb == "deleted"  # type: ignore[union-attr]


def test_a_session_is_named_by_the_clock_on_its_wall(
    session: Session, team: list[Person], lead: Person
) -> None:
    Session.objects.filter(pk=session.pk).update(timezone="Asia/Tokyo")
    session.refresh_from_db()

    assert str(session).endswith(f"{session.begins:%Y-%m-%d %H:%M}")
