"""Names, titles of jobs and places are found however they are written, on every database."""

import pytest

from change_tracker.people.models import AudienceClause, Person
from change_tracker.people.services.audiences.conditions import people_found
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["élodie", "ÖSTBERG élo", "Östberg"])
def test_somebody_is_found_by_their_name_in_any_case(
    words: str, hr: Person, sign_in: SignIn
) -> None:
    person = factories.make_person("Élodie Östberg")
    factories.make_person("Zoe Lee")

    assert list(Person.objects.called(words)) == [person]
    found = (
        sign_in.api(hr).get("/change/api/v1/people/", {"name": words.split(maxsplit=1)[0]}).json()
    )
    assert [each["id"] for each in found["results"]] == [person.pk]


@pytest.mark.parametrize("words", ["%", "_", ".", "\\", "(", "Zo.", "^Z"])
def test_what_databases_take_for_a_pattern_is_a_letter(words: str) -> None:
    factories.make_person("Zoe Lee")

    assert not Person.objects.called(words).exists()


@pytest.mark.parametrize("kind", ["job_title", "location"])
def test_a_rule_finds_the_same_word_in_any_case_and_nothing_that_has_it_in_it(kind: str) -> None:
    person, other = factories.make_person(), factories.make_person()
    for each, word in ((person, "Ärztin (Nacht)"), (other, "Ärztin (Nacht) 2")):
        Person.objects.filter(pk=each.pk).update(**{kind: word})
    clause = AudienceClause(kind=kind, effect="include", **{kind: "ärztin (nacht)"})

    assert list(people_found([clause], TODAY)) == [person]
