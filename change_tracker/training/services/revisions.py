"""What a revision of a published plan changes: how its items are to be, against how they are."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from change_tracker.training.errors import LastItemError
from change_tracker.training.models import LearningActivity, PlanItem
from change_tracker.training.models.dues import check_due_rule

DUE_FIELDS = ("due_rule", "due_on", "due_days", "due_unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One item as it is to be; without an activity it is a new one, made of `new_activity`."""

    activity: LearningActivity | None
    is_required: bool = True
    due_rule: str = ""
    due_on: date | None = None
    due_days: int | None = None
    due_unit: str = "days"
    new_activity: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, item: PlanItem) -> "Wanted":
        """An item as it is now."""
        return cls(activity=item.activity, **columns_of(item))

    @property
    def columns(self) -> dict[str, Any]:
        """What of it stands in the columns of an item."""
        return columns_of(self)

    @property
    def key(self) -> str:
        """It, and nothing else, in a digest."""
        activity = self.activity.pk if self.activity else _said(self.new_activity)
        return f"{activity};{_said(self.columns)}"


def _said(values: dict[str, Any]) -> list[tuple[str, str]]:
    """The same for a choice and its stored value."""
    return sorted((name, str(value)) for name, value in values.items())


def columns_of(item: "PlanItem | Wanted") -> dict[str, Any]:
    """What a revision can change of an item beside its place."""
    return {"is_required": item.is_required} | due_of(item)


def due_of(item: "PlanItem | Wanted") -> dict[str, Any]:
    """The due rule of an item by its columns."""
    return {name: getattr(item, name) for name in DUE_FIELDS}


def without(items: Iterable[PlanItem], item: PlanItem) -> list[Wanted]:
    """The items without one of them."""
    return [Wanted.of(each) for each in items if each.pk != item.pk]


def changed(items: Iterable[PlanItem], item: PlanItem, **values: Any) -> list[Wanted]:
    """The items with other values of one of them."""
    return [
        replace(Wanted.of(each), **values) if each.pk == item.pk else Wanted.of(each)
        for each in items
    ]


def shifted(items: Iterable[PlanItem], item: PlanItem, *, by: int) -> list[Wanted]:
    """The items with one of them `by` places nearer to the end; at either end it stays."""
    order = list(items)
    place = next(at for at, each in enumerate(order) if each.pk == item.pk)
    order.insert(max(place + by, 0), order.pop(place))
    return [Wanted.of(each) for each in order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Items by what happens to them; those of `changed` with what they are to be."""

    added: tuple[Wanted, ...]
    removed: tuple[PlanItem, ...]
    changed: tuple[tuple[PlanItem, Wanted], ...]
    now_required: tuple[PlanItem, ...]
    now_optional: tuple[PlanItem, ...]
    redated: tuple[PlanItem, ...]
    is_reordered: bool

    def is_nothing(self) -> bool:
        """Whether everything is as wanted."""
        return not (self.added or self.removed or self.changed or self.is_reordered)


def compare(items: Sequence[PlanItem], wanted: Sequence[Wanted]) -> Difference:
    """How `wanted` differs from the items in force.

    Raises ValidationError where it cannot be, and LastItemError where nothing is left.
    """
    activities = [each.activity.pk for each in wanted if each.activity]
    if not wanted:
        raise LastItemError
    if len(set(activities)) < len(activities):
        raise ValidationError({"items": _("An activity stands in a plan only once.")})
    for each in wanted:
        check_due_rule(each.due_rule, each.due_on, each.due_days)
    known = {item.activity_id: item for item in items}
    pairs = [
        (known[each.activity.pk], each)
        for each in wanted
        if each.activity and each.activity.pk in known
    ]
    changed_pairs = [(item, to) for item, to in pairs if columns_of(item) != to.columns]
    order = [item.pk for item, _to in pairs]
    return Difference(
        added=tuple(each for each in wanted if not each.activity or each.activity.pk not in known),
        removed=tuple(item for item in items if item.activity_id not in activities),
        changed=tuple(changed_pairs),
        now_required=tuple(
            item for item, to in changed_pairs if to.is_required and not item.is_required
        ),
        now_optional=tuple(
            item for item, to in changed_pairs if item.is_required and not to.is_required
        ),
        redated=tuple(item for item, to in changed_pairs if due_of(item) != due_of(to)),
        is_reordered=order != [item.pk for item in items if item.pk in set(order)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One item and how many people a change of it reaches; `kept`: have it done, and keep that."""

    title: str
    people: int
    is_required: bool = True
    first_due_on: date | None = None
    kept: int = 0

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Changed":
        """It again, as `Revision.plain` has kept it."""
        day = plain["first_due_on"]
        return cls(**{**plain, "first_due_on": day and date.fromisoformat(day)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a revision does, or did: people by what happens to them."""

    revision: int
    #: those with work ahead
    people: int = 0
    added: tuple[Changed, ...] = ()
    removed: tuple[Changed, ...] = ()
    now_required: tuple[Changed, ...] = ()
    now_optional: tuple[Changed, ...] = ()
    redated: tuple[Changed, ...] = ()
    is_reordered: bool = False
    #: who is done with the plan by it
    finishing: int = 0
    #: who had finished, and lacks something of it; `reopened` of them have it open again
    finished: int = 0
    reopened: int = 0
    digest: str = ""

    def is_nothing(self) -> bool:
        """Whether there is nothing to change."""
        parts = (self.added, self.removed, self.now_required, self.now_optional, self.redated)
        return not (any(parts) or self.is_reordered)

    def plain(self) -> dict[str, Any]:
        """It as plain data, to be shown later."""
        kept: dict[str, Any] = json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder))
        return kept

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Revision":
        """It again."""
        items = ("added", "removed", "now_required", "now_optional", "redated")
        named = {name: tuple(Changed.of(each) for each in plain[name]) for name in items}
        return cls(**{**plain, **named})


def digest_of(revision: Revision, version: int, wanted: Iterable[Wanted]) -> str:
    """Tells what was shown from anything else, whatever becomes of those who had finished."""
    shown = asdict(replace(revision, reopened=0, digest=""))
    keys = [each.key for each in wanted]
    return sha256(f"{version};{keys};{shown}".encode()).hexdigest()
