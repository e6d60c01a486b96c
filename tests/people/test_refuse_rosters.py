"""What stops a roster: errors in it, or people who changed since it was previewed."""

from datetime import date

import pytest

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.people.models import OrgUnit, PeopleSync, Person
from change_tracker.people.services.sync import ChangedSincePreviewError, apply_people
from tests import factories
from tests.factories import NOW
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db


def person(external_id: str) -> Person:
    return Person.objects.get(external_id=external_id)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("", "A")], [(2, "external_id", "empty")]),
        ([row("1"), row("2"), row("1")], [(2, "external_id", "rows 2, 4")]),
        ([row("1", starts_on="soon")], [(2, "starts_on", "not a date")]),
        ([row("1", ends_on="03/04/2026")], [(2, "ends_on", "two days")]),
        (
            [row("1", starts_on="2026-05-01", ends_on="2026-04-30")],
            [(2, "ends_on", "before the first")],
        ),
        ([row("1", job_title="x" * 201)], [(2, "job_title", "longer than 200")]),
        ([row("1", unit="x" * 201)], [(2, "unit", "longer than 200")]),
        ([row("x" * 201, "A")], [(2, "external_id", "longer than 200")]),
        (
            [row("", starts_on="soon"), row("1", "x" * 201)],
            [(2, "external_id", "empty"), (2, "starts_on", "not a date"), (3, "name", "longer")],
        ),
    ],
)
def test_errors_are_reported_together_and_nothing_is_applied(
    source: Source, rows: list[dict[str, str]], expected: list[tuple[int, str, str]]
) -> None:
    plan = source.plan(*rows)

    assert len(plan.errors) == len(expected)
    for problem, (number, field, reason) in zip(plan.errors, expected, strict=True):
        assert (problem.row, problem.field) == (number, field)
        assert reason in problem.reason
    with pytest.raises(ChangeTrackerError, match="nothing was applied"):
        apply_people(plan=plan, actor=None, now=NOW)
    assert not Person.objects.exists()
    assert not OrgUnit.objects.exists()
    assert PeopleSync.objects.get().state == "refused"


def test_a_last_day_before_the_stored_first_day_is_an_error(source: Source) -> None:
    factories.make_person("Ann", external_id="7", starts_on=date(2026, 6, 1))

    (problem,) = source.plan(row("7", ends_on="2026-05-01")).errors

    assert (problem.row, problem.field) == (2, "ends_on")


def test_an_empty_roster_ends_nobody(source: Source) -> None:
    factories.make_person("Ann", external_id="7")

    plan = source.plan(full=True)

    assert [each.reason for each in plan.errors] == ["There is nobody in it."]


def test_a_plan_is_refused_when_people_changed_since_the_preview(source: Source) -> None:
    factories.make_person("Ann", external_id="7")
    plan = source.plan(row("7", "Ann Lee"))
    Person.objects.filter(external_id="7").update(display_name="Ann Li", version=2)

    with pytest.raises(ChangedSincePreviewError):
        apply_people(plan=plan, actor=None, now=NOW)

    assert person("7").display_name == "Ann Li"
    assert PeopleSync.objects.get().state == "refused"


def test_a_plan_is_refused_when_somebody_else_added_the_same_person(source: Source) -> None:
    plan = source.plan(row("7"))
    factories.make_person("Ann", external_id="7")

    with pytest.raises(ChangedSincePreviewError):
        apply_people(plan=plan, actor=None, now=NOW)
