"""Bringing past records in from another learning system."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    LearningActivity,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    Wanted,
    assign_plan,
    complete_record,
    revise_plan,
    waive_record,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

HEADER = "person,plan,activity,assigned_on,due_on,completed_on,withdrawn_on,score"


@pytest.fixture
def initiative() -> Initiative:
    for key in ("ann", "bob"):
        factories.make_person(key.title(), external_id=key)
    return factories.make_initiative(slug="phones")


class Loader:
    """Writes rows to a file and imports it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "records.csv"

    def __call__(self, *rows: str, header: str = HEADER, **options: Any) -> str:
        self.file.write_text("\n".join([header, *rows]) + "\n")
        out = StringIO()
        call_command(
            "import_records",
            str(self.file),
            stdout=out,
            stderr=out,
            **{"initiative": "phones"} | options,
        )
        return out.getvalue()

    def refused(self, *rows: str, **options: Any) -> str:
        out = StringIO()
        self.file.write_text("\n".join([HEADER, *rows]) + "\n")
        with pytest.raises(CommandError):
            call_command(
                "import_records",
                str(self.file),
                stdout=out,
                stderr=out,
                **{"initiative": "phones"} | options,
            )
        assert not Enrolment.objects.exists()
        return out.getvalue()


@pytest.fixture
def load(initiative: Initiative, tmp_path: Path) -> Loader:
    return Loader(tmp_path)


def record(person: str = "ann", activity: str = "Intro") -> TrainingRecord:
    return TrainingRecord.objects.select_related("enrolment").get(
        person__external_id=person, activity__title=activity
    )


ANN_DONE = "ann,Basics,Intro,2026-01-05,2026-02-01,2026-01-20,,78.5"
ANN_OPEN = "ann,Basics,Test,2026-01-05,2026-03-01,,,"


def test_a_score_may_say_that_it_is_in_per_cent(load: Loader) -> None:
    load(f"{ANN_DONE} %")

    assert record().score == Decimal("78.50")


def test_rows_become_enrolments_with_records_and_a_period(load: Loader) -> None:
    text = load(ANN_DONE, ANN_OPEN)

    done, still_open = record(), record(activity="Test")
    assert (done.state, done.completed_on, done.due_on, done.score) == (
        "completed",
        date(2026, 1, 20),
        date(2026, 2, 1),
        Decimal("78.50"),
    )
    assert (still_open.state, still_open.origin) == ("not_started", "imported")
    assert (done.enrolment.assigned_on, done.enrolment.state) == (date(2026, 1, 5), "active")
    period = EnrolmentPeriod.objects.get()
    assert (period.from_on, period.to_on, period.is_open) == (date(2026, 1, 5), None, True)
    assert "New records: 2" in text


def test_plans_and_activities_that_are_missing_are_made_and_published(load: Loader) -> None:
    load(ANN_DONE, ANN_OPEN)

    plan = TrainingPlan.objects.get()
    assert (plan.title, plan.state, plan.initiative.slug) == ("Basics", "published", "phones")
    assert list(plan.items.values_list("activity__title", "position")) == [
        ("Intro", 1),
        ("Test", 2),
    ]


def test_without_an_initiative_nothing_is_made(load: Loader) -> None:
    assert "no plan “Basics”" in load.refused(ANN_DONE, initiative=None)

    assert not LearningActivity.objects.exists()


def test_who_lacks_something_required_has_not_finished_and_gets_it_with_the_plan(
    load: Loader, initiative: Initiative
) -> None:
    titles = ("Intro", "Test", "Extra", "Ride")
    activities = [factories.make_activity(initiative, title=title) for title in titles]
    plan = factories.make_plan(initiative, items=activities, title="Basics")
    plan.items.filter(activity__title="Extra").update(is_required=False)
    withdrawn = ANN_DONE.replace("ann", "bob").replace("2026-01-20,,", "2026-01-20,2026-02-02,")
    load(ANN_DONE, withdrawn)
    mine = {"ann": "active", "bob": "completed"}
    assert dict(Enrolment.objects.values_list("person__external_id", "state")) == mine

    group = factories.make_audience(*Person.objects.filter(external_id="ann"), joined_on=TODAY)
    factories.make_rule(plan, group, due_rule="joined_group", due_days=10)
    done = assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)

    assert (done.enrolled, done.already_enrolled, done.records) == (0, 1, 3)
    given = TrainingRecord.objects.filter(person__external_id="ann").order_by("item__position")
    assert [(each.state, each.added_on) for each in given] == [
        ("completed", None),
        *[("not_started", TODAY)] * 3,
    ]
    assert {each.due_on for each in given[1:]} == {TODAY + timedelta(days=10)}


