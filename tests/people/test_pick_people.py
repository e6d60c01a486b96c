"""Choosing people by name and units in their tree, in a form and without a script."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from change_tracker.people.models import AudienceClause, OrgUnit, Person
from change_tracker.people.pickers import (
    MOST_FOUND,
    Asked,
    PeopleField,
    PersonField,
    UnitField,
    UnitsField,
)
from change_tracker.people.queries import job_titles
from change_tracker.people.ruleforms import RULE_KINDS
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    who = PersonField(required=False)
    them = PeopleField(required=False)


def form_of(**sent: Any) -> Form:
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        data.setlist(name.replace("_", "-"), value if isinstance(value, list) else [value])
    form = Form(data)
    for name in ("who", "them"):
        form.fields[name].people = Person.objects.all()  # type: ignore[attr-defined]  # a PeopleField
    return form


def test_every_kind_of_clause_can_be_asked_for() -> None:
    assert set(RULE_KINDS) == set(AudienceClause.Kind.values)


def test_people_are_found_by_every_word_of_their_name_in_any_order() -> None:
    amira = factories.make_person("Amira Hassan")
    factories.make_person("Amir Cole")

    found: Any = form_of(who_words="hassan AMI")["who"]

    assert found.found == [amira]
    assert found.searches
    assert not found.has_more


def test_without_words_nobody_is_listed() -> None:
    factories.make_person("Amira Hassan")

    found: Any = form_of(who_words="  ")["who"]

    assert (found.found, found.searches) == ([], False)


def test_of_many_the_first_are_offered_and_that_there_are_more_is_known() -> None:
    for number in range(MOST_FOUND + 1):
        factories.make_person(f"Ann {number:02}")

    found: Any = form_of(who_words="ann")["who"]

    assert len(found.found) == MOST_FOUND
    assert found.has_more


def test_words_that_were_looked_for_already_are_no_new_search() -> None:
    person = factories.make_person("Amira Hassan")

    form = form_of(who=str(person.pk), who_words="ami", who_searched="ami")

    assert not form["who"].searches  # type: ignore[attr-defined]  # a PickedField
    assert form.is_valid()
    assert form.cleaned_data["who"] == person


def test_whoever_is_chosen_stays_chosen_beside_a_new_search() -> None:
    ben, amira = factories.make_person("Ben Okri"), factories.make_person("Amira Hassan")

    picker: Any = form_of(them=[str(ben.pk)], them_words="ami")["them"]

    assert (picker.chosen, picker.found) == ([ben], [amira])


def test_a_search_without_a_choice_is_not_taken_for_nobody() -> None:
    form = form_of(who_words="ami", who_searched="ami")

    assert form.errors["who"] == ["Choose somebody of those found, or empty the search."]


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999"])
def test_a_key_of_nobody_is_refused(key: str) -> None:
    assert "cannot be chosen any more" in str(form_of(who=key).errors["who"])


def test_one_who_must_be_named_is_asked_for() -> None:
    with pytest.raises(forms.ValidationError, match="Look for a name"):
        PersonField().clean(Asked())


@pytest.mark.parametrize("key", ["0", "x", "9" * 30])
def test_a_key_of_no_row_among_several_is_refused(key: str) -> None:
    unit = factories.make_unit("Works")
    field = UnitsField(queryset=OrgUnit.objects.all())

    assert list(field.clean([str(unit.pk)])) == [unit]
    with pytest.raises(forms.ValidationError):
        field.clean([str(unit.pk), key])


def test_units_are_listed_with_those_above_them_in_the_order_of_names() -> None:
    works = factories.make_unit("Works")
    factories.make_unit("Repairs", parent=works)
    factories.make_unit("Access")
    field = UnitField(queryset=OrgUnit.objects.all())

    choices: Any = field.choices
    labels = [label for _value, label in choices]

    assert labels[1:] == ["Access", "Works", "Works / Repairs"]


def test_job_titles_are_those_of_people_who_work_here() -> None:
    factories.make_person(job_title="Plumber")
    factories.make_person(job_title="Plumber")
    factories.make_person(job_title="Clerk")
    factories.make_person(job_title="Smith", ends_on=TODAY.replace(year=2020))

    assert job_titles(TODAY) == ("Clerk", "Plumber")
