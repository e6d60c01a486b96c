"""What a caller has read is asked once more where it is acted on: somebody else was quicker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.services.lifecycle import change_initiative
from change_tracker.people.models import Person
from change_tracker.training import services
from change_tracker.training.errors import NotBegunError, NotInGroupError, RuleInUseError
from change_tracker.training.models import (
    Attendance,
    Enrolment,
    EnrolmentReason,
    LearningActivity,
    PlanAudience,
    PlanItem,
    Session,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import returning
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

BY: dict[str, Any] = {"actor": None, "now": NOW}
WHEN: dict[str, Any] = {**BY, "today": TODAY}


@pytest.fixture
def plan(lead: Person) -> TrainingPlan:
    initiative = factories.make_initiative(lead=lead)
    activity = factories.make_activity(initiative, completion_rule="attendance")
    return factories.make_plan(initiative, items=[activity])


@pytest.fixture
def rule(plan: TrainingPlan, employee: Person) -> PlanAudience:
    audience = factories.make_audience(employee)
    return factories.make_rule(plan, audience, due_rule="before_go_live", due_days=5)


@pytest.fixture
def session(plan: TrainingPlan, employee: Person) -> Session:
    factories.make_enrolment(plan, employee)
    return factories.make_session(plan.initiative, plan.items.get().activity)


def user_of(person: Person) -> Any:
    return person.user


def attend(seen: Session, person: Person, lead: Person) -> None:
    """As somebody who opened the page before."""
    by: dict[str, Any] = {"actor": lead.user, "today": TODAY, "now": NOW}
    services.record_attendance(seen, attended=[person.pk], **by)


def test_nobody_was_at_a_session_that_was_called_off(
    session: Session, employee: Person, lead: Person
) -> None:
    services.delete_session(Session.objects.get(), actor=user_of(lead), now=NOW)

    with pytest.raises(NotBegunError):
        attend(session, employee, lead)

    assert not Attendance.objects.exists()
    assert TrainingRecord.objects.get().state == "not_started"


def test_nobody_was_at_a_session_that_was_put_off(
    session: Session, employee: Person, lead: Person
) -> None:
    later: dict[str, Any] = {
        "starts_at": NOW + timedelta(days=7),
        "ends_at": NOW + timedelta(days=7, hours=2),
    }
    services.change_session(Session.objects.get(), actor=user_of(lead), now=NOW, **later)

    with pytest.raises(NotBegunError):
        attend(session, employee, lead)

    assert TrainingRecord.objects.get().state == "not_started"


def test_what_is_done_is_done_on_the_day_that_the_session_has_by_now(
    session: Session, employee: Person, lead: Person
) -> None:
    day = timedelta(days=1)
    earlier: dict[str, Any] = {
        "starts_at": session.starts_at - day,
        "ends_at": session.ends_at - day,
    }
    services.change_session(Session.objects.get(), actor=user_of(lead), now=NOW, **earlier)

    attend(session, employee, lead)

    assert TrainingRecord.objects.get().completed_on == TODAY - day


def test_nobody_was_at_a_session_that_is_gone(
    session: Session, employee: Person, lead: Person
) -> None:
    Session.objects.get().delete()

    with pytest.raises(StaleRowError):
        attend(session, employee, lead)


def test_a_session_is_deleted_once(session: Session, lead: Person) -> None:
    Session.objects.get().delete()

    with pytest.raises(StaleRowError):
        services.delete_session(session, actor=user_of(lead), now=NOW)


def test_a_group_that_was_given_the_plan_is_not_deleted_as_one_that_was_not(
    plan: TrainingPlan, rule: PlanAudience
) -> None:
    services.assign_plan(plan=plan, **WHEN)

    with pytest.raises(RuleInUseError):
        services.delete_rule(rule, **BY)

    assert EnrolmentReason.objects.get().plan_audience == rule


@pytest.mark.parametrize(
    "way",
    [
        lambda rule: services.delete_rule(rule, **BY),
        lambda rule: services.remove_rule(rule=rule, **WHEN),
    ],
    ids=["not given yet", "given"],
)
@pytest.mark.usefixtures("plan")
def test_a_group_is_taken_out_once(rule: PlanAudience, way: Callable[[PlanAudience], Any]) -> None:
    services.remove_rule(rule=PlanAudience.objects.get(), **WHEN)
    told = AuditEvent.objects.count()

    with pytest.raises(StaleRowError):
        way(rule)

    assert AuditEvent.objects.count() == told


def test_by_a_group_that_was_taken_out_nobody_is_given_the_plan(
    plan: TrainingPlan, rule: PlanAudience
) -> None:
    services.remove_rule(rule=PlanAudience.objects.get(), **WHEN)

    done = services.assign_plan(plan=plan, rules=[rule], **WHEN)

    assert done.enrolled == 0


def test_by_a_group_that_is_just_taken_out_nobody_comes_back(
    plan: TrainingPlan, rule: PlanAudience, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.assign_plan(plan=plan, **WHEN)
    enrolment = Enrolment.objects.get()
    services.withdraw_enrolment(enrolment=enrolment, reason="x", **WHEN)

    def after_the_other(**given: Any) -> Any:
        services.remove_rule(rule=rule, **WHEN)
        return services.assign_plan(**given)

    monkeypatch.setattr(returning, "assign_plan", after_the_other)
    with pytest.raises(NotInGroupError):
        services.enrol_again(enrolment=enrolment, **WHEN)


def test_a_rule_that_is_saved_as_it_is_stays_as_edited_as_go_live_has_made_it(
    plan: TrainingPlan, rule: PlanAudience
) -> None:
    services.assign_plan(plan=plan, **WHEN)
    seen = PlanAudience.objects.select_related("plan").get()
    later = plan.initiative.go_live_on + timedelta(days=7)  # type: ignore[operator]  # it has one
    change_initiative(plan.initiative, go_live_on=later, **BY)

    services.change_rule(seen, due_days=5, **BY)

    assert PlanAudience.objects.get().was_edited_since()
    assert services.preview_assignment(plan=plan, today=TODAY).redated == 1


def test_an_activity_that_is_gone_is_not_moved(plan: TrainingPlan) -> None:
    TrainingPlan.objects.update(state="draft")
    seen = plan.items.get()
    services.delete_item(PlanItem.objects.get(), **BY)

    with pytest.raises(StaleRowError):
        services.shift_item(seen, by=1, **BY)


def test_a_draft_that_is_gone_is_not_deleted_again_and_gets_no_activity(
    plan: TrainingPlan,
) -> None:
    TrainingPlan.objects.update(state="draft")
    services.delete_plan(TrainingPlan.objects.get(), **BY)

    with pytest.raises(StaleRowError):
        services.delete_plan(plan, **BY)
    with pytest.raises(StaleRowError):
        services.add_item(plan=plan, activity=factories.make_activity(), position=1, **BY)


def test_an_activity_is_taken_out_of_a_draft_once(plan: TrainingPlan) -> None:
    TrainingPlan.objects.update(state="draft")
    seen = plan.items.get()
    services.delete_item(PlanItem.objects.get(), **BY)

    with pytest.raises(StaleRowError):
        services.delete_item(seen, **BY)

    assert AuditEvent.objects.filter(verb="deleted").count() == 1
    assert seen.pk, "the page that says so speaks of it"


@pytest.mark.parametrize(
    "do",
    [
        lambda activity: services.raise_version(
            activity=activity, completed=services.OlderVersions.KEEP, **WHEN
        ),
        lambda activity: services.attach_file(
            activity=activity, file=factories.make_file(), actor=factories.make_user(), now=NOW
        ),
    ],
    ids=["new version", "file"],
)
def test_an_activity_that_is_gone_gets_nothing_more(do: Callable[[LearningActivity], Any]) -> None:
    activity = factories.make_activity()
    LearningActivity.objects.get().delete()

    with pytest.raises(StaleRowError):
        do(activity)
