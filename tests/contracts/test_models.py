"""What holds for every model and every name that the database keeps."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from change_tracker.core.access import VisibleQuerySet
from change_tracker.core.models import Versioned
from change_tracker.core.states import Transitions
from tests.contracts.source import PACKAGE

#: Rows that are only reached through a parent, which has the doorway.
BEHIND_A_PARENT = {
    "AudienceClause": "Audience",
    "EnrolmentPeriod": "Enrolment",
    "EnrolmentReason": "Enrolment",
    "IdempotencyKey": "read by the caller's next request only",
    "Heartbeat": "no person and no initiative in it",
    "PlaybookStep": "PlaybookUse",
    "Recommendation": "SourceType",
    "ReportingLine": "Person",
    "TechniqueSuggestion": "SourceType",
}


def tables() -> list[Transitions[Any]]:
    """Every transition table, also of slices that nobody has imported yet."""
    for path in PACKAGE.glob("*/states.py"):
        import_module(f"change_tracker.{path.parent.name}.states")
    return Transitions.all


def ours() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_app_config("change_tracker").get_models(include_auto_created=False)
        if model.__module__.startswith("change_tracker.")
    ]


def test_every_model_has_a_doorway_or_a_parent_with_one() -> None:
    without = {
        model.__name__
        for model in ours()
        if not isinstance(model._default_manager.all(), VisibleQuerySet)
    }

    assert without == set(BEHIND_A_PARENT)


def test_every_doorway_says_who_reads() -> None:
    silent = [
        model.__name__
        for model in ours()
        if isinstance(rows := model._default_manager.all(), VisibleQuerySet)
        and type(rows).readable is VisibleQuerySet.readable
    ]

    assert silent == []


def test_names_in_the_database_are_recognisable_and_unique() -> None:
    names = [
        entry.name for model in ours() for entry in [*model._meta.constraints, *model._meta.indexes]
    ]

    assert [name for name in names if not name.startswith("ct_")] == []
    assert len(names) == len(set(names))
    assert [name for name in names if len(name) > 30] == []


def test_no_constraint_depends_on_what_mariadb_leaves_out() -> None:
    conditional = [
        constraint.name
        for model in ours()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and (constraint.condition is not None or constraint.expressions)
    ]

    assert conditional == []


def test_every_state_is_guarded_by_the_database_and_by_a_table() -> None:
    with_state = {model for model in ours() if any(f.name == "state" for f in _columns(model))}
    moved = {table.model for table in tables()}
    checked = {
        model
        for model in with_state
        if any(
            isinstance(each, models.CheckConstraint) and each.name.endswith("_state")
            for each in model._meta.constraints
        )
    }

    assert with_state - checked == set()
    # A sync is written once; a digest is claimed by the compare-and-set of its outbox.
    assert {model.__name__ for model in with_state - moved} <= {"PeopleSync", "Digest", "Reminder"}


def test_what_the_table_names_is_what_the_column_takes() -> None:
    for table in tables():
        field: Any = table.model._meta.get_field("state")
        known = {value for value, _label in field.choices}
        assert {move.source for move in table.moves} | {
            move.target for move in table.moves
        } <= known


def test_people_read_translated_names() -> None:
    plain = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in _columns(model)
        if not isinstance(field.verbose_name, Promise)
        and field.name not in {"id", "loaded_digest"}
        and not (field.auto_created or isinstance(field, models.AutoField))
    ]
    unnamed = [
        model.__name__
        for model in ours()
        if not isinstance(model._meta.verbose_name, Promise)
        or not isinstance(model._meta.verbose_name_plural, Promise)
    ]

    assert (plain, unnamed) == ([], [])


def test_user_rows_never_take_history_with_them() -> None:
    from django.conf import settings

    user = apps.get_model(settings.AUTH_USER_MODEL)
    cascading = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in _columns(model)
        if isinstance(field, models.ForeignKey)
        and field.related_model is user
        and field.remote_field.on_delete is not models.SET_NULL
    ]

    assert cascading == []


def test_rows_with_an_etag_are_those_that_callers_change() -> None:
    abstract = {model.__name__ for model in ours() if model._meta.abstract}
    versioned = {model.__name__ for model in ours() if issubclass(model, Versioned)}

    assert abstract == set()
    assert not versioned & {"AuditEvent", "Attempt", "Digest", "Reminder", "ResistanceReview"}


def _columns(model: type[models.Model]) -> Iterator[Any]:
    return (
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and not field.auto_created
    )
