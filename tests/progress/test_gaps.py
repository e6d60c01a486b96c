"""Where work is missing: what counts as a gap, and what does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.queries import with_leaders, with_unread
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.progress.gaps import Gap, gaps_of, situation_of, standing_of
from change_tracker.resistance.models import ResistanceSource
from change_tracker.voice.queries import with_late_feedback
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(lead=lead)


def row_of(initiative: Initiative, reader: Person) -> Any:
    """The initiative with what is counted beside it."""
    assert reader.user is not None
    rows: Any = Initiative.objects.filter(pk=initiative.pk)
    rows = with_leaders(with_unread(rows), TODAY)
    return with_late_feedback(rows, reader.user, TODAY).get()


def gaps(initiative: Initiative, reader: Person, *, reads_register: bool = True) -> dict[str, Gap]:
    assert reader.user is not None
    row = row_of(initiative, reader)
    situation = situation_of(reader.user, row, reads_register=reads_register, today=TODAY)
    return {each.kind: each for each in gaps_of(situation, TODAY)}


def state(row: ResistanceSource | MitigationAction, value: str) -> None:
    type(row).objects.filter(pk=row.pk).update(state=value)


def test_nothing_missing_is_no_line(initiative: Initiative, lead: Person) -> None:
    factories.make_action(initiative, due_on=TODAY)
    factories.make_enrolment(factories.make_plan(initiative), factories.make_person(), due_on=TODAY)

    assert gaps(initiative, lead) == {}


def test_people_who_are_late_count_once_and_name_the_unit(
    initiative: Initiative, lead: Person
) -> None:
    repairs = factories.make_unit("Repairs")
    plan = factories.make_plan(initiative, items=2)
    for unit in (repairs, repairs, factories.make_unit("Sales")):
        factories.make_enrolment(plan, factories.make_person(unit=unit), due_on=YESTERDAY)

    assert gaps(initiative, lead)["late"] == Gap(
        "late", 3, "people are late with training", "2 of them in Repairs.", repairs.pk
    )


def test_one_unit_has_all_of_it(initiative: Initiative, lead: Person) -> None:
    person = factories.make_person(unit=factories.make_unit("Repairs"))
    factories.make_enrolment(factories.make_plan(initiative), person, due_on=YESTERDAY)

    found = gaps(initiative, lead)["late"]

    assert (found.sentence, found.cause) == (
        "person is late with training",
        "All of it in Repairs.",
    )


@pytest.mark.parametrize(
    ("source_state", "action_state", "is_gap"),
    [
        ("identified", None, True),
        ("assessed", "planned", False),
        ("assessed", "done", False),
        ("assessed", "cancelled", True),
        ("assessed", "ineffective", True),
        ("resolved", None, False),
        ("dismissed", None, False),
    ],
)
def test_resistance_without_a_working_action_is_a_gap(
    source_state: str,
    action_state: str | None,
    is_gap: bool,
    initiative: Initiative,
    lead: Person,
) -> None:
    source = factories.make_source(initiative, statement="Our jobs go next.")
    state(source, source_state)
    if action_state:
        action = factories.make_action(initiative, sources=[source])
        MitigationAction.objects.filter(pk=action.pk).update(state=action_state, done_on=TODAY)

    found = gaps(initiative, lead)

    assert ("unanswered" in found) is is_gap
    if is_gap:
        assert found["unanswered"].cause == "“Our jobs go next.”"


def test_what_one_lives_with_needs_no_action_until_its_day(
    initiative: Initiative, lead: Person
) -> None:
    source = factories.make_source(initiative, approver=lead, review_on=TODAY)
    state(source, "accepted")

    assert list(gaps(initiative, lead)) == ["look_again"]


def test_the_strongest_are_quoted_first(initiative: Initiative, lead: Person) -> None:
    for words, level in (("Mild.", 1), ("Refusing.", 5), ("Objecting.", 3)):
        factories.make_review(factories.make_source(initiative, statement=words), level)

    assert gaps(initiative, lead)["unanswered"].cause == "“Refusing.” “Objecting.”"


def test_an_action_past_its_date_says_whose_it_is(initiative: Initiative, lead: Person) -> None:
    factories.make_action(initiative, title="Town hall", due_on=YESTERDAY, owner=lead)
    factories.make_action(initiative, due_on=TODAY)
    state(factories.make_action(initiative, due_on=date(2026, 11, 2)), "cancelled")

    found = gaps(initiative, lead)["late_actions"]

    assert found.number == 1
    assert found.cause == "“Town hall”, due Tue 17 Nov, owner Priya Nair."


def test_an_objective_that_nobody_has_measured(initiative: Initiative, lead: Person) -> None:
    goal = factories.make_objective(initiative, title="Days to a repair")

    assert gaps(initiative, lead)["unread"] == Gap(
        "unread", 1, "objective has no reading yet", "“Days to a repair”", first=goal.pk
    )


def test_answers_that_were_promised_for_a_day_that_is_over_wait_for_the_change_team_alone(
    initiative: Initiative, lead: Person, sponsor: Person, employee: Person
) -> None:
    factories.make_role(initiative, sponsor, "sponsor")
    for days in (-2, -1, 0):
        promised_on = TODAY + timedelta(days=days)
        factories.make_feedback(initiative, employee, promised_on=promised_on)
    answered = {"state": "answered", "disposition": "explained", "answered_on": TODAY}
    factories.make_feedback(initiative, employee, promised_on=YESTERDAY, **answered)
    factories.make_feedback(factories.make_initiative(), employee, promised_on=YESTERDAY)

    assert gaps(initiative, lead)["concerns"] == Gap(
        "concerns",
        2,
        "answers that were promised are late",
        "The first was promised by Mon 16 Nov.",
    )
    assert "concerns" not in gaps(initiative, sponsor)


def test_hr_is_not_told_what_is_heard(initiative: Initiative, hr: Person) -> None:
    factories.make_source(initiative)
    factories.make_action(initiative, due_on=YESTERDAY)

    assert list(gaps(initiative, hr, reads_register=False)) == ["late_actions"]


def test_what_is_weighed_is_what_is_counted(initiative: Initiative, lead: Person) -> None:
    for level in (4, 5, 3):
        factories.make_review(factories.make_source(initiative), level)
    answered = factories.make_source(initiative)
    factories.make_review(answered, 5)
    factories.make_action(initiative, sources=[answered], due_on=YESTERDAY)
    assert lead.user is not None
    row = row_of(initiative, lead)
    situation = situation_of(lead.user, row, reads_register=True, today=TODAY)

    standing = standing_of(initiative, situation, TODAY)

    assert (standing.open_resistance, standing.severe, standing.severe_unanswered) == (4, 3, 2)
    assert (standing.late_actions, standing.go_live_in) == (1, 19)
