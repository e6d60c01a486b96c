"""One person's plan in words: each item, how it stands, what happened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.chips import Chip
from change_tracker.training.decided import left_words
from change_tracker.training.duewords import due_rule_words, moved_words, opens_after
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.moretime import NONE, MoreTime, more_time_of
from change_tracker.training.services import Decision, is_oneself
from change_tracker.training.services.turns import blockers
from change_tracker.training.wording import late_chip, working_days_late

State = TrainingRecord.State
#: What became of a request for more time, as history says it.
HAPPENED = {
    "granted": _("More time given"),
    "refused": _("More time refused"),
    "withdrawn": _("No more time asked for"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of one person.

    `because` says where its date comes from, `decided` who ended it and why.
    """

    record: TrainingRecord
    chip: Chip
    because: str
    more_time: MoreTime = NONE
    decided: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of history; `about` names the item, where it is about one."""

    at: datetime
    who: str
    about: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """A decision about the whole plan of one person."""

    decision: str
    words: str | Promise


def verdict(enrolment: Enrolment, records: Sequence[TrainingRecord], today: date) -> str:
    """How the person stands, in one sentence."""
    if enrolment.state == Enrolment.State.WITHDRAWN:
        return gettext("No longer in this plan.")
    last = {record.item_id: record for record in sorted(records, key=lambda each: each.attempt)}
    counting = [record for record in last.values() if record.left_on is None]
    done = len([record for record in counting if record.state == State.COMPLETED])
    if not counting:
        return gettext("Exempt from everything in this plan.")
    said = ngettext(
        "%(done)s of %(all)s activity is done.",
        "%(done)s of %(all)s activities are done.",
        len(counting),
    ) % {"done": done, "all": len(counting)}
    late = [record for record in counting if record.days_late(today)]
    if not late:
        return said
    return f"{said} {_late(len(late))}"


def _late(count: int) -> str:
    return ngettext("%(count)s is late.", "%(count)s are late.", count) % {"count": count}


def lines_of(records: Sequence[Any], today: date, requests: Any) -> list[Line]:
    """Each item as somebody reads it who may know of `requests` for more time. One query.

    `records` are in the order of the plan, with `holidays` (see `holidays_in`).
    """
    more, waits = more_time_of(records, today, requests), blockers(records)
    return [
        _line(record, more.get(record.pk, NONE), waits.get(record.pk, ""), today)
        for record in records
    ]


def _line(record: Any, more: MoreTime, waits_for: str, today: date) -> Line:
    return Line(
        record=record,
        chip=Chip(opens_after(waits_for)) if record.is_locked() else _chip(record, today),
        because=more.granted or _by_rule(record, today),
        more_time=more,
        decided=left_words(record, today),
    )


def _by_rule(record: TrainingRecord, today: date) -> str:
    """The rule, where it is more than the date itself, and why the date is another one."""
    said = str(capfirst(due_rule_words(record, today))) if record.due_days is not None else ""
    moved = moved_words(record.due_moved)
    return f"{said}. {moved}" if said and moved else said or moved


def _chip(record: Any, today: date) -> Chip:
    if record.state == State.COMPLETED:
        return Chip(gettext("Done"), "done")
    if record.days_late(today):
        return late_chip(working_days_late(record.due_on, today, record.holidays))
    return Chip(str(capfirst(record.get_state_display())))


def steps(enrolment: Enrolment, records: Iterable[TrainingRecord]) -> list[Step]:
    """What may be decided about the whole plan of this person now."""
    if enrolment.state != Enrolment.State.ACTIVE:
        return []
    records = list(records)
    said = [Step(Decision.WITHDRAW, gettext("Withdraw from the plan"))]
    if any(record.is_open() and record.item.is_required for record in records):
        said.insert(0, Step(Decision.EXEMPT, gettext("Exempt from all that is open")))
    if any(record.is_open() and record.due_on for record in records):
        said.insert(0, Step(Decision.EXTEND, gettext("Give more time")))
    return said


def may_return(enrolment: Enrolment) -> bool:
    """Whether there is a way back into the plan, as far as states say."""
    plan = enrolment.plan
    is_given = plan.state == plan.State.PUBLISHED and not plan.initiative.has_ended
    return is_given and enrolment.state == Enrolment.State.WITHDRAWN


def refusal_to_exempt(record: TrainingRecord, actor: User) -> str:
    """Why `actor` cannot exempt the person from this; empty where they can."""
    if is_oneself(record.person, actor):
        return gettext("Nobody exempts themselves; ask another lead or human resources.")
    if record.is_open():
        return ""
    state = {"state": record.get_state_display()}
    return gettext("There is nothing to exempt from: it is %(state)s.") % state


def refusal_to_revoke(record: TrainingRecord, actor: User) -> str:
    """Why `actor` cannot take this completion back; empty where they can."""
    if is_oneself(record.person, actor):
        return gettext(
            "Nobody takes their own completion back this way; ask another lead or human resources."
        )
    if record.state == State.COMPLETED:
        return ""
    return gettext("This is not done, so there is nothing to take back.")


def events_about(enrolment: Enrolment, lines: Iterable[Line]) -> Q:
    """The condition on a line of history: about this enrolment, its records or requests."""
    keys = _titles(lines)
    found = Q(object_type="enrolment", object_id=str(enrolment.pk))
    for kind in ("trainingrecord", "extensionrequest"):
        ids = [pk for its_kind, pk in keys if its_kind == kind]
        found |= Q(object_type=kind, object_id__in=ids)
    return found


def history(events: Iterable[Any], lines: Iterable[Line]) -> list[Happening]:
    """What happened, in words, of `events` with names; what is no move is in the audit trail."""
    return list(_happenings(events, _titles(lines)))


def _titles(lines: Iterable[Line]) -> dict[tuple[str, str], str]:
    """What records and their requests for more time are about, by kind and id."""
    titles = {}
    for line in lines:
        titles["trainingrecord", str(line.record.pk)] = line.record.activity.title
        for pk in line.more_time.ids:
            titles["extensionrequest", str(pk)] = line.record.activity.title
    return titles


def _happenings(events: Iterable[Any], titles: dict[tuple[str, str], str]) -> Iterator[Happening]:
    words: dict[str, Any] = {
        "enrolment": dict(Enrolment.State.choices),
        "trainingrecord": dict(State.choices),
        "extensionrequest": HAPPENED,
    }
    for event in events:
        said = words[event.object_type].get(event.to_state)
        if said:
            yield Happening(
                at=timezone.localtime(event.at),
                who=event.who or event.actor_label,
                about=titles.get((event.object_type, event.object_id), ""),
                words=str(capfirst(said)),
                reason=event.reason,
            )
