"""The inventory names every field once, and the page of the docs says the same."""

import tomllib
from collections import Counter

from django.db import models

from change_tracker.core.inventory import ERASED, PACKAGE_DATA, inventory, render
from tests.contracts.documents import assert_up_to_date
from tests.contracts.test_models import ours

TEXTS = (
    *(models.CharField, models.TextField, models.JSONField),
    *(models.FileField, models.BinaryField),
)


def fields() -> set[str]:
    """`Model.field` of every column and every many-to-many relation of ours."""
    return {
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    }


def entries() -> Counter[str]:
    return Counter(f"{held.model}.{name}" for held in inventory() for name in held.fields)


def test_every_field_has_an_entry() -> None:
    assert fields() - set(entries()) == set()


def test_every_entry_is_about_a_field() -> None:
    assert set(entries()) - fields() == set()


def test_no_field_is_entered_twice() -> None:
    assert [name for name, times in entries().items() if times > 1] == []


def test_personal_data_has_a_purpose_readers_and_a_term() -> None:
    incomplete = [
        held.fields
        for held in inventory()
        if not held.form and not (held.purpose and held.seen and held.kept)
    ]

    assert incomplete == []


def test_of_every_personal_text_it_is_said_what_erasing_makes_of_it() -> None:
    """Whoever adds one decides: it is not kept because nobody thought of it."""
    said = {
        f"{model}.{name}"
        for model, entries in tomllib.loads(PACKAGE_DATA.read_text())["model"].items()
        for names, entry in entries.items()
        if isinstance(entry, dict) and "erased" in entry
        for name in names.split()
    }
    personal = {f"{h.model}.{name}" for h in inventory() if not h.form for name in h.fields}
    texts = {
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS) and not field.choices
    }

    assert (texts & personal) - said == set()
    assert {held.erased for held in inventory()} <= set(ERASED)


def test_what_leads_to_a_person_is_personal() -> None:
    """A field that refers to a person or a login needs a purpose."""
    purposeful = {f"{h.model}.{name}" for h in inventory() if not h.form for name in h.fields}
    leading = {
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in [*model._meta.concrete_fields, *model._meta.local_many_to_many]
        if field.related_model is not None
        and field.related_model._meta.model_name in {"person", "user"}
    }

    assert leading - purposeful == set()


def test_no_reader_and_no_term_is_unused() -> None:
    data = tomllib.loads(PACKAGE_DATA.read_text())
    used = {held.seen for held in inventory()} | {held.kept for held in inventory()}

    assert {*data["seen"].values(), *data["kept"].values()} - used == set()


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assert_up_to_date("docs/personal-data.md", render())
