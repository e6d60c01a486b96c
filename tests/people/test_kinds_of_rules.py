"""Every kind of clause finds its people, reads as a part of a sentence, and keeps in step."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from change_tracker.people.models import Audience, AudienceClause, Person
from change_tracker.people.models.clauses import VALUE_OF
from change_tracker.people.services.audiences import (
    Clause,
    change_audience,
    create_audience,
    describe_rule,
    recompute_audiences,
    why_nobody,
)
from change_tracker.people.services.persons import change_person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
WHEN: dict[str, Any] = {"actor": None, "today": TODAY, "now": NOW}
EXCLUDE = "exclude"


def audience_of(*clauses: Clause, name: str = "A") -> Audience:
    return create_audience(name=name, clauses=clauses, **WHEN)


def names(audience: Audience) -> set[str]:
    return set(audience.members.filter(is_open=True).values_list("person__display_name", flat=True))


def test_a_location_counts_in_any_case() -> None:
    factories.make_person("Ann", location="Leeds")
    factories.make_person("Bob", location="Leeds depot")

    audience = audience_of(Clause(kind="location", location="leeds"))

    assert names(audience) == {"Ann"}
    assert describe_rule(audience) == "Everyone at leeds"


def test_whoever_has_reports_who_work_here_counts() -> None:
    ann, bob = factories.make_person("Ann"), factories.make_person("Bob")
    factories.make_person("Cleo", manager=ann)
    factories.make_person("Dan", manager=bob, ends_on=TODAY - timedelta(days=1))

    audience = audience_of(Clause(kind="has_reports"))

    assert names(audience) == {"Ann"}
    assert describe_rule(audience) == "Everyone who has reports"


def test_only_those_who_joined_after_the_day_count() -> None:
    factories.make_person("Ann", starts_on=TODAY)
    factories.make_person("Bob", starts_on=TODAY - timedelta(days=1))
    factories.make_person("Cleo", starts_on=None)

    audience = audience_of(Clause(kind="joined_after", joined_after=TODAY - timedelta(days=1)))

    assert names(audience) == {"Ann"}
    assert describe_rule(audience).startswith("Everyone who joined after ")


def test_a_group_of_the_host_counts_by_its_name() -> None:
    user = factories.make_user("ann")
    factories.make_person("Ann", login=user)
    factories.make_person("Bob", login=factories.make_user("bob"))
    factories.make_person("Cleo")
    user.groups.add(Group.objects.create(name="Editors"))

    audience = audience_of(Clause(kind="host_group", host_group="Editors"))

    assert names(audience) == {"Ann"}
    assert describe_rule(audience) == "Everyone in the intranet group “Editors”"
    assert names(audience_of(Clause(kind="host_group", host_group="Nobody"))) == set()


def test_another_audience_counts_by_its_rule_and_can_be_left_out() -> None:
    ann, bob = factories.make_person("Ann"), factories.make_person("Bob")
    inner = audience_of(Clause(kind="person", person=ann), name="Inner")

    outer = audience_of(Clause(kind="other", other=inner), Clause(kind="person", person=bob))
    rest = audience_of(
        Clause(kind="person", person=ann),
        Clause(kind="person", person=bob),
        Clause(kind="other", other=inner, effect=EXCLUDE),
    )

    assert names(outer) == {"Ann", "Bob"}
    assert names(rest) == {"Bob"}
    assert describe_rule(outer) == "Everyone of “Inner” and Bob"


def test_audiences_that_build_on_a_changed_one_follow_at_any_remove() -> None:
    ann, bob = factories.make_person("Ann"), factories.make_person("Bob")
    inner = audience_of(Clause(kind="person", person=ann))
    middle = audience_of(Clause(kind="other", other=inner))
    outer = audience_of(Clause(kind="other", other=middle))

    change_audience(audience=inner, clauses=[Clause(kind="person", person=bob)], **WHEN)

    assert names(middle) == names(outer) == {"Bob"}


def test_an_audience_cannot_be_found_through_itself() -> None:
    inner = audience_of(Clause(kind="has_reports"), name="Inner")
    middle = audience_of(Clause(kind="other", other=inner))
    outer = audience_of(Clause(kind="other", other=middle))

    for other in (inner, outer):
        with pytest.raises(ValidationError, match="“Inner” would be a part of itself"):
            change_audience(audience=inner, clauses=[Clause(kind="other", other=other)], **WHEN)

    assert [each.kind for each in inner.clauses.all()] == ["has_reports"]


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"location": "Leeds"}, Clause(kind="location", location="Leeds")),
        ({"manager": "boss"}, Clause(kind="has_reports")),
    ],
)
def test_members_follow_a_change_of_one_person(changes: dict[str, Any], clause: Clause) -> None:
    boss, ann = factories.make_person("Boss"), factories.make_person("Ann")
    audience = audience_of(clause)
    values: Any = {name: boss if value == "boss" else value for name, value in changes.items()}

    change_person(ann, **WHEN, **values)

    assert names(audience) == {"Boss" if "manager" in changes else "Ann"}


def test_what_the_host_does_to_its_groups_is_noticed_by_the_next_run() -> None:
    user = factories.make_user("ann")
    factories.make_person("Ann", login=user)
    audience = audience_of(Clause(kind="host_group", host_group="Editors"))
    user.groups.add(Group.objects.create(name="Editors"))

    recompute_audiences(**WHEN)

    assert names(audience) == {"Ann"}


@pytest.mark.parametrize("kind", VALUE_OF)
def test_a_clause_that_says_nothing_or_two_things_is_refused(kind: str) -> None:
    person = factories.make_person("Ann")
    column = "job_title" if kind == "person" else "person"
    value = "Planner" if kind == "person" else person

    with pytest.raises(ValidationError):
        audience_of(Clause(kind=kind, **{column: value}))  # type: ignore[arg-type]  # one of two


@pytest.mark.parametrize("kind", VALUE_OF)
def test_the_database_refuses_a_clause_that_does_not_match_its_kind(kind: str) -> None:
    audience = audience_of()
    wrong = {"location": "Leeds"} if kind != "location" else {"host_group": "Editors"}

    with pytest.raises(IntegrityError), transaction.atomic():
        AudienceClause.objects.create(audience=audience, kind=kind, **wrong)


def test_an_audience_of_nobody_says_why() -> None:
    unit = factories.make_unit("Repairs")
    empty = audience_of(Clause(kind="unit", unit=unit))
    nothing = audience_of()
    assert why_nobody([nothing], TODAY)[nothing.pk].startswith("Nothing is included yet")
    assert "everyone in Repairs and below" in why_nobody([empty], TODAY)[empty.pk]

    factories.make_person("Ann", unit=unit, location="Leeds")
    factories.make_person("Bob", unit=unit, location="York")
    by_one = [Clause(kind="unit", unit=unit, effect=EXCLUDE)]
    together = [Clause(kind="location", location=at, effect=EXCLUDE) for at in ("Leeds", "York")]
    included = Clause(kind="unit", unit=unit)

    one, all_of_them = audience_of(included, *by_one), audience_of(included, *together)
    somebody = audience_of(included, together[0])
    assert why_nobody([one, all_of_them, somebody, audience_of(included)], TODAY) == {
        one.pk: "Everyone found is left out again by: without everyone in Repairs and below.",
        all_of_them.pk: "Everyone found is left out again by these together: without everyone at "
        "Leeds and everyone at York.",
    }


def test_why_nobody_is_asked_of_all_audiences_at_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    factories.make_person("Ann", location="Leeds")
    inner = audience_of(Clause(kind="location", location="York"))
    rules = [
        (Clause(kind="other", other=inner),),
        (Clause(kind="location", location="Leeds"), Clause(kind="has_reports", effect=EXCLUDE)),
        (Clause(kind="location", location="Leeds"), Clause(kind="other", other=inner)),
    ]
    audiences = [audience_of(*rule, name=f"A{place}") for place, rule in enumerate(rules)]
    # More questions than one statement takes.
    many = Audience.objects.bulk_create(Audience(name="Planners") for _number in range(600))
    AudienceClause.objects.bulk_create(
        AudienceClause(audience=each, kind="job_title", job_title="Planner") for each in many
    )
    audiences += many
    found_nobody = [audiences[0], *many]

    for some, queries in ((audiences[1:2], 2), (audiences[3:50], 2), (audiences, 4), ([], 0)):
        fresh = list(Audience.objects.filter(pk__in=[each.pk for each in some]).order_by("pk"))
        with django_assert_num_queries(queries):
            said = why_nobody(fresh, TODAY)
        assert sorted(said) == [each.pk for each in some if each in found_nobody]


def test_a_lead_takes_only_audiences_whose_rule_they_may_read(
    lead: Person, employee: Person, sign_in: SignIn
) -> None:
    theirs = audience_of(Clause(kind="person", person=employee), name="Theirs")
    hidden = audience_of(Clause(kind="person", person=lead), name="With the lead in it")
    factories.make_initiative(lead=lead, group=theirs)
    client = sign_in.api(lead)

    def ask(other: Audience) -> Any:
        body = {"name": "Mine", "clauses": [{"kind": "other", "other": other.pk}]}
        return client.post("/change/api/v1/audiences/", body, format="json")

    assert ask(theirs).status_code == 201
    assert ask(hidden).status_code == 400


def test_rules_of_other_audiences_are_read_together() -> None:
    inner = [audience_of(Clause(kind="has_reports")) for _ in range(6)]
    recompute_audiences(**WHEN)

    def cost(count: int) -> int:
        outer = audience_of(*(Clause(kind="other", other=each) for each in inner[:count]))
        with CaptureQueriesContext(connection) as queries:
            recompute_audiences(**WHEN, audiences=Audience.objects.filter(pk=outer.pk))
        return len(queries)

    assert cost(2) == cost(6)
