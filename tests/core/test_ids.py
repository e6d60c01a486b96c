"""Sets of keys as operands: the same rows as with nested querysets, written once."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from change_tracker.core.ids import NO_IDS, Ids, Keys
from change_tracker.initiatives.models import Initiative, InitiativeMember, Role, played_by
from change_tracker.people.models import OrgUnit, Person, oneself, oneself_or_team, team_of
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_set_within_a_set_of_the_same_table_keeps_names_apart() -> None:
    top = factories.make_unit("top")
    under = factories.make_unit("under", top)
    parents = OrgUnit.objects.filter(pk=under.pk).ids("parent")

    found = OrgUnit.objects.filter(pk__in=OrgUnit.objects.filter(pk__in=parents).ids())

    assert list(found) == [top]
    assert list(OrgUnit.objects.exclude(pk__in=found.ids())) == [under]


def test_it_may_stand_in_a_column_of_a_joined_and_renamed_query() -> None:
    lead = factories.make_person(login=True)
    other = factories.make_person(manager=lead)
    initiative = factories.make_initiative(lead=lead)
    theirs = Q(initiative__in=played_by(lead.user, Role.LEAD))

    members = InitiativeMember.objects.filter(theirs, initiative=OuterRef("pk"), person=lead)

    assert list(Initiative.objects.filter(Exists(members))) == [initiative]
    assert list(Person.objects.filter(manager__pk__in=oneself(lead.user))) == [other]


def test_a_set_that_speaks_of_a_row_outside_is_refused() -> None:
    speaks = Person.objects.filter(unit=OuterRef("pk")).ids("unit")

    with pytest.raises(ValueError, match="reference to an outer query"):
        list(OrgUnit.objects.filter(pk__in=speaks))


def test_nobody_is_among_no_ids_and_everybody_outside() -> None:
    person = factories.make_person()

    assert not Person.objects.filter(pk__in=NO_IDS).exists()
    assert list(Person.objects.exclude(pk__in=NO_IDS)) == [person]
    assert list(Person.objects.filter(Q(pk__in=NO_IDS) | Q(pk=person.pk))) == [person]
    assert not Person.objects.filter(pk__in=Person.objects.none().ids()).exists()


@pytest.mark.parametrize("rule", [oneself, oneself_or_team, team_of, played_by])
def test_a_stranger_is_not_taken_for_whoever_has_no_login(rule: Any) -> None:
    factories.make_person()  # whose user is as empty as a stranger's key

    assert rule(AnonymousUser()) is NO_IDS
    assert rule(User(username="of a token")) is NO_IDS


def test_what_is_remembered_is_the_question_and_not_the_answer() -> None:
    lead = factories.make_person(login=True)
    mine = Initiative.objects.filter(pk__in=played_by(lead.user, Role.LEAD))
    assert not mine.all().exists()

    initiative = factories.make_initiative(lead=lead)

    assert list(Initiative.objects.filter(pk__in=played_by(lead.user, Role.LEAD))) == [initiative]
    assert list(mine.all()) == [initiative]


def test_of_two_people_each_has_their_own() -> None:
    one, two = factories.make_person(login=True), factories.make_person(login=True)

    assert list(Person.objects.filter(pk__in=oneself(one.user))) == [one]
    assert list(Person.objects.filter(pk__in=oneself(two.user))) == [two]


def test_a_set_is_written_once() -> None:
    ids = Ids(Person.objects.filter(display_name="Ada"))

    first, second = (ids.as_sql(None, connection) for _ in range(2))

    assert first is second


def test_keys_are_written_as_numbers_and_find_what_parameters_do() -> None:
    first, second, third = (factories.make_person() for _ in range(3))

    chosen = Person.objects.filter(pk__in=Keys([first.pk, third.pk]))
    through = Person.objects.filter(pk__in=Keys([first.pk])) | chosen

    assert set(chosen) == set(through) == {first, third}
    assert list(Person.objects.exclude(pk__in=Keys([first.pk, third.pk]))) == [second]
    sql, params = chosen.order_by().query.sql_with_params()
    assert (f"IN ({first.pk}, {third.pk})" in sql, params) == (True, ())


def test_no_keys_are_nobody_and_leave_nobody_out() -> None:
    person = factories.make_person()

    assert not Person.objects.filter(pk__in=Keys([])).exists()
    assert list(Person.objects.exclude(pk__in=Keys([]))) == [person]


def test_only_numbers_are_keys() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Keys(["1) OR (1=1"])  # type: ignore[list-item]  # what must not pass
