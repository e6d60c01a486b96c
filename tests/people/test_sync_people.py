"""What a roster does to people: each rule of the sync."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import PeopleSync, Person
from change_tracker.people.services.sync import Kind, apply_people
from tests import factories
from tests.factories import NOW, TODAY
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def person(external_id: str) -> Person:
    return Person.objects.get(external_id=external_id)


def test_a_new_person_gets_every_column(source: Source) -> None:
    factories.make_user("ann")

    source.sync(
        row("boss"),
        row(
            "7",
            "Ann Lee",
            email="ann@tidewater.example",
            job_title="Planner",
            unit="Repairs",
            unit_parent="Homes",
            manager="boss",
            location="Leeds",
            timezone="europe/london",
            language="de_DE",
            starts_on="1 Mar 2026",
            ends_on="31/12/2027",
            username="ann",
        ),
    )

    ann = person("7")
    assert (ann.display_name, ann.email, ann.job_title, ann.location) == (
        "Ann Lee",
        "ann@tidewater.example",
        "Planner",
        "Leeds",
    )
    assert (ann.timezone, ann.language) == ("Europe/London", "de-de")
    assert (ann.starts_on, ann.ends_on) == (date(2026, 3, 1), date(2027, 12, 31))
    assert ann.unit is not None
    assert ann.unit.parent is not None
    assert (ann.unit.name, ann.unit.parent.name) == ("Repairs", "Homes")
    assert ann.manager == person("boss")
    assert ann.user is not None
    assert ann.user.get_username() == "ann"


def test_people_are_matched_by_key_and_never_by_email(source: Source) -> None:
    factories.make_person("Ann", external_id="7", email="shared@example.org")

    result = source.sync(row("8", "Bob", email="shared@example.org"), row("7", "Ann Lee"))

    assert result.sync.counts["joiners"] == 1
    assert person("7").display_name == "Ann Lee"
    assert person("8").display_name == "Bob"


def test_the_same_roster_again_changes_nothing(source: Source) -> None:
    rows = [row("1", unit="A", unit_parent="B"), row("2", manager="1", unit="A", unit_parent="B")]
    source.sync(*rows)
    before = list(Person.objects.values())

    result = source.sync(*rows, full=True)

    assert result.sync.counts["unchanged"] == 2
    assert (
        sum(result.sync.counts[each] for each in ("joiners", "movers", "leavers", "changed")) == 0
    )
    assert list(Person.objects.values()) == before


def test_a_column_that_the_roster_lacks_stays_and_an_empty_cell_clears(source: Source) -> None:
    unit = factories.make_unit("Repairs")
    factories.make_person("Ann", external_id="7", job_title="Planner", location="Leeds", unit=unit)

    source.sync(row("7", "Ann", job_title="N/D"))

    ann = person("7")
    assert (ann.job_title, ann.location, ann.unit) == ("", "Leeds", unit)


def test_whoever_is_absent_stays_in_a_partial_roster(source: Source) -> None:
    factories.make_person("Ann", external_id="7")

    plan = source.plan(row("8"))

    assert plan.of(Kind.LEAVER) == []


def test_whoever_is_absent_from_a_full_roster_worked_until_yesterday(source: Source) -> None:
    ann = factories.make_person("Ann", external_id="7", starts_on=date(2020, 1, 1))

    result = source.sync(row("8"), full=True)

    ann.refresh_from_db()
    assert (ann.ends_on, ann.version, result.sync.counts["leavers"]) == (YESTERDAY, 2, 1)
    assert not ann.is_active(TODAY)
    event = AuditEvent.objects.get(verb="left")
    assert (event.object_type, event.object_id) == ("person", str(ann.pk))


def test_whoever_has_left_before_is_no_leaver_again(source: Source) -> None:
    factories.make_person("Ann", external_id="7", ends_on=date(2026, 1, 31))

    source.sync(row("8"), full=True)

    assert person("7").ends_on == date(2026, 1, 31)


@pytest.mark.parametrize("starts_on", [TODAY, TODAY + timedelta(days=30)])
def test_whoever_never_began_is_not_here_on_any_day(source: Source, starts_on: date) -> None:
    ann = factories.make_person("Ann", external_id="7", starts_on=starts_on)

    source.sync(row("8"), full=True)

    ann.refresh_from_db()
    assert ann.ends_on == YESTERDAY
    assert not ann.is_active(starts_on)


def test_an_end_date_in_the_roster_makes_a_leaver(source: Source) -> None:
    factories.make_person("Ann", external_id="7")

    plan = source.plan(row("7", "Ann", ends_on="2026-11-01"))

    assert [each.external_id for each in plan.of(Kind.LEAVER)] == ["7"]


def test_whoever_comes_back_is_a_joiner_and_has_no_end_date(source: Source) -> None:
    factories.make_person("Ann", external_id="7", ends_on=date(2026, 1, 31))

    result = source.sync(row("7", "Ann"))

    assert result.sync.counts["joiners"] == 1
    assert person("7").ends_on is None


def test_an_end_date_to_come_is_kept_when_the_roster_has_no_such_column(source: Source) -> None:
    factories.make_person("Ann", external_id="7", ends_on=date(2027, 1, 31))

    source.sync(row("7", "Ann"))

    assert person("7").ends_on == date(2027, 1, 31)


def test_a_mover_is_told_from_somebody_who_only_changes(source: Source) -> None:
    old = factories.make_unit("Repairs")
    factories.make_person("Ann", external_id="7", unit=old)
    factories.make_person("Bob", external_id="8", unit=old)

    result = source.sync(row("7", "Ann", unit="Estates"), row("8", "Bobby", unit="repairs "))

    assert (result.sync.counts["movers"], result.sync.counts["changed"]) == (1, 1)
    assert person("8").unit == old
    event = AuditEvent.objects.get(verb="moved_unit")
    assert event.changes["unit_before"] == old.external_id
    assert event.changes["unit"] == "estates"


def test_an_empty_name_keeps_the_name_or_takes_the_key(source: Source) -> None:
    factories.make_person("Ann", external_id="7")

    result = source.sync(row("7", "N/D"), row("8", ""))

    assert (person("7").display_name, person("8").display_name) == ("Ann", "8")
    assert [each["field"] for each in result.sync.problems] == ["name", "name"]


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"timezone": "Europe/Atlantis"}, "timezone", "not known"),
        ({"language": "xx"}, "language", "not known"),
        ({"email": "ann at work"}, "email", "no e-mail address"),
        ({"unit_parent": "Homes"}, "unit_parent", "beside no unit"),
        ({"username": "nobody"}, "username", "no user “nobody”"),
    ],
)
def test_what_cannot_be_understood_is_left_empty_with_a_warning(
    source: Source, values: dict[str, str], field: str, reason: str
) -> None:
    result = source.sync(row("7", **values))

    (problem,) = result.sync.problems
    assert (problem["row"], problem["field"], problem["is_error"]) == (2, field, False)
    assert reason in problem["reason"]
    ann = person("7")
    assert (ann.timezone, ann.language, ann.email, ann.user) == ("", "", "", None)


def test_an_applied_sync_is_kept_with_its_counts(source: Source) -> None:
    hr = factories.make_user("ana")

    result = apply_people(plan=source.plan(row("7", manager="?")), actor=hr, now=NOW)

    sync = PeopleSync.objects.get()
    assert sync == result.sync
    assert (sync.state, sync.source, sync.actor_user, sync.ran_at) == (
        "applied",
        "roster.csv",
        hr,
        NOW,
    )
    assert (sync.counts["joiners"], sync.counts["warnings"]) == (1, 1)
    event = AuditEvent.objects.get(verb="applied")
    assert (event.actor_user, event.changes["joiners"]) == (hr, 1)


def test_the_number_of_queries_does_not_grow_with_people(source: Source) -> None:
    def queries(count: int, title: str) -> int:
        rows = [
            row(f"{number}", job_title=title, unit=f"U{number % 5}", manager="0" if number else "")
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as captured:
            source.sync(*rows, full=True)
        return len(captured)

    first, again = queries(30, "A"), queries(30, "B")

    assert queries(60, "C") <= first
    assert queries(60, "D") == again
