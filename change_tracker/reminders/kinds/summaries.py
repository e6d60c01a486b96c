"""What the summaries of managers and of leads have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from change_tracker.core.conf import get_conf
from change_tracker.core.text import short_date
from change_tracker.reminders.kinds.base import some_of
from change_tracker.reminders.kinds.ladder import names
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.rules import summary_day
from change_tracker.reminders.unreached import Unreached


@dataclass(frozen=True, slots=True)
class Said:
    """What the same mail says to its recipient in the same part: records, each with the revision of
    its date, and requests for more time. No summary says it again.
    """

    records: set[tuple[int, int]]
    requests: set[int]

    def names(self, record: Any) -> bool:
        """Whether the mail names that training already."""
        return (record.pk, record.due_revision) in self.records


def said_beside(reminders: Sequence[Reminder]) -> Said:
    """What the mail of these summaries says beside them. One query."""
    first = reminders[0]
    rows = Reminder.objects.planned().filter(
        Q(extension__isnull=False) | Q(record__isnull=False, to=first.to), digest=first.digest_id
    )
    found = rows.values_list("record", "due_revision", "extension")
    return Said(
        records={(record, revision) for record, revision, _request in found if record},
        requests={request for _record, _revision, request in found if request},
    )


def last_day(today: date) -> date | None:
    """The day whose summaries are the latest; None where the site has none."""
    return summary_day(today, get_conf().summary_days)


def late_lines(records: Sequence[Any], said: Said, today: date) -> tuple[str, ...]:
    """The people behind `records`, but for those whom the mail names already; of these, that."""
    new = [each for each in records if not said.names(each)]
    if len(new) == len(records) or not new:
        return names(new, today)
    return (*names(new, today), gettext("and those named above"))


def asked_lines(rows: Iterable[Any], today: date) -> tuple[str, ...]:
    """Who asks for more time, for what and until when."""
    words = gettext("%(person)s asks for more time: %(title)s, until %(wanted)s")
    return some_of(
        [
            words
            % {
                "person": each.record.person,
                "title": each.record.activity.title,
                "wanted": short_date(each.wanted_on, today),
            }
            for each in rows
        ]
    )


def unreached_lines(people: Iterable[Unreached]) -> tuple[str, ...]:
    """Whom nothing reaches, and why."""
    none = gettext("%(person)s: no address")
    shared = gettext("%(person)s: an address that others have as well")
    return some_of(
        [(shared if each.is_shared else none) % {"person": each.person} for each in people]
    )
