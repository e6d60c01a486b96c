"""Playbooks as a section of catalogue packs."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from change_tracker.mitigation.kinds import Channel
from change_tracker.playbooks.models import Playbook, PlaybookAction, PlaybookItem
from change_tracker.playbooks.models.templates import COMPLETION_RULES
from change_tracker.playbooks.own import MOST_TIMES, SENDER_LENGTH, foreign_in
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
    yield from _check_own(entry, entry.get("action_kind", ""))
    if entry.get("answers", []) == []:
        yield "answers", _("This has to be a list with at least one reference.")


def _check_own(entry: Entry, kind: str) -> Iterator[tuple[str, str]]:
    if kind in ActionKind.values:
        for name in foreign_in(kind, entry):
            words = _("Actions of the kind “%(kind)s” do not have this field.")
            yield name, words % {"kind": ActionKind(kind).label}
    sender = entry.get("sender", "")
    if isinstance(sender, str) and len(sender) > SENDER_LENGTH:
        yield "sender", _("It has more than %(number)d characters.") % {"number": SENDER_LENGTH}


def _check_kinds(pack: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Fields that the kind of a strategy does not have."""
    kinds = {entry["slug"]: entry["action_kind"] for entry in pack.get("strategies", [])}
    for playbook in pack.get("playbooks", []):
        for action in playbook.get("actions", []):
            for field, message in _check_own(action, kinds.get(action.get("strategy"), "")):
                place = f"actions/{action['slug']}/{field}"
                yield f"playbooks/{playbook['slug']}", place, message


def _check_playbook(entry: Entry) -> Iterator[tuple[str, str]]:
    if bool(entry.get("items")) != bool(entry.get("plan_title")):
        yield "plan_title", _("A training plan has a title and activities, or there is none.")
    yield from _check_due(entry)


ACTIONS = Section(
    key="actions",
    model=PlaybookAction,
    choices={"action_kind": list(ActionKind.values), "channel": list(Channel.values)},
    texts=("description", "sender", "message", "tried", "expected"),
    parents={"strategy": "strategies"},
    optional=("action_kind", "channel", "strategy"),
    numbers={
        "days": (-MAX_DUE_DAYS, MAX_DUE_DAYS),
        "minutes": (0, MAX_MINUTES),
        "times_planned": (1, MOST_TIMES),
        "again_days": (-MAX_DUE_DAYS, MAX_DUE_DAYS),
    },
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
    check_pack=_check_kinds,
)
