"""Members follow from the rule, with dates, and others hear of it once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.access import User
from change_tracker.core.errors import StaleRowError
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Audience, AudienceMember, Person
from change_tracker.people.points import MEMBERSHIP_CONSEQUENCES, MembershipChange
from change_tracker.people.services.audiences import (
    Clause,
    change_audience,
    create_audience,
    describe_rule,
    people_of,
    recompute_audience,
    recompute_audiences,
    set_clauses,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.people.rosters import Source, row

pytestmark = pytest.mark.django_db
WHEN: dict[str, Any] = {"actor": None, "today": TODAY, "now": NOW}
EXCLUDE = "exclude"


def audience_of(*clauses: Clause) -> Audience:
    return create_audience(name="A", clauses=clauses, actor=None, today=TODAY, now=NOW)


def names(audience: Audience) -> set[str]:
    return set(audience.members.filter(is_open=True).values_list("person__display_name", flat=True))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[MembershipChange]:
    """What a slice further right hears, in place of those that are registered."""
    changes: list[MembershipChange] = []

    def listen(
        heard: Sequence[MembershipChange], actor: User | None, now: datetime
    ) -> dict[int, list[str]]:
        changes.extend(heard)
        return {}

    monkeypatch.setattr(MEMBERSHIP_CONSEQUENCES, "_entries", [listen])
    return changes


def test_a_unit_counts_with_its_subtree_or_alone() -> None:
    homes = factories.make_unit("Homes")
    repairs = factories.make_unit("Repairs", parent=homes)
    factories.make_person("Ann", unit=homes)
    factories.make_person("Bob", unit=repairs)
    factories.make_person("Cleo", unit=factories.make_unit("Estates"))

    assert names(audience_of(Clause(kind="unit", unit=homes))) == {"Ann", "Bob"}
    assert names(audience_of(Clause(kind="unit", unit=homes, with_subtree=False))) == {"Ann"}


def test_a_unit_whose_id_begins_like_another_is_not_its_subtree() -> None:
    units = [factories.make_unit() for _ in range(12)]
    for unit in units:
        factories.make_person(f"In {unit.pk}", unit=unit)

    for unit in units:
        assert names(audience_of(Clause(kind="unit", unit=unit))) == {f"In {unit.pk}"}


def test_job_titles_count_in_any_case_and_as_a_whole() -> None:
    factories.make_person("Ann", job_title="Planner")
    factories.make_person("Bob", job_title="PLANNER")
    factories.make_person("Cleo", job_title="Senior planner")
    factories.make_person("Dan", job_title="Plan%")

    assert names(audience_of(Clause(kind="job_title", job_title="planner"))) == {"Ann", "Bob"}
    assert names(audience_of(Clause(kind="job_title", job_title="plan%"))) == {"Dan"}


def test_whoever_is_excluded_by_one_clause_is_out_whatever_includes_them() -> None:
    unit = factories.make_unit()
    ann = factories.make_person("Ann", unit=unit, job_title="Trainee")
    bob = factories.make_person("Bob", unit=unit)
    factories.make_person("Cleo", unit=unit)

    audience = audience_of(
        Clause(kind="unit", unit=unit),
        Clause(kind="person", person=ann),
        Clause(kind="job_title", job_title="Trainee", effect=EXCLUDE),
        Clause(kind="person", person=bob, effect=EXCLUDE),
    )

    assert names(audience) == {"Cleo"}


def test_people_without_a_unit_are_not_lost_by_excluding_a_unit() -> None:
    ann = factories.make_person("Ann", unit=None)

    audience = audience_of(
        Clause(kind="person", person=ann),
        Clause(kind="unit", unit=factories.make_unit(), effect=EXCLUDE),
    )

    assert names(audience) == {"Ann"}


def test_an_audience_that_includes_nothing_is_empty() -> None:
    ann = factories.make_person("Ann")

    assert names(audience_of()) == set()
    assert names(audience_of(Clause(kind="person", person=ann, effect=EXCLUDE))) == set()


@pytest.mark.parametrize(
    ("dates", "is_in"),
    [
        ({"starts_on": TODAY, "ends_on": TODAY}, True),
        ({"starts_on": TODAY + timedelta(days=1)}, False),
        ({"ends_on": TODAY - timedelta(days=1)}, False),
    ],
)
def test_only_people_who_work_here_on_that_day_count(dates: dict[str, Any], is_in: bool) -> None:
    ann = factories.make_person("Ann", **dates)
    audience = audience_of(Clause(kind="person", person=ann))

    assert (ann in people_of(audience, TODAY)) is is_in
    assert (names(audience) == {"Ann"}) is is_in


def test_joining_leaving_and_rejoining_are_dated() -> None:
    ann = factories.make_person("Ann", job_title="Planner")
    audience = audience_of(Clause(kind="job_title", job_title="Planner"))
    days = [TODAY + timedelta(days=number) for number in (7, 14)]

    for day, title in zip(days, ("Fitter", "Planner"), strict=True):
        Person.objects.update(job_title=title)
        recompute_audience(audience=audience, actor=None, today=day, now=NOW)

    rows = AudienceMember.objects.order_by("pk").values_list("joined_on", "left_on", "is_open")
    assert list(rows) == [(TODAY, days[0], None), (days[1], None, True)]
    assert set(AudienceMember.objects.on(days[0]).values_list("person", flat=True)) == set()
    assert AudienceMember.objects.on(days[1]).get().person == ann


def test_others_hear_once_of_each_audience_that_changed(heard: list[MembershipChange]) -> None:
    ann, bob = factories.make_person("Ann", job_title="A"), factories.make_person(job_title="B")
    both = audience_of(Clause(kind="job_title", job_title="A"))
    audience_of(Clause(kind="person", person=ann))
    heard.clear()
    Person.objects.filter(pk=ann.pk).update(job_title="C")
    Person.objects.filter(pk=bob.pk).update(job_title="A")

    changes = recompute_audiences(**WHEN)
    again = recompute_audiences(**WHEN)

    expected = MembershipChange(audience_id=both.pk, today=TODAY, joined=[bob.pk], left=[ann.pk])
    assert heard == changes == [expected]
    assert again == []


def test_a_sync_brings_audiences_in_step(source: Source, heard: list[MembershipChange]) -> None:
    repairs, estates = factories.make_unit("Repairs"), factories.make_unit("Estates")
    factories.make_person("Ann", external_id="1", unit=repairs)
    factories.make_person("Bob", external_id="2", unit=repairs)
    audience = audience_of(Clause(kind="unit", unit=repairs))
    heard.clear()

    result = source.sync(
        row("1", "Ann", unit="Estates"), row("3", "Cleo", unit="Repairs"), full=True
    )

    assert names(audience) == {"Cleo"}
    assert list(result.memberships) == heard
    assert len(heard[0].left) == 2
    assert estates.people.get().display_name == "Ann"


def test_setting_the_rule_replaces_it_and_its_members(heard: list[MembershipChange]) -> None:
    ann, bob = factories.make_person("Ann"), factories.make_person("Bob")
    audience = audience_of(Clause(kind="person", person=ann))

    change = set_clauses(audience=audience, clauses=[Clause(kind="person", person=bob)], **WHEN)

    assert (change.joined, change.left) == ([bob.pk], [ann.pk])
    assert audience.version == 2
    event = AuditEvent.objects.filter(verb="rule_changed").latest("pk")
    assert [clause["person"] for clause in event.changes["rule"]] == [bob.pk]


def test_the_same_rule_again_writes_nothing() -> None:
    clause = Clause(kind="person", person=factories.make_person())
    audience = audience_of(clause)

    set_clauses(audience=audience, clauses=[clause, clause], **WHEN)

    assert audience.version == 1
    assert audience.clauses.count() == 1


def test_a_rule_that_somebody_else_changed_is_stale() -> None:
    audience = audience_of()
    Audience.objects.update(version=2)

    with pytest.raises(StaleRowError):
        set_clauses(
            audience=audience,
            clauses=[Clause(kind="person", person=factories.make_person())],
            **WHEN,
        )

    assert not audience.clauses.exists()


def test_name_and_rule_change_in_one_step() -> None:
    audience = audience_of()
    clauses = [Clause(kind="person", person=factories.make_person("Ann"))]

    change_audience(audience=audience, name="B", clauses=clauses, expected_version=1, **WHEN)

    audience.refresh_from_db()
    assert (audience.name, audience.version, names(audience)) == ("B", 3, {"Ann"})
    with pytest.raises(StaleRowError):
        change_audience(audience=audience, clauses=[], expected_version=1, **WHEN)


@pytest.mark.parametrize(
    "clause",
    [
        Clause(kind="unit"),
        Clause(kind="job_title", job_title=" "),
        Clause(kind="person", job_title="Planner"),
        Clause(kind="shoe_size"),
        Clause(kind="job_title", job_title="Planner", effect="maybe"),
    ],
)
def test_a_clause_without_meaning_is_refused(clause: Clause) -> None:
    audience = audience_of()

    with pytest.raises(ValidationError):
        set_clauses(audience=audience, clauses=[clause], **WHEN)

    assert audience.version == 1


def test_the_rule_reads_as_a_sentence() -> None:
    unit = factories.make_unit("Repairs")
    ann = factories.make_person("Ann")
    include = Clause(kind="unit", unit=unit)
    trainees = Clause(kind="job_title", job_title="Trainee", effect=EXCLUDE)

    assert describe_rule(audience_of()) == "Nobody yet: nothing is included."
    assert describe_rule(audience_of(include)) == "Everyone in Repairs and below"
    assert describe_rule(audience_of(include, Clause(kind="person", person=ann), trainees)) == (
        "Everyone in Repairs and below and Ann, without everyone with the job title “Trainee”"
    )


@pytest.mark.exhaustive
def test_queries_do_not_grow_with_members() -> None:
    unit = factories.make_unit()
    audience = audience_of(Clause(kind="unit", unit=unit))

    def queries(count: int) -> int:
        for _ in range(count):
            factories.make_person(unit=unit)
        with CaptureQueriesContext(connection) as captured:
            recompute_audience(audience=audience, **WHEN)
        return len(captured)

    assert queries(1) == queries(30)
