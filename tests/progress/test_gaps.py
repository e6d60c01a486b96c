"""Where work is missing: what counts as a gap, and what does not."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.queries import with_leaders
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.progress.gaplines import Gap
from change_tracker.progress.gaps import gaps_of, situation_of, standing_of
from change_tracker.progress.missing import late_by_manager
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """Pages read the clock: it stands at the day of which the rows tell."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(lead=lead)


def row_of(initiative: Initiative, reader: Person) -> Any:
    """The initiative with what is counted beside it."""
    assert reader.user is not None
    return with_leaders(Initiative.objects.filter(pk=initiative.pk), TODAY).get()


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
        "unread", 1, "objective has not been measured yet", "“Days to a repair”", first=goal.pk
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


def test_what_is_done_asks_whether_it_worked_from_the_next_day_on(
    initiative: Initiative, lead: Person
) -> None:
    done = factories.make_action(initiative, title="Ride along", state="done", done_on=YESTERDAY)
    factories.make_action(initiative, state="done", done_on=TODAY)
    factories.make_action(initiative, state="effective", done_on=YESTERDAY)

    assert gaps(initiative, lead)["unjudged"] == Gap(
        "unjudged",
        1,
        "action is done, and nobody said whether it worked",
        "“Ride along”, done on Tue 17 Nov.",
    )
    state(done, "ineffective")
    assert "unjudged" not in gaps(initiative, lead)


@pytest.mark.parametrize(
    ("days", "state_of_it", "is_gap"),
    [
        (0, "planned", True),
        (-3, "effective", True),
        (1, "planned", False),
        (-3, "cancelled", False),
    ],
)
def test_a_tool_past_its_evaluation_is_a_gap_also_once_it_is_in_use(
    days: int, state_of_it: str, is_gap: bool, initiative: Initiative, lead: Person
) -> None:
    factories.make_action(
        initiative,
        kind="tools",
        title="Tickets",
        state=state_of_it,
        done_on=YESTERDAY,
        evaluate_again_on=TODAY + timedelta(days=days),
    )

    found = gaps(initiative, lead)

    assert ("tools" in found) is is_gap
    if is_gap:
        assert found["tools"].cause.startswith("“Tickets”, due ")


def test_a_group_without_a_published_plan_has_no_training(
    initiative: Initiative, lead: Person
) -> None:
    initiative.affected_groups.all().delete()
    hardest, other = factories.make_audience(), factories.make_audience()
    factories.make_group(initiative, other, impact=2)
    factories.make_group(initiative, hardest, impact=5)
    factories.make_group(initiative, factories.make_audience(), impact=0)
    draft = factories.make_plan(initiative, state="draft")
    factories.make_rule(draft, hardest)

    found = gaps(initiative, lead)["untrained"]
    assert (found.number, found.cause) == (2, f"“{hardest.name}”")

    for group in (hardest, other):
        factories.make_rule(factories.make_plan(initiative), group)
    assert "untrained" not in gaps(initiative, lead)


def test_late_people_are_counted_by_the_manager_they_report_to(initiative: Initiative) -> None:
    dan, zoe = factories.make_person("Dan Hill"), factories.make_person("Zoe Hill")
    plan = factories.make_plan(initiative, items=2)
    for manager in (zoe, dan, zoe, None):
        person = factories.make_person(manager=manager)
        factories.make_enrolment(plan, person, due_on=YESTERDAY)

    found = late_by_manager(initiative, TODAY)

    assert [tuple(each) for each in found] == [
        ("Zoe Hill", 2, zoe.pk),
        ("Dan Hill", 1, dan.pk),
        ("", 1, None),
    ]


def test_the_list_has_every_gap_and_today_the_first_five(
    initiative: Initiative, lead: Person, sponsor: Person, sign_in: SignIn, on_the_day: None
) -> None:
    factories.make_role(initiative, sponsor, "sponsor")
    factories.make_enrolment(
        factories.make_plan(initiative), factories.make_person(manager=lead), due_on=YESTERDAY
    )
    source = factories.make_source(initiative, review_on=TODAY)
    factories.make_action(initiative, kind="tools", due_on=YESTERDAY, evaluate_again_on=TODAY)
    factories.make_action(initiative, state="done", done_on=YESTERDAY)
    initiative.objectives.get().measurements.all().delete()
    factories.make_group(initiative, factories.make_audience())
    kinds = ["late", "unanswered", "late_actions", "look_again", "unjudged", "tools"]
    url = f"/change/api/v1/initiatives/{initiative.pk}/gaps/"

    page = sign_in.page(lead).get(f"/change/i/{initiative.slug}/gaps/")
    overview = sign_in.page(lead).get(f"/change/i/{initiative.slug}/")
    body = sign_in.api(lead).get(url).json()
    without_names = sign_in.api(sponsor).get(url).json()

    assert [each.kind for each in page.context["gaps"]] == [*kinds, "untrained", "unread"]
    assert [each.kind for each in overview.context["gaps"]] == kinds[:5]
    assert [each["kind"] for each in body["gaps"]] == [*kinds, "untrained", "unread"]
    assert body["late_by_manager"] == [{"id": lead.pk, "name": lead.display_name, "people": 1}]
    assert without_names["late_by_manager"] == []
    assert source.statement in body["gaps"][1]["cause"]
    of_the_lead = f"training/late/?manager={lead.pk}#ct-late"
    for address in ("actions/tools/", "training/", "actions/?state=done", of_the_lead):
        assert address in page.content.decode()


def test_a_link_to_people_without_a_manager_says_whose_they_are(
    initiative: Initiative, lead: Person, sign_in: SignIn, on_the_day: None
) -> None:
    factories.make_enrolment(
        factories.make_plan(initiative), factories.make_person(), due_on=YESTERDAY
    )

    page = sign_in.page(lead).get(f"/change/i/{initiative.slug}/gaps/")

    assert '>1<span class="ct-sr">: nobody they report to</span></a>' in page.content.decode()
