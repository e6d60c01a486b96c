"""Everything that is held about one person, found by the inventory of personal data."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.fields.files import FieldFile

from change_tracker.core.inventory import Held, about, inventory
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.people.services.mentions import Mention

BATCH = 500
#: What a row that is referred to may be called by.
NAMES = ("display_name", "title", "name", "label")

Rows = list[dict[str, Any]]


def export_person(person: Person, *, now: datetime) -> dict[str, Any]:
    """Plain data, ready for JSON: what is held about `person`, and why, for whom, how long.

    `held` has, by model, every row that is about them; `named` the rows of others that name them,
    with no more than that; `history` the events about their own rows. A few queries for each
    model, and one for five hundred rows with history.
    """
    held: dict[str, Rows] = {}
    named: dict[str, Rows] = {}
    for name in dict.fromkeys(each.model for each in inventory() if not each.form):
        entries = [each for each in inventory() if each.model == name]
        if name in about():
            held[name] = _held_rows(_model(name), entries, person)
        named[name] = [
            *_named_rows(_model(name), entries, person),
            *_mentioning_rows(_model(name), entries, Mention(person)),
        ]
    return {
        "external_id": person.external_id,
        "exported_at": now.isoformat(),
        "held": held,
        "named": {name: rows for name, rows in named.items() if rows},
        "history": list(_history(held)),
        "why": [_why(each) for each in inventory() if not each.form],
    }


def naming_fields(model: type[models.Model], entries: Iterable[Held]) -> Iterator[tuple[Held, Any]]:
    """The personal columns of `model` that refer to a person or a login, but not as its subject."""
    subject = about().get(model.__name__)
    for held in entries:
        for name in held.fields if not held.form else ():
            field: Any = model._meta.get_field(name)
            is_one_of_us = field.related_model in {Person, get_user_model()}
            if is_one_of_us and name != subject and model is not Person:
                yield held, field


def _held_rows(model: type[models.Model], entries: Iterable[Held], person: Person) -> Rows:
    columns = [
        "id",
        *(name for each in entries if each.form != "technical" for name in each.fields),
    ]
    fields = [field for field in model._meta.concrete_fields if field.name in columns]
    many = [field.name for field in model._meta.many_to_many if field.name in columns]
    related = [field.name for field in fields if field.is_relation]
    rows = model._default_manager.filter(**{about()[model.__name__]: person.pk}).order_by("pk")
    if related:  # without names, select_related() would join everything
        rows = rows.select_related(*related)
    return [
        {field.name: _plain(getattr(row, field.name)) for field in fields}
        | {name: [_plain(each) for each in getattr(row, name).all()] for name in many}
        for row in rows.prefetch_related(*many)
    ]


def _named_rows(
    model: type[models.Model], entries: Iterable[Held], person: Person
) -> Iterator[dict[str, Any]]:
    """Of a row that is about something else: which, in what role, and when."""
    for held, field in naming_fields(model, entries):
        who = person.pk if field.related_model is Person else person.user_id
        if who is None:
            continue
        days = [name for name in held.fields if _is_day(model._meta.get_field(name))]
        rows = model._default_manager.filter(**{field.name: who}).order_by("pk")
        for pk, *values in rows.values_list("pk", *days):
            said = {day: _plain(value) for day, value in zip(days, values, strict=True)}
            yield {"id": pk, "as": field.name, **said}


def _mentioning_rows(
    model: type[models.Model], entries: Iterable[Held], mention: Mention
) -> Iterator[dict[str, Any]]:
    """Of a row that names people in passing: which, and what it says of this one."""
    for name in (name for held in entries if held.erased == "mentions" for name in held.fields):
        for pk, value in texts_of(model, name):
            if says := mention.found_in(value):
                yield {"id": pk, "as": name, "says": says}


def texts_of(model: type[models.Model], name: str) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a column of texts, those without any left out."""
    rows = model._default_manager.order_by("pk").values_list("pk", name)
    return ((pk, value) for pk, value in rows.iterator(chunk_size=BATCH) if value)


def _history(held: dict[str, Rows]) -> Iterator[dict[str, Any]]:
    columns = ("at", "verb", "object_type", "object_id", "from_state", "to_state", "reason")
    for name, rows in held.items():
        model, keys = _model(name)._meta.model_name or "", [str(row["id"]) for row in rows]
        for start in range(0, len(keys), BATCH):
            events = AuditEvent.objects.filter(
                object_type=model, object_id__in=keys[start : start + BATCH]
            ).order_by("pk")
            for event in events.values(*columns, "changes"):
                yield {column: _plain(value) for column, value in event.items()}


def _why(held: Held) -> dict[str, Any]:
    return {
        "model": held.model,
        "fields": list(held.fields),
        "purpose": held.purpose,
        "seen_by": held.seen,
        "kept": held.kept,
    }


def _model(name: str) -> type[models.Model]:
    return apps.get_model("change_tracker", name)


def _is_day(field: Any) -> bool:
    return isinstance(field, models.DateField)


def _plain(value: Any) -> Any:
    """A value as JSON has it; a row as its key and what it is called."""
    if isinstance(value, models.Model):
        called = next((str(getattr(value, name)) for name in NAMES if hasattr(value, name)), "")
        if isinstance(value, get_user_model()):
            called = value.get_username()
        return {"id": value.pk, "name": called} if called else {"id": value.pk}
    if isinstance(value, FieldFile):
        return value.name
    if value is None or isinstance(value, int | float | str | dict | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
