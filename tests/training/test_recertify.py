"""Completions that expire: asked for again in time, and the old ones stay as they are."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from change_tracker.people.models import Person
from change_tracker.people.services.persons import change_person
from change_tracker.progress.queries import measures
from change_tracker.reminders.services import begin_day
from change_tracker.training.errors import CannotUndoError
from change_tracker.training.models import (
    Enrolment,
    LearningActivity,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.queries import my_item, my_work
from change_tracker.training.rules import valid_until
from change_tracker.training.services import (
    Report,
    accept_submission,
    assign_plan,
    change_rule,
    complete_record,
    hand_in,
    leave_plans,
    raise_version,
    recertify,
    record_for_others,
    report_completions,
    revoke_completion,
    undo_completion,
)
from change_tracker.training.services.recording import undo_for_others
from change_tracker.training.services.versioning import OlderVersions
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db

CONTEXT: Any = {"today": TODAY, "now": NOW}
EXPIRES = date(2027, 11, 18)
WINDOW = EXPIRES - timedelta(days=60)


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (date(2026, 11, 18), 12, date(2027, 11, 18)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 1), 120, date(2036, 1, 1)),
        (date(2026, 11, 18), None, None),
    ],
)
def test_until_when_it_counts(day: date, months: int | None, until: date | None) -> None:
    assert valid_until(day, months) == until


@pytest.fixture
def plan() -> TrainingPlan:
    """*Brakes* counts for a year, *Book* for good; the only learner has both done today."""
    initiative = factories.make_initiative()
    brakes = factories.make_activity(initiative, title="Brakes", valid_months=12)
    book = factories.make_activity(initiative, title="Book")
    plan = factories.make_plan(initiative, items=[brakes, book])
    unit = factories.make_unit("Repairs")
    learner = factories.make_person("Learner", login=True, unit=unit)
    group = factories.make_audience(learner, unit=unit, joined_on=TODAY)
    factories.make_rule(plan, group, due_rule="assigned", due_days=10)
    assign_plan(plan=plan, actor=None, **CONTEXT)
    for title in ("Brakes", "Book"):
        complete(title)
    return plan


def learner() -> Any:
    return Person.objects.select_related("user").get(display_name="Learner")


def records(title: str = "Brakes") -> list[TrainingRecord]:
    rows = TrainingRecord.objects.filter(activity__title=title)
    return list(rows.order_by("attempt"))


def complete(title: str = "Brakes", day: date = TODAY) -> TrainingRecord:
    return complete_record(record=records(title)[-1], actor=learner().user, **at(day))


def at(day: date) -> dict[str, Any]:
    return {"today": day, "now": datetime.combine(day, time(12), ZoneInfo("Europe/Berlin"))}


def enrolment() -> Enrolment:
    return Enrolment.objects.get()


def test_a_completion_says_until_when_it_counts_and_undoing_takes_that_back(
    plan: TrainingPlan,
) -> None:
    assert [each.expires_on for each in (*records(), *records("Book"))] == [EXPIRES, None]

    undo_completion(record=records()[0], actor=learner().user, **CONTEXT)

    assert records()[0].expires_on is None


def test_it_is_asked_for_again_when_the_window_opens_and_not_before(plan: TrainingPlan) -> None:
    done = list(TrainingRecord.objects.order_by("pk").values())

    assert recertify(**at(WINDOW - timedelta(days=1))) == 0
    assert recertify(**at(WINDOW)) == 1
    assert recertify(**at(WINDOW)) == 0
    assert recertify(**at(WINDOW + timedelta(days=30))) == 0

    first, again = records()
    assert (again.attempt, again.state, again.opens_on) == (2, "not_started", WINDOW)
    assert (again.due_on, again.due_rule, again.unit) == (EXPIRES, "", learner().unit)
    assert enrolment().state == "active"
    kept = TrainingRecord.objects.filter(pk__in=[row["id"] for row in done])
    assert list(kept.order_by("pk").values()) == done
    assert first.state == "completed"


def test_done_again_it_counts_for_another_year(plan: TrainingPlan) -> None:
    recertify(**at(WINDOW))

    complete(day=WINDOW + timedelta(days=3))

    again = records()[-1]
    assert again.expires_on == date(2028, 9, 22)
    assert enrolment().state == "completed"
    assert recertify(**at(EXPIRES)) == 0
    assert recertify(**at(date(2028, 9, 1))) == 1
    assert [each.attempt for each in records()] == [1, 2, 3]


def test_the_tick_does_it_once_a_day(plan: TrainingPlan) -> None:
    for hour in (6, 7):
        begin_day(now=datetime.combine(WINDOW, time(hour), ZoneInfo("Europe/Berlin")))

    assert len(records()) == 2


def test_the_window_is_a_setting(plan: TrainingPlan, settings: Any) -> None:
    settings.CHANGE_TRACKER = {**settings.CHANGE_TRACKER, "RECERTIFY_DAYS": 10}

    assert recertify(**at(EXPIRES - timedelta(days=11))) == 0
    assert recertify(**at(EXPIRES - timedelta(days=10))) == 1


@pytest.mark.parametrize("months", [1, 2, 3, 4])
def test_what_counts_for_a_short_time_is_asked_for_once_in_that_time(
    months: int, plan: TrainingPlan
) -> None:
    LearningActivity.objects.filter(title="Brakes").update(valid_months=months)
    window = timedelta(days=14 * months)
    TrainingRecord.objects.filter(activity__title="Brakes").update(expires_on=TODAY + 2 * window)
    opens = TODAY + window

    assert recertify(**at(opens - timedelta(days=1))) == 0
    assert recertify(**at(opens)) == 1
    until = complete(day=opens).expires_on
    assert until is not None
    assert recertify(**at(opens + timedelta(days=1))) == 0
    assert recertify(**at(until - window - timedelta(days=1))) == 0
    assert recertify(**at(until - window)) == 1


def test_what_has_expired_already_leaves_two_weeks(plan: TrainingPlan) -> None:
    late = EXPIRES + timedelta(days=100)

    recertify(**at(late))

    again = records()[-1]
    assert (again.due_on, again.due_moved) == (late + timedelta(days=14), "past")


def test_figures_count_both_and_nothing_of_the_past_changes(plan: TrainingPlan) -> None:
    days = [TODAY + timedelta(days=each) for each in (0, 10, 200)]
    said = [measures(plan.initiative, day) for day in days]
    recertify(**at(WINDOW))

    assert [measures(plan.initiative, day) for day in days] == said
    before = measures(plan.initiative, EXPIRES - timedelta(days=1))
    after = measures(plan.initiative, EXPIRES + timedelta(days=1))
    assert (before.enrolled, before.due, before.completed, before.overdue) == (1, 2, 2, 0)
    assert (after.enrolled, after.due, after.completed, after.overdue) == (1, 3, 2, 1)


@pytest.mark.parametrize(("of", "state"), [("plan", "archived"), ("initiative", "cancelled")])
def test_what_is_over_asks_nobody_again(of: str, state: str, plan: TrainingPlan) -> None:
    type(plan if of == "plan" else plan.initiative).objects.update(state=state)

    assert recertify(**at(WINDOW)) == 0


def test_who_left_is_asked_when_they_come_back(plan: TrainingPlan) -> None:
    leave_plans(Enrolment.objects.all(), reason="x", actor=None, **CONTEXT)
    assert recertify(**at(WINDOW)) == 0

    assign_plan(plan=plan, actor=None, **at(EXPIRES))
    assert enrolment().state == "completed"
    assert recertify(**at(EXPIRES)) == 1

    assert enrolment().state == "active"
    assert records()[-1].due_on == EXPIRES + timedelta(days=14)


def test_who_leaves_in_the_window_and_is_hired_again_has_it_open_again(
    plan: TrainingPlan,
) -> None:
    recertify(**at(WINDOW))
    change_person(learner(), ends_on=WINDOW - timedelta(days=1), actor=None, **at(WINDOW))
    first, again = records()
    assert (first.state, again.state) == ("completed", "void")
    assert enrolment().state == "withdrawn"

    back = WINDOW + timedelta(days=20)
    change_person(learner(), ends_on=None, actor=None, **at(back))

    first, again = records()
    assert (first.state, again.state) == ("completed", "not_started")
    assert again.due_on == back + timedelta(days=10)
    assert enrolment().state == "active"
    assert recertify(**at(back)) == 0


def test_an_edited_rule_does_not_move_the_day_on_which_it_expires(plan: TrainingPlan) -> None:
    recertify(**at(WINDOW))
    change_rule(PlanAudience.objects.get(), due_days=3, actor=None, now=NOW)

    assign_plan(plan=plan, actor=None, **at(WINDOW))

    assert records()[-1].due_on == EXPIRES


def test_the_old_completion_may_be_revoked_and_the_new_one_undone(plan: TrainingPlan) -> None:
    recertify(**at(WINDOW))
    complete(day=WINDOW)

    undo_completion(record=records()[-1], actor=learner().user, **at(WINDOW))
    assert enrolment().state == "active"
    revoke_completion(record=records()[0], reason="x", actor=factories.make_user(), **at(WINDOW))

    assert [each.state for each in records()] == ["revoked", "in_progress"]


def test_what_another_system_reports_expires_as_well(plan: TrainingPlan) -> None:
    recertify(**at(WINDOW))
    system = factories.make_user()

    def report(day: date) -> str:
        one = Report(
            person=learner().external_id, activity=records()[0].activity_id, completed_on=day
        )
        (outcome,) = report_completions([one], actor=system, **at(WINDOW))
        return outcome.status

    assert report(TODAY) == "unchanged"
    assert report(WINDOW) == "completed"
    assert records()[-1].expires_on == valid_until(WINDOW, 12)


def test_what_a_manager_recorded_for_somebody_expires_as_well(plan: TrainingPlan) -> None:
    Person.objects.update(user=None)
    recertify(**at(WINDOW))
    manager = factories.make_person("Dan", login=True).user
    assert manager is not None
    both = TrainingRecord.objects.filter(activity__title="Brakes")

    record_for_others(both, actor=manager, **at(WINDOW))
    assert records()[-1].expires_on == valid_until(WINDOW, 12)
    again = WINDOW + timedelta(days=320)
    recertify(**at(again))
    assert len(records()) == 3

    with pytest.raises(CannotUndoError):
        undo_for_others(both, actor=manager, **at(WINDOW + timedelta(days=1)))


def test_what_somebody_confirmed_expires_as_well(plan: TrainingPlan) -> None:
    LearningActivity.objects.filter(title="Brakes").update(completion_rule="sign_off")
    recertify(**at(WINDOW))
    submission = hand_in(record=records()[-1], actor=learner().user, **at(WINDOW))

    accept_submission(submission=submission, actor=factories.make_user(), **at(EXPIRES))

    again = records()[-1]
    assert (again.state, again.completed_on) == ("completed", WINDOW)
    assert again.expires_on == valid_until(WINDOW, 12)


def test_a_new_version_and_a_certificate_do_not_ask_twice(plan: TrainingPlan) -> None:
    activity = LearningActivity.objects.get(title="Brakes")
    raise_version(activity=activity, completed=OlderVersions.REOPEN, actor=None, **at(WINDOW))

    assert recertify(**at(WINDOW)) == 0
    assert len(records()) == 2


@pytest.mark.exhaustive
def test_its_cost_does_not_grow_with_people(
    plan: TrainingPlan, django_assert_max_num_queries: Any
) -> None:
    group = plan.audiences.get().audience
    for _ in range(20):
        person = factories.make_person(login=True)
        factories.make_enrolment(plan, person, rule=plan.audiences.get())
    TrainingRecord.objects.filter(activity__title="Brakes").update(
        state="completed", completed_on=TODAY, expires_on=EXPIRES
    )

    for months in (1, 2):
        factories.make_activity(plan.initiative, valid_months=months)
    with django_assert_max_num_queries(25):
        assert recertify(**at(WINDOW)) == 21
    assert group.pk


# ---- what people read


def test_my_training_says_until_when_it_counts_and_when_it_was_done(
    plan: TrainingPlan, sign_in: SignIn
) -> None:
    recertify(**at(WINDOW))
    user = learner().user

    (item,) = my_work(user, WINDOW).items
    assert item.again == "You did this on Wed 18 Nov 2026, and that counts until Thu 18 Nov."
    assert item.why.rule == "It is due on Thu 18 Nov."
    assert [each.title for each in my_work(user, WINDOW).done] == ["Book"]
    late = my_item(user, records()[-1].pk, EXPIRES + timedelta(days=1))
    assert late is not None
    assert "and that counted until" in late.again


def test_the_transcript_shows_both(plan: TrainingPlan, sign_in: SignIn) -> None:
    recertify(**at(WINDOW))
    complete(day=WINDOW)

    page = sign_in.page(learner())
    text = words(page.get(f"/change/people/{learner().pk}/transcript/"))
    lines = b"".join(
        page.get(f"/change/people/{learner().pk}/transcript.csv").streaming_content  # type: ignore[attr-defined]
    ).decode()

    assert text.count("Brakes") == 2
    assert text.count("Counts until") == 2
    assert "Attempt 2" in text
    assert lines.count("2027-11-18") == 2  # counts until, and due by then
    assert lines.count("2028-09-19") == 1


def test_a_lead_says_for_how_many_months_an_activity_counts(
    plan: TrainingPlan, hr: Person, sign_in: SignIn
) -> None:
    item = plan.items.get(activity__title="Book")
    url = f"/change/i/{plan.initiative.slug}/training/{plan.pk}/items/{item.pk}/activity/"
    page = sign_in.page(hr)
    values = {"title": "Book", "version": item.activity.version}

    assert page.post(url, values | {"valid_months": "0"}).status_code == 400
    page.post(url, values | {"valid_months": "24"})

    item.activity.refresh_from_db()
    assert item.activity.valid_months == 24
    assert records("Book")[0].expires_on is None
