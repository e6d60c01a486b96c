"""Replacing a person by a pseudonym, field by field as the inventory of personal data says.

Rows stay, so that every count is what it was; what leads to the person leads to the pseudonym. What
somebody did when (the dates of their training) stays with it: it is what the counts are made of.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.inventory import Held, about, inventory
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.people.points import PROOF
from change_tracker.people.services.exporting import BATCH, texts_of
from change_tracker.people.services.mentions import Mention
from change_tracker.people.services.reporting_lines import hold_chains, rebuild_reporting_lines


class StillHereError(ChangeTrackerError):
    """The person works here."""

    code = "still_here"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This person works here. Enter their last day first; the next import would bring "
                "them back."
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What erasing did, or would do: rows by model, field and what became of it.

    `pseudonym` is the only thing that leads from the proof of their training to the person: whoever
    has to keep that proof keeps the pseudonym with the person's file. `to_read` are texts that
    people typed and that have the name in them, by model and field: nobody changes those but
    people. `kept` counts the rows that prove mandatory training.
    """

    pseudonym: str
    changes: Mapping[tuple[str, str, str], int]
    to_read: Mapping[tuple[str, str], int]
    kept: int


def erase_person(
    person: Person,
    *,
    ground: str,
    actor: User | None,
    today: date,
    now: datetime,
    dry_run: bool = False,
) -> Erased:
    """Replace `person` by a pseudonym, in one transaction; a dry run does it and takes it back.

    `ground` is why the proof of mandatory training is kept; it stands in the history. Raises
    StillHereError for somebody who has not left. A few queries for each model.
    """
    with transaction.atomic():
        hold_chains([person.pk])
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.ends_on is None or person.ends_on >= today:
            raise StillHereError
        erased = _Erasing(person).run(today)
        audit.record(obj=person, verb="erased", actor=actor, now=now, reason=ground)
        transaction.set_rollback(dry_run)
    return erased


class _Erasing:
    """One person, and what has been done so far."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.mention = Mention(person)
        self.pseudonym = f"erased-{uuid4().hex[:12]}"
        self.changes: Counter[tuple[str, str, str]] = Counter()
        self.proof: dict[str, Any] = dict(find(person.pk) for find in PROOF)

    def run(self, today: date) -> Erased:
        """History first, as long as it is known whose rows are whose; the person last."""
        to_read = dict(self._to_read())
        self._history()
        personal = [held for held in inventory() if not held.form]
        for held in sorted(personal, key=lambda each: each.model == "Person"):
            self._entry(held)
        Person.objects.filter(pk=self.person.pk).update(version=F("version") + 1)
        rebuild_reporting_lines(today=today, around=[self.person.pk])
        kept = sum(
            _model(name)._default_manager.filter(pk__in=rows).count()
            for name, rows in self.proof.items()
        )
        return Erased(
            pseudonym=self.pseudonym,
            changes={key: count for key, count in self.changes.items() if count},
            to_read=to_read,
            kept=kept,
        )

    def _entry(self, held: Held) -> None:
        model = _model(held.model)
        if held.erased == "deleted":
            self._note(held.model, "*", held.erased, self._rows(model).delete()[0])
        elif held.erased == "mentions":
            for name in held.fields:
                self._mentions(model, name)
        elif held.erased in {"replaced", "emptied", "unless_proof"}:
            for name in held.fields:
                self._field(model, name, held.erased)

    def _field(self, model: type[models.Model], name: str, how: str) -> None:
        value = self.pseudonym if how == "replaced" else _empty(model, name)
        rows = self._rows(model).exclude(**_is(model, name, value))
        if how == "unless_proof" and model.__name__ in self.proof:
            rows = rows.exclude(pk__in=self.proof[model.__name__])
        self._forget_files(model, name, rows)
        self._note(model.__name__, name, how, rows.update(**{name: value}))

    def _forget_files(self, model: type[models.Model], name: str, rows: Any) -> None:
        """The files themselves, once it is certain that nothing refers to them."""
        field = model._meta.get_field(name)
        if isinstance(field, models.FileField):
            for stored in list(rows.values_list(name, flat=True)):
                transaction.on_commit(partial(field.storage.delete, stored))

    def _mentions(self, model: type[models.Model], name: str) -> None:
        for pk, value in texts_of(model, name):
            if self.mention.is_in(value):
                self._mention(model, name, pk)

    def _mention(self, model: type[models.Model], name: str, pk: Any) -> None:
        """In one row, as it is when nobody else changes it any more."""
        row = model._default_manager.select_for_update().filter(pk=pk)
        value = row.values_list(name, flat=True).first()
        if value and self.mention.is_in(value):
            row.update(**{name: self.mention.replaced(value, self.pseudonym)})
            self._note(model.__name__, name, "mentions", 1)

    def _history(self) -> None:
        """Who did it, by the pseudonym; of their own rows also what was said and changed to."""
        for name in about():
            keys = [str(pk) for pk in self._rows(_model(name)).values_list("pk", flat=True)]
            kind = _model(name)._meta.model_name or ""
            for start in range(0, len(keys), BATCH):
                events = AuditEvent.objects.filter(
                    object_type=kind, object_id__in=keys[start : start + BATCH]
                )
                said = events.forget_words(_words(name))
                self._note("AuditEvent", "reason, changes", "emptied", said)
        if self.person.user_id is not None:
            done = AuditEvent.objects.filter(actor_user=self.person.user_id)
            count = done.replace_actor(self.pseudonym)
            self._note("AuditEvent", "actor_user, actor_label", "replaced", count)

    def _to_read(self) -> Iterator[tuple[tuple[str, str], int]]:
        """Words that people typed, with the name in them."""
        for held in inventory():
            if held.form != "free_text" or held.model == "AuditEvent":
                continue
            for name in held.fields:
                rows = _model(held.model)._default_manager
                found = rows.filter(**{f"{name}__icontains": self.person.display_name}).count()
                if found:
                    yield (held.model, name), found

    def _rows(self, model: type[models.Model]) -> Any:
        return model._default_manager.filter(**{about()[model.__name__]: self.person.pk})

    def _note(self, model: str, name: str, how: str, count: int) -> None:
        self.changes[model, name, how] += count


def _model(name: str) -> type[models.Model]:
    return apps.get_model("change_tracker", name)


def _words(name: str) -> set[str]:
    """The fields of a model whose values are not kept."""
    gone = {"replaced", "emptied", "unless_proof", "mentions"}
    return {
        field
        for held in inventory()
        for field in held.fields
        if held.model == name and held.erased in gone
    }


def _empty(model: type[models.Model], name: str) -> Any:
    field: Any = model._meta.get_field(name)
    return None if field.null else ""


def _is(model: type[models.Model], name: str, value: Any) -> dict[str, Any]:
    """The condition on rows that are so already."""
    return {f"{name}__isnull": True} if value is None else {name: value}