def test_who_was_imported_as_finished_gets_what_was_added_once(
    load: Loader, initiative: Initiative
) -> None:
    load(ANN_DONE)
    plan = TrainingPlan.objects.get()
    assert Enrolment.objects.get().state == "completed"
    ann = Person.objects.get(external_id="ann")

    for title, due in (("Test", "not_started"), ("Ride", "")):
        new = Wanted(activity=factories.make_activity(initiative, title=title))
        wanted = [*map(Wanted.of, plan.items.select_related("activity")), new]
        revise_plan(plan=plan, items=wanted, reopen=False, actor=None, today=TODAY, now=NOW)
        factories.make_rule(plan, factories.make_audience(ann))
        assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
        states = TrainingRecord.objects.filter(activity__title=title).values_list("state")
        assert [state for (state,) in states] == [due] * bool(due)
        TrainingRecord.objects.update(state="completed", completed_on=TODAY)
        Enrolment.objects.update(state="completed")


def test_known_plans_are_found_by_title_without_an_initiative(
    load: Loader, initiative: Initiative
) -> None:
    activity = factories.make_activity(initiative, title="Intro")
    factories.make_plan(initiative, items=[activity], title="Basics")

    load(ANN_DONE, initiative=None)

    assert record().activity == activity


def test_a_known_plan_without_the_activity_is_an_error(
    load: Loader, initiative: Initiative
) -> None:
    factories.make_plan(initiative, title="Basics")

    assert "Row 2, activity" in load.refused(ANN_DONE, initiative=None)


def test_two_plans_of_one_title_are_not_guessed_at(load: Loader, initiative: Initiative) -> None:
    for _ in range(2):
        factories.make_plan(initiative, title="Basics")

    assert "several plans" in load.refused(ANN_DONE)


def test_a_draft_takes_no_records(load: Loader, initiative: Initiative) -> None:
    factories.make_plan(initiative, title="Basics", state="draft")

    assert "publish it first" in load.refused(ANN_DONE)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("zoe,Basics,Intro,,,,,", "Row 2, person: There is no person “zoe”"),
        (",Basics,Intro,,,,,", "Row 2, person: This is empty"),
        ("ann,,Intro,,,,,", "Row 2, plan"),
        ("ann,Basics,,,,,,", "Row 2, activity"),
        (f"ann,{'x' * 201},Intro,,,,,", "Row 2, plan: This is longer than 200 letters"),
        (f"ann,Basics,{'x' * 201},,,,,", "Row 2, activity: This is longer than 200 letters"),
        ("ann,Basics,Intro,31.02.2026,,,,", "Row 2, assigned_on"),
        ("ann,Basics,Intro,,soon,,,", "Row 2, due_on"),
        ("ann,Basics,Intro,,,2999-01-01,,", "Row 2, completed_on: This day is in the future"),
        ("ann,Basics,Intro,,,,2999-01-01,", "Row 2, withdrawn_on: This day is in the future"),
        ("ann,Basics,Intro,2026-02-01,,,2026-01-01,", "Row 2, withdrawn_on: Withdrawn before"),
        ("ann,Basics,Intro,,,,,good", "Row 2, score: “good” is not a number"),
        ("ann,Basics,Intro,,,,,-1", "Row 2, score"),
        ("ann,Basics,Intro,,,,,NaN", "Row 2, score"),
    ],
)
def test_an_error_names_its_row_and_nothing_is_applied(
    load: Loader, row: str, message: str
) -> None:
    assert message in load.refused(row, "bob,Basics,Intro,2026-01-05,,,,")


