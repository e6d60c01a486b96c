"""Editing the catalogue of a site by hand; the loader then leaves those entries alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError, StaleRowError
from change_tracker.core.services import change_row, create_row
from change_tracker.resistance.models import Recommendation, SourceType, StrategyType


class NoStrategyError(ChangeTrackerError):
    """A kind of resistance has to have at least one answer."""

    code = "no_strategy"

    def __init__(self) -> None:
        super().__init__(_("Recommend at least one strategy."))


@dataclass(frozen=True, slots=True)
class Recommended:
    """A strategy to recommend, and on which basis."""

    strategy: StrategyType
    basis: str


def create_source_type(
    *, recommendations: Iterable[Recommended], actor: User | None, now: datetime, **values: Any
) -> SourceType:
    """Add a kind of resistance with its answers. Raises NoStrategyError."""
    wanted = _by_strategy(recommendations)
    with transaction.atomic():
        row = create_row(SourceType, actor=actor, now=now, **values)
        _write(row, wanted)
    return row


def change_source_type(
    row: SourceType,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    recommendations: Iterable[Recommended] | None = None,
    **changes: Any,
) -> SourceType:
    """Change a kind of resistance; `recommendations` replaces its answers, None keeps them.

    Raises NoStrategyError, StaleRowError.
    """
    with transaction.atomic():
        before = row.version
        row = change_row(row, actor=actor, now=now, expected_version=expected_version, **changes)
        if recommendations is None:
            return row
        wanted = _by_strategy(recommendations)
        if wanted == dict(row.recommendations.values_list("strategy", "basis")):
            return row
        if row.version == before:
            _raise_version(row, expected_version)
        row.recommendations.all().delete()
        _write(row, wanted)
        audit.record(
            obj=row,
            verb="changed",
            actor=actor,
            now=now,
            changes={"recommendations": sorted(wanted)},
        )
    return row


def _by_strategy(recommendations: Iterable[Recommended]) -> dict[int, str]:
    wanted = {each.strategy.pk: each.basis for each in recommendations}
    if not wanted:
        raise NoStrategyError
    return wanted


def _write(row: SourceType, wanted: Mapping[int, str]) -> None:
    Recommendation.objects.bulk_create(
        Recommendation(source_type=row, strategy_id=strategy, basis=basis)
        for strategy, basis in wanted.items()
    )


def _raise_version(row: SourceType, expected_version: int | None) -> None:
    expected = row.version if expected_version is None else expected_version
    same = SourceType.objects.filter(pk=row.pk, version=expected)
    if same.update(version=F("version") + 1) != 1:
        raise StaleRowError
    row.refresh_from_db(fields=["version"])
