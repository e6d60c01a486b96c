"""Playbooks as a section of catalogue packs."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from change_tracker.playbooks.models import Playbook, PlaybookAction, PlaybookItem
from change_tracker.playbooks.models.templates import COMPLETION_RULES
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.resistance.points import Part, Section
from change_tracker.training.models import DueRule, DueUnit
from change_tracker.training.models.dues import MAX_DUE_DAYS, check_due_rule

Entry = Mapping[str, Any]

MAX_MINUTES = 10_000
#: A template knows no dates of its own.
DUE_RULES = [rule for rule in DueRule.values if rule != DueRule.FIXED]
DUE = {"due_rule": DUE_RULES, "due_unit": list(DueUnit.values)}
DUE_DAYS = {"due_days": (0, MAX_DUE_DAYS)}


def _check_due(entry: Entry) -> Iterator[tuple[str, str]]:
    days = entry.get("due_days")
    rule = entry.get("due_rule", "")
    if rule not in DUE_RULES or not isinstance(days, int | None):
        return  # said already
    try:
        check_due_rule(rule, None, days)
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            yield field, messages[0]


def _check_action(entry: Entry) -> Iterator[tuple[str, str]]:
    if bool(entry.get("strategy")) == bool(entry.get("action_kind")):
        yield "action_kind", _("Name a strategy or a kind of action, not both.")
    if entry.get("answers", []) == []:
        yield "answers", _("This has to be a list with at least one reference.")


def _check_playbook(entry: Entry) -> Iterator[tuple[str, str]]:
    if bool(entry.get("items")) != bool(entry.get("plan_title")):
        yield "plan_title", _("A training plan has a title and activities, or there is none.")
    yield from _check_due(entry)


ACTIONS = Section(
    key="actions",
    model=PlaybookAction,
    choices={"action_kind": list(ActionKind.values)},
    texts=("description",),
    parents={"strategy": "strategies"},
    optional=("action_kind", "strategy"),
    numbers={"days": (-MAX_DUE_DAYS, MAX_DUE_DAYS), "minutes": (0, MAX_MINUTES)},
    many={"answers": "sources"},
    check=_check_action,
)
ITEMS = Section(
    key="items",
    model=PlaybookItem,
    choices={"completion_rule": COMPLETION_RULES} | DUE,
    texts=("body", "url"),
    parents={"kind": "activity_kinds"},
    optional=("completion_rule", "kind", *DUE),
    numbers={"minutes": (0, MAX_MINUTES)} | DUE_DAYS,
    flags=("is_required",),
    many={"topics": "techniques"},
    check=_check_due,
)
PLAYBOOKS = Section(
    key="playbooks",
    model=Playbook,
    choices=DUE,
    texts=("summary", "plan_title"),
    optional=tuple(DUE),
    numbers=DUE_DAYS,
    flags=("plan_is_sequential",),
    parts=(
        Part(section=ACTIONS, owner="playbook", related_name="actions"),
        Part(section=ITEMS, owner="playbook", related_name="items"),
    ),
    check=_check_playbook,
)
