"""What the demonstration tells: something worth seeing for every page, the same on every day."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.voice.models import FeedbackItem
from project.models import Mail, Morning
from project.tidewater.days import Calendar
from project.tidewater.roster import write_roster
from tests.project.story.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.exhaustive]


def test_the_roster_is_the_same_on_the_same_day_and_holds_the_cast(tmp_path: Path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    for file in (first, second):
        write_roster(file, Calendar(TODAY))
    lines = first.read_text("utf-8").splitlines()
    assert first.read_bytes() == second.read_bytes()
    assert 390 <= len(lines) - 1 <= 410
    assert any("Amira Hassan" in line for line in lines)
    assert len({line.split(",")[1] for line in lines}) == len(lines)


@pytest.mark.usefixtures("told")
def test_initiatives_plans_resistance_and_actions_are_in_every_state() -> None:
    states = dict(Initiative.objects.values_list("title", "state"))
    assert states == {
        "One Front Door": "active",
        "Plain words": "sustaining",
        "A text before every visit": "closed",
    }
    assert TrainingPlan.objects.published().count() == 3
    assert set(FeedbackItem.objects.values_list("state", "disposition")) == {
        ("raised", ""),
        ("acknowledged", ""),
        ("answered", "will_act"),
        ("answered", "cannot"),
    }
    assert FeedbackItem.objects.late(TODAY).count() == 1
    assert set(ResistanceSource.objects.values_list("state", flat=True)) == set(
        ResistanceSource.State
    )
    assert set(MitigationAction.objects.values_list("state", flat=True)) == set(
        MitigationAction.State
    )


@pytest.mark.usefixtures("told")
def test_training_went_every_way_it_can_go() -> None:
    records = TrainingRecord.objects.all()
    assert set(records.values_list("state", flat=True)) >= {
        "not_started",
        "in_progress",
        "completed",
        "waived",
        "void",
    }
    done = records.filter(state="completed")
    assert done.filter(completed_on__lte=F("due_on")).exists()
    assert done.filter(completed_on__gt=F("due_on")).exists()
    assert records.overdue(TODAY).exists()
    assert Enrolment.objects.filter(state="withdrawn").exists()
    assert Person.objects.filter(email="", enrolments__state="active").exists()


@pytest.mark.usefixtures("told")
def test_amira_has_something_done_something_late_and_something_soon() -> None:
    mine = TrainingRecord.objects.filter(person__user__username="amira")
    assert mine.filter(state="completed").exists()
    assert mine.overdue(TODAY).exists()
    soon = TODAY + timedelta(days=4)
    assert mine.outstanding().filter(due_on__gte=TODAY, due_on__lte=soon).exists()


@pytest.mark.usefixtures("told")
def test_mail_left_on_fourteen_mornings_and_to_her_once_on_each_at_most() -> None:
    assert Morning.objects.count() == 14
    hers = Mail.objects.about("amira.hassan").values_list("kept_at", flat=True)
    assert len(hers) == len(set(hers)) > 1
    assert set(hers) <= set(Morning.objects.values_list("at", flat=True))
