"""Managers and units out of rosters that are not always right about them."""

import pytest
from django.db import connection

from change_tracker.people.models import OrgUnit, Person, ReportingLine
from tests import factories
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db


def person(external_id: str) -> Person:
    return Person.objects.get(external_id=external_id)


def lines() -> set[tuple[str, str, int]]:
    return set(
        ReportingLine.objects.values_list("person__external_id", "manager__external_id", "depth")
    )


@pytest.mark.postgres
def test_lines_are_not_drawn_by_what_postgresql_remembers_from_before_there_were_managers(
    source: Source,
) -> None:
    source.sync(row("1"), row("2"), row("3"))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Person._meta.db_table}")

        source.sync(row("1"), row("2", manager="1"), row("3", manager="1"))

        cursor.execute(
            "SELECT null_frac FROM pg_stats WHERE tablename = %s AND attname = 'manager_id'",
            [Person._meta.db_table],
        )
        assert cursor.fetchone() == (pytest.approx(1 / 3),)
    assert lines() == {("2", "1", 1), ("3", "1", 1)}


def test_an_unknown_manager_is_left_empty_with_a_warning(source: Source) -> None:
    result = source.sync(row("7", manager="XX"))

    assert person("7").manager is None
    (problem,) = result.sync.problems
    assert (problem["row"], problem["field"], problem["is_error"]) == (2, "manager", False)
    assert "“XX”" in problem["reason"]


def test_a_manager_is_named_by_key_and_not_by_name(source: Source) -> None:
    source.sync(row("1", "Dan Cole"), row("2", "Ann", manager="Dan Cole"))

    assert person("2").manager is None


def test_a_manager_may_be_known_from_before(source: Source) -> None:
    dan = factories.make_person("Dan", external_id="dan")

    source.sync(row("7", manager="dan"))

    assert person("7").manager == dan


def test_nobody_reports_to_themselves(source: Source) -> None:
    result = source.sync(row("7", manager="7"))

    assert person("7").manager is None
    assert "own manager" in result.sync.problems[0]["reason"]


def test_a_cycle_is_opened_and_its_rows_are_named(source: Source) -> None:
    result = source.sync(
        row("a", manager="b"),
        row("b", manager="c"),
        row("c", manager="a"),
        row("d", manager="a"),
        row("e", manager="d"),
    )

    assert {each: person(each).manager_id for each in "abc"} == dict.fromkeys("abc")
    assert person("d").manager == person("a")
    (problem,) = result.sync.problems
    assert "rows 2, 3, 4" in problem["reason"]
    assert lines() == {("d", "a", 1), ("e", "d", 1), ("e", "a", 2)}


def test_a_cycle_with_people_outside_the_roster_is_opened_where_the_roster_made_it(
    source: Source,
) -> None:
    boss = factories.make_person("Boss", external_id="boss")
    factories.make_person("Dan", external_id="dan", manager=boss)

    result = source.sync(row("boss", "Boss", manager="dan"))

    assert person("boss").manager is None
    assert person("dan").manager == boss
    assert "(rows 2)" in result.sync.problems[0]["reason"]


def test_reporting_lines_follow_the_whole_way_up(source: Source) -> None:
    source.sync(row("a"), row("b", manager="a"), row("c", manager="b"), row("d", manager="c"))
    assert lines() == {
        *(("b", "a", 1), ("c", "b", 1), ("c", "a", 2)),
        *(("d", "c", 1), ("d", "b", 2), ("d", "a", 3)),
    }

    source.sync(row("c", manager="a"))
    assert lines() == {
        *(("b", "a", 1), ("c", "a", 1), ("d", "c", 1), ("d", "a", 2)),
    }


def test_who_has_left_is_nobodys_manager_but_the_line_goes_on(source: Source) -> None:
    rows = [row("a", manager=""), row("b", manager="a"), row("c", manager="b")]
    source.sync(*rows)

    source.sync(rows[0], rows[2] | {"manager": "b"}, full=True)

    assert lines() == {("b", "a", 1), ("c", "a", 2)}


def test_units_are_made_from_names_whatever_their_case(source: Source) -> None:
    source.sync(
        row("1", unit="Repairs", unit_parent="Homes"),
        row("2", unit=" REPAIRS", unit_parent="homes"),
        row("3", unit="Gas team", unit_parent="Repairs"),
        row("4", unit="Homes"),
    )

    homes, repairs, gas = (
        OrgUnit.objects.get(external_id=key) for key in ("homes", "repairs", "gas team")
    )
    assert OrgUnit.objects.count() == 3
    assert gas.path == f"/{homes.pk}/{repairs.pk}/{gas.pk}/"
    assert {each.external_id for each in Person.objects.filter(unit=repairs)} == {"1", "2"}


def test_a_unit_that_moves_takes_its_subtree_along(source: Source) -> None:
    source.sync(
        row("1", unit="Gas", unit_parent="Repairs"), row("2", unit="Repairs", unit_parent="Homes")
    )
    estates = factories.make_unit("Estates")

    source.sync(row("2", unit="Repairs", unit_parent="Estates"))

    repairs, gas = (OrgUnit.objects.get(external_id=key) for key in ("repairs", "gas"))
    assert repairs.path == f"/{estates.pk}/{repairs.pk}/"
    assert gas.path == f"{repairs.path}{gas.pk}/"
    assert (repairs.version, gas.version) == (2, 1)


def test_a_roster_without_parents_leaves_the_tree_alone(source: Source) -> None:
    homes = factories.make_unit("Homes")
    repairs = factories.make_unit("Repairs", parent=homes)

    source.sync(row("1", unit="Repairs"))

    repairs.refresh_from_db()
    assert repairs.parent == homes


def test_units_that_are_part_of_each_other_are_left_at_the_top(source: Source) -> None:
    result = source.sync(
        row("1", unit="A", unit_parent="B"),
        row("2", unit="B", unit_parent="A"),
        row("3", unit="C", unit_parent="C"),
        row("4", unit="D", unit_parent="A"),
    )

    assert set(OrgUnit.objects.filter(parent=None).values_list("external_id", flat=True)) == {
        *("a", "b", "c")
    }
    assert [each["row"] for each in result.sync.problems] == [2, 4]


def test_a_unit_with_two_parents_keeps_the_first(source: Source) -> None:
    result = source.sync(row("1", unit="A", unit_parent="B"), row("2", unit="A", unit_parent="C"))

    assert OrgUnit.objects.get(external_id="a").parent == OrgUnit.objects.get(external_id="b")
    assert "row 2" in result.sync.problems[0]["reason"]