def test_double_rows_name_each_other(load: Loader) -> None:
    text = load.refused(ANN_DONE, "bob,Basics,Intro,,,,,", ANN_DONE)

    assert "Row 4, activity: The same person, plan and activity as in row 2" in text


@pytest.mark.parametrize(
    "further", ["ann,Basics,Test,2026-01-06,,,,", "ann,Basics,Test,2026-01-05,,,2026-03-01,"]
)
def test_rows_of_one_enrolment_may_not_contradict_each_other(load: Loader, further: str) -> None:
    first = "ann,Basics,Intro,2026-01-05,,,2026-02-01,"

    assert "Row 2 says" in load.refused(first, further)


def test_what_only_one_row_says_holds_for_the_enrolment(load: Loader) -> None:
    load("ann,Basics,Intro,,,,,", "ann,Basics,Test,2026-01-05,,,2026-02-01,")

    assert (record().state, record().left_on) == ("void", date(2026, 2, 1))


def test_without_a_day_of_assigning_it_is_kept_with_a_warning(load: Loader) -> None:
    text = load("ann,Basics,Intro,,2026-02-01,2026-01-20,,")

    assert "Row 2, assigned_on: Without the day of assigning" in text
    assert record().state == "completed"
    assert not EnrolmentPeriod.objects.exists()


