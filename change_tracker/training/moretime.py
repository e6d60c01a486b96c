"""More time, in words: where a granted date comes from, and what became of the last request."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from change_tracker.core.questions import lookup
from change_tracker.core.text import short_date
from change_tracker.training.models import ExtensionRequest, TrainingRecord

State = ExtensionRequest.State


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """Of one record: `granted` says where its date comes from, `last` what became of asking.

    `waiting_id` and `waiting_until` are those of a request that nobody answered yet, `ids` those of
    all there were.
    """

    granted: str = ""
    last: str = ""
    waiting_id: int | None = None
    waiting_until: date | None = None
    ids: tuple[int, ...] = ()


NONE = MoreTime()


def more_time_of(
    records: Iterable[TrainingRecord], today: date, among: Any = None
) -> dict[int, MoreTime]:
    """By record, where anybody asked or was given more time. One query.

    `among` are the requests that the reader may know of, for readers who know of the records
    without knowing of all requests.
    """
    known = {record.pk: record for record in records}
    keys = [*known]
    if not keys:
        return {}
    found: dict[int, list[ExtensionRequest]] = defaultdict(list)
    for row in _requests(records=keys) if among is None else _decided(among, keys):
        found[row.record_id].append(row)
    return {pk: _more_time(known[pk], requests, today) for pk, requests in found.items()}


@lookup
def _requests(*, records: Any) -> Any:
    return _decided(ExtensionRequest.objects.all(), records)


def _decided(requests: Any, records: Any) -> Any:
    return requests.filter(record__in=records).select_related("decided_by").order_by("pk")


def _more_time(record: TrainingRecord, requests: list[ExtensionRequest], today: date) -> MoreTime:
    last = requests[-1]
    granted = [each for each in requests if each.state == State.GRANTED]
    waits = last.state == State.REQUESTED
    return MoreTime(
        ids=tuple(each.pk for each in requests),
        granted=granted_words(granted[-1], today) if granted and record.is_extended else "",
        last=request_words(last, today) if record.is_open() else "",
        waiting_id=last.pk if waits else None,
        waiting_until=last.wanted_on if waits else None,
    )


def granted_words(request: ExtensionRequest, today: date) -> str:
    """Whose date it is, such as "Extended to Tue 5 May by Dan Cole: we are short of people."."""
    words = {
        "day": short_date(request.due_on, today) if request.due_on else "",
        "name": request.decided_by,
        "answer": request.answer,
    }
    if request.decided_by and request.answer:
        return gettext("Extended to %(day)s by %(name)s: %(answer)s") % words
    if request.decided_by:
        return gettext("Extended to %(day)s by %(name)s.") % words
    if request.answer:
        return gettext("Extended to %(day)s: %(answer)s") % words
    return gettext("Extended to %(day)s.") % words


def time_note(*, is_extended: bool) -> str:
    """Beside a date that somebody moved, where there is no room for who and why."""
    return gettext("More time given") if is_extended else ""


def request_words(request: ExtensionRequest, today: date) -> str:
    """What became of a request, as far as it is not plain from the date."""
    words = {
        "day": short_date(request.wanted_on, today),
        "name": request.decided_by,
        "answer": request.answer,
    }
    if request.state == State.REQUESTED:
        return gettext("More time until %(day)s is asked for, and waits for an answer.") % words
    if request.state == State.REFUSED and request.decided_by:
        return gettext("%(name)s said no to more time until %(day)s: %(answer)s") % words
    if request.state == State.REFUSED:
        return gettext("More time until %(day)s was refused: %(answer)s") % words
    return ""


def refusal_to_ask(record: TrainingRecord, more: MoreTime) -> str:
    """Why nobody can ask for more time for this; empty where the person can."""
    if not record.is_open():
        return gettext("This training is no longer asked for, so there is nothing to do.")
    if record.due_on is None:
        return gettext("This training has no due date, so there is time enough.")
    return more.last if more.waiting_id else ""
