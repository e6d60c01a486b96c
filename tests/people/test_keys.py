"""Two keys of a roster are the same when every character is, on every database."""

import pytest
from django.contrib.admin.sites import site
from django.test import RequestFactory

from change_tracker.core.idempotency import once
from change_tracker.core.tables import table_of
from change_tracker.people.models import OrgUnit, Person
from change_tracker.people.services.sync import read_roster, sync_people
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

COLUMNS = ("external_id", "name", "unit")
ALIKE = [("a1", "A1"), ("muller", "müller"), ("😀", "😃")]


def sync(*rows: tuple[str, str], full: bool = False) -> None:
    said = [{"external_id": key, "name": f"Ann {key}", "unit": unit} for key, unit in rows]
    roster = read_roster(table_of(said, columns=COLUMNS, required=()), source="roster")
    sync_people(roster=roster, full=full, today=TODAY, actor=None, now=NOW, allow=9)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_people_whose_keys_are_alike_are_two(one: str, other: str) -> None:
    sync((one, "Repairs"), (other, "Repairs"))

    assert set(Person.objects.values_list("external_id", flat=True)) == {one, other}


@pytest.mark.parametrize(("one", "other"), ALIKE[1:])
def test_units_whose_names_are_alike_are_two(one: str, other: str) -> None:
    sync(("1", one), ("2", other))

    assert set(OrgUnit.objects.values_list("name", flat=True)) == {one, other}


def test_whoever_gets_another_key_has_left_and_somebody_joins() -> None:
    sync(("e12", "Repairs"))

    sync(("E12", "Repairs"), full=True)

    here = Person.objects.active(TODAY)
    assert list(here.values_list("external_id", flat=True)) == ["E12"]


def test_a_caller_of_the_api_uses_keys_that_are_alike_for_two_things() -> None:
    user = factories.make_user()

    said = [
        once(user=user, key=key, digest=key, now=NOW, run=lambda key=key: key)  # type: ignore[misc]  # bound now
        for key in ("Ab", "aB")
    ]

    assert said == ["Ab", "aB"]


def test_the_admin_finds_a_key_in_any_case(hr: Person, sign_in: SignIn) -> None:
    person = factories.make_person(external_id="E12-x")
    admin = site.get_model_admin(Person)
    request = RequestFactory().get("/")
    request.user = factories.make_user(is_superuser=True)

    found, _twice = admin.get_search_results(request, Person.objects.all(), "e12-X")

    assert list(found) == [person]