def test_credit_carried_over_and_missing_values_are_fine(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,,2025-12-01,,n/a")

    assert (record().completed_on, record().due_on, record().score) == (
        date(2025, 12, 1),
        None,
        None,
    )
    assert record().enrolment.state == "completed"


def test_who_left_has_a_closed_period_and_void_open_records(load: Loader) -> None:
    load(
        "ann,Basics,Intro,2026-01-05,2026-02-01,2026-01-20,2026-03-01,",
        "ann,Basics,Test,2026-01-05,2026-04-01,,2026-03-01,",
    )

    period = EnrolmentPeriod.objects.get()
    assert (period.to_on, period.is_open) == (date(2026, 3, 1), None)
    assert record().state == "completed"
    assert (record(activity="Test").state, record(activity="Test").left_on) == (
        "void",
        date(2026, 3, 1),
    )
    assert record().enrolment.state == "withdrawn"


def everything() -> list[Any]:
    models = (
        TrainingPlan,
        LearningActivity,
        Enrolment,
        EnrolmentPeriod,
        TrainingRecord,
        AuditEvent,
    )
    return [list(model.objects.order_by("pk").values()) for model in models]


ROWS = (
    ANN_DONE,
    ANN_OPEN,
    "bob,Basics,Intro,2026-01-05,2026-02-01,2026-03-01,2026-02-20,50",
    "bob,Basics,Test,2026-01-05,2026-04-01,,2026-02-20,",
    "ann,Other,Alone,,,,2026-02-02,",
)


def test_the_same_file_again_writes_nothing(load: Loader) -> None:
    load(*ROWS)
    before = everything()

    text = load(*ROWS)

    assert everything() == before
    assert "Records corrected: 0" in text


def test_what_happened_here_since_is_not_undone_by_the_same_file(
    load: Loader, hr: Any, initiative: Initiative
) -> None:
    load(*ROWS, "bob,More,Intro,2026-01-05,2026-02-01,,,")
    ann, bob = record().person, record("bob", "Test").person
    factories.make_rule(TrainingPlan.objects.get(title="Basics"), factories.make_audience(bob))
    assign_plan(plan=TrainingPlan.objects.get(title="Basics"), actor=None, today=TODAY, now=NOW)
    complete_record(record=record(activity="Test"), actor=hr.user, today=TODAY, now=NOW)
    more = TrainingRecord.objects.get(plan__title="More")
    waive_record(record=more, reason="x", actor=hr.user, today=TODAY, now=NOW)
    before = everything()

    load(*ROWS, "bob,More,Intro,2026-01-05,2026-02-01,,,")

    assert everything() == before
    assert record(activity="Test").state == "completed"
    assert record("bob", "Test").state == "not_started"
    assert ann.enrolments.count() == 2


def test_corrections_are_written_with_history(load: Loader) -> None:
    load(ANN_DONE, ANN_OPEN)
    before = AuditEvent.objects.count()

    load(
        "ann,Basics,Intro,2026-01-07,2026-02-02,2026-01-21,,80",
        "ann,Basics,Test,2026-01-07,2026-03-01,2026-02-20,,60",
    )

    done, test = record(), record(activity="Test")
    assert (done.due_on, done.completed_on, done.score) == (
        date(2026, 2, 2),
        date(2026, 1, 21),
        Decimal("80.00"),
    )
    assert (test.state, test.completed_on) == ("completed", date(2026, 2, 20))
    assert (done.enrolment.assigned_on, done.enrolment.state) == (date(2026, 1, 7), "completed")
    assert EnrolmentPeriod.objects.get().from_on == date(2026, 1, 7)
    events = AuditEvent.objects.order_by("pk")[before:]
    corrected = {
        (event.object_type, event.object_id) for event in events if event.verb == "corrected"
    }
    assert corrected == {
        ("trainingrecord", str(done.pk)),
        ("trainingrecord", str(test.pk)),
        ("enrolment", str(done.enrolment_id)),
    }
    moved = [event for event in events if event.verb == "moved"]
    assert {(event.object_type, event.to_state) for event in moved} == {
        ("trainingrecord", "completed"),
        ("enrolment", "completed"),
    }


def test_a_completion_that_the_other_system_took_back_is_open_again(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,,2026-01-20,,")

    text = load("ann,Basics,Intro,2026-01-05,,,,")

    assert "Row 2, completed_on: It was done on 2026-01-20; now the file does not say so" in text
    assert (record().state, record().completed_on) == ("in_progress", None)
    assert record().enrolment.state == "active"
    moved = AuditEvent.objects.get(object_type="trainingrecord", to_state="in_progress")
    assert (moved.object_id, moved.from_state) == (str(record().pk), "completed")

    assert "open again" not in load("ann,Basics,Intro,2026-01-05,,,,")


def test_every_training_that_is_opened_again_is_named(load: Loader) -> None:
    done = [f"ann,Basics,Part {n},2026-01-05,,2026-01-20,," for n in range(30)]
    load(*done)
    undone = [row.replace("2026-01-20", "") for row in done]

    for text in (load(*undone, dry_run=True), load(*undone)):
        assert "Opened again: 30" in text
        assert text.count("and it is open again.") == 30
    assert "Opened again: 0" in load(*undone)


def test_who_had_finished_and_has_more_to_do_is_named(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,,2026-01-20,,", "bob,Basics,Intro,2026-01-05,,2026-01-20,,")
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"completed"}

    more = (
        "ann,Basics,Test,2026-01-05,2026-03-01,,,",
        "bob,Basics,Test,2026-01-05,2026-03-01,2026-02-01,,",
    )
    for text in (load(*more, dry_run=True), load(*more)):
        assert "Opened again: 1" in text
        assert (
            "Row 2, activity: The person had finished “Basics”; with “Test” it is open again."
        ) in text

    states = dict(Enrolment.objects.values_list("person__external_id", "state"))
    assert states == {"ann": "active", "bob": "completed"}
    noted = AuditEvent.objects.filter(verb="imported").latest("pk")
    assert noted.changes["reopened"] == 1
    assert "Opened again: 0" in load(*more)


def test_what_is_taken_back_after_leaving_no_longer_counts(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,,2026-01-20,2026-02-10,")

    text = load("ann,Basics,Intro,2026-01-05,,,2026-02-10,")

    assert "now the file does not say so, and it no longer counts." in text
    assert (record().state, record().left_on) == ("void", date(2026, 2, 10))
    assert record().enrolment.state == "withdrawn"


def test_more_to_do_after_leaving_opens_nothing_again(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,,2026-01-20,2026-02-10,")

    text = load("ann,Basics,Test,2026-01-05,2026-03-01,,2026-02-10,")

    assert "Opened again: 0" in text
    assert (record().state, record(activity="Test").state) == ("completed", "void")
    assert record().enrolment.state == "completed"


def test_a_withdrawal_heard_of_later_closes_the_period(load: Loader) -> None:
    load(ANN_DONE, ANN_OPEN)

    load(ANN_DONE, "ann,Basics,Test,2026-01-05,2026-03-01,,2026-02-10,")

    assert EnrolmentPeriod.objects.get().to_on == date(2026, 2, 10)
    assert record().enrolment.state == "withdrawn"
    assert (record(activity="Test").state, record(activity="Test").left_on) == (
        "void",
        date(2026, 2, 10),
    )


def test_another_day_of_withdrawal_is_corrected(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,2026-03-01,,2026-02-10,")

    load("ann,Basics,Intro,2026-01-05,2026-03-01,,2026-02-12,")

    assert EnrolmentPeriod.objects.get().to_on == date(2026, 2, 12)
    assert record().left_on == date(2026, 2, 12)


def test_a_completion_of_somebody_who_left_counts(load: Loader) -> None:
    load("ann,Basics,Intro,2026-01-05,2026-03-01,,2026-02-10,")

    load("ann,Basics,Intro,2026-01-05,2026-03-01,2026-02-01,2026-02-10,")

    assert (record().state, record().left_on) == ("completed", None)


def test_a_day_of_assigning_heard_of_later_begins_a_period(load: Loader) -> None:
    load("ann,Basics,Intro,,,,,")

    load("ann,Basics,Intro,2026-01-05,,,,")

    assert EnrolmentPeriod.objects.get().from_on == date(2026, 1, 5)
    assert record().enrolment.assigned_on == date(2026, 1, 5)


def test_columns_that_the_file_has_not_are_left_alone(load: Loader) -> None:
    load(ANN_DONE)

    load("ann,Basics,Intro", header="person,plan,activity")

    assert (record().state, record().due_on, record().score) == (
        "completed",
        date(2026, 2, 1),
        Decimal("78.50"),
    )


def test_a_further_activity_opens_a_finished_enrolment(load: Loader) -> None:
    load(ANN_DONE)
    assert record().enrolment.state == "completed"

    load(ANN_DONE, ANN_OPEN)

    assert record().enrolment.state == "active"


def test_a_dry_run_shows_the_counts_and_writes_nothing(load: Loader) -> None:
    text = load(*ROWS, dry_run=True)

    assert "New records: 5" in text
    assert not Enrolment.objects.exists()
    assert not TrainingPlan.objects.exists()
    assert not AuditEvent.objects.exists()


def test_their_columns_can_be_mapped(load: Loader) -> None:
    load(
        "ann;Basics;Intro;05.01.2026",
        header="Staff no;Course;Module;Booked",
        map=["Staff no=person", "Course=plan", "Module=activity", "Booked=assigned_on"],
    )

    assert record().enrolment.assigned_on == date(2026, 1, 5)


def test_an_unknown_initiative_is_said(load: Loader) -> None:
    with pytest.raises(CommandError, match="no initiative “nope”"):
        load(ANN_DONE, initiative="nope")


def test_the_number_of_statements_does_not_grow_with_rows(load: Loader) -> None:
    counted = []
    for number in (2, 30):
        keys = [f"{number}-{each}" for each in range(number)]
        for key in keys:
            factories.make_person(key, external_id=key)
        rows = [f"{key},Plan {number},Intro {number},2026-01-05,,,," for key in keys]
        later = [
            f"{key},Plan {number},Intro {number},2026-01-05,,2026-01-09,2026-02-01," for key in keys
        ]
        with CaptureQueriesContext(connection) as first:
            load(*rows)
        with CaptureQueriesContext(connection) as second:
            load(*later)
        counted.append((len(first), len(second)))

    assert counted[0] == counted[1]
