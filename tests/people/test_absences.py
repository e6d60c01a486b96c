"""Days away: from the roster or typed, seen by few, forgotten when they are long over."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Absence, Person
from change_tracker.people.services.absences import change_absence, create_absence
from change_tracker.people.services.calendar import follow_calendar
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def away(external_id: str) -> list[tuple[date, date, str]]:
    rows = Absence.objects.filter(person__external_id=external_id)
    return list(rows.values_list("from_on", "to_on", "source"))


def absent(first: str, last: str) -> dict[str, str]:
    return {"absent_from": first, "absent_to": last}


def test_a_roster_tells_who_is_away(source: Source) -> None:
    factories.make_person("Ann", external_id="7")

    result = source.sync(
        row("7", "Ann", **absent("2026-11-20", "4 Dec 2026")),
        row("8", "Bo", **absent("20.11.2026", "20.11.2026")),
        row("9", "Cy", **absent("", "")),
    )

    assert away("7") == [(date(2026, 11, 20), date(2026, 12, 4), "roster")]
    assert away("8") == [(date(2026, 11, 20), date(2026, 11, 20), "roster")]
    assert away("9") == []
    assert (result.sync.counts["changed"], result.sync.counts["joiners"]) == (1, 2)


def test_the_same_absence_again_changes_nothing(source: Source) -> None:
    rows = [row("7", **absent("2026-11-20", "2026-12-04"))]
    source.sync(*rows)

    again = source.sync(*rows)

    assert again.sync.counts["unchanged"] == 1
    assert Person.objects.get(external_id="7").version == 1


def test_a_later_roster_replaces_its_own_entries_and_no_typed_ones(source: Source) -> None:
    source.sync(row("7", **absent("2026-11-20", "2026-12-04")))
    ann = Person.objects.get(external_id="7")
    create_absence(person=ann, from_on=TODAY, to_on=TODAY, actor=None, now=NOW)

    source.sync(row("7", **absent("2026-11-23", "2026-11-24")))
    assert away("7") == [
        (TODAY, TODAY, "typed"),
        (date(2026, 11, 23), date(2026, 11, 24), "roster"),
    ]

    source.sync(row("7", **absent("", "")))
    assert away("7") == [(TODAY, TODAY, "typed")]


def test_a_roster_without_the_columns_says_nothing_about_absences(source: Source) -> None:
    source.sync(row("7", **absent("2026-11-20", "2026-12-04")))

    assert source.sync(row("7", "Ann Lee")).sync.counts["changed"] == 1
    assert len(away("7")) == 1


def test_an_absence_that_is_long_over_is_not_taken_in(source: Source) -> None:
    source.sync(row("7", **absent("2026-10-01", "2026-10-18")))
    assert away("7") == []

    source.sync(row("7", **absent("2026-10-01", "2026-10-19")))
    assert len(away("7")) == 1


@pytest.mark.parametrize(
    ("values", "field", "words", "is_error"),
    [
        (absent("2026-12-04", "2026-12-03"), "absent_to", "before the first", True),
        (absent("soon", "2026-12-03"), "absent_from", "not a date", True),
        (absent("2026-12-04", ""), "absent_to", "left out", False),
        (absent("", "2026-12-04"), "absent_from", "left out", False),
    ],
)
def test_what_is_wrong_with_an_absence_is_said_with_its_row(
    source: Source, values: dict[str, str], field: str, words: str, is_error: bool
) -> None:
    (problem,) = source.plan(row("7", **values)).problems

    assert (problem.row, problem.field, problem.is_error) == (2, field, is_error)
    assert words in problem.reason


def test_one_column_without_the_other_is_not_used_and_said(source: Source) -> None:
    plan = source.plan(row("7", absent_from="2026-12-04"))

    assert [each.field for each in plan.warnings] == ["absent_from"]
    assert plan.changes[0].values["absences"] == ()


def test_the_database_takes_no_absence_that_ends_before_it_begins(employee: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(person=employee, from_on=TODAY, to_on=TODAY - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(person=employee, from_on=TODAY, to_on=TODAY, source="guess")


def test_days_in_the_wrong_order_are_refused_in_words(employee: Person) -> None:
    absence = create_absence(person=employee, from_on=TODAY, to_on=TODAY, actor=None, now=NOW)

    with pytest.raises(ValidationError, match="before the first"):
        change_absence(absence, from_on=TODAY + DAY, actor=None, now=NOW)


def test_an_entry_of_the_roster_that_somebody_corrects_is_kept_from_then_on(
    source: Source, hr: Person
) -> None:
    source.sync(row("7", **absent("2026-11-20", "2026-12-04")))

    change_absence(Absence.objects.get(), to_on=date(2026, 11, 27), actor=hr.user, now=NOW)
    source.sync(row("7", **absent("", "")))

    assert away("7") == [(date(2026, 11, 20), date(2026, 11, 27), "typed")]
    event = AuditEvent.objects.get(object_type="absence")
    assert (event.verb, event.actor_user) == ("changed", hr.user)


def test_the_day_forgets_what_has_been_over_for_thirty_days(employee: Person) -> None:
    for days in (30, 31):
        Absence.objects.create(person=employee, from_on=TODAY - 60 * DAY, to_on=TODAY - days * DAY)

    follow_calendar(today=TODAY, now=NOW)

    assert Absence.objects.get().to_on == TODAY - 30 * DAY


def test_absences_are_read_by_few_and_typed_by_hr(
    employee: Person,
    manager: Person,
    outsider: Person,
    lead: Person,
    hr: Person,
    sign_in: SignIn,
) -> None:
    factories.make_initiative(lead=lead, group=factories.make_audience(employee))
    url = "/change/api/v1/absences/"
    body = {"person": employee.pk, "from_on": "2026-12-01", "to_on": "2026-12-04"}

    codes = {
        each.display_name: sign_in.api(each).post(url, body, format="json").status_code
        for each in (employee, manager, hr)
    }
    seen = {
        each.display_name: len(sign_in.api(each).get(url).json()["results"])
        for each in (employee, manager, outsider, lead, hr)
    }

    assert list(codes.values()) == [403, 403, 201]
    assert list(seen.values()) == [1, 1, 0, 0, 1]
    assert Absence.objects.get().source == "typed"
    found = sign_in.api(hr).get(url, {"away_from": "2026-12-04", "away_to": "2026-12-09"})
    assert len(found.json()["results"]) == 1
    assert sign_in.api(hr).get(url, {"away_from": "2026-12-05"}).json()["results"] == []
