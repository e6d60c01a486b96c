"""What changes of people mean for training beside leaving and moving: coming back, new managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.access import User
from change_tracker.people.points import PeopleChange
from change_tracker.training.models import (
    EnrolmentPeriod,
    ExtensionRequest,
    ExternalLearning,
    Submission,
)
from change_tracker.training.services.leaving import chunks


class RequestsGoToTheManager:
    """What waits for a manager's answer waits for the new one."""

    def preview(self, change: PeopleChange) -> list[str | Promise]:
        """One sentence on new managers, and one on people without; three queries a thousand."""
        said: list[str | Promise] = []
        if change.reassigned:
            said.append(_new_manager_words(len(change.reassigned), _waiting_of(change.reassigned)))
        if change.unmanaged:
            said.append(_no_manager_words(len(change.unmanaged), _waiting_of(change.unmanaged)))
        return said

    def apply(self, change: PeopleChange, *, actor: User | None, now: datetime) -> None:
        """Nothing: who answers is read from who reports to whom."""


def what_comes_back(change: PeopleChange) -> list[str]:
    """How many have come back, and to what training; two queries for each thousand."""
    if not change.returners:
        return []
    unfinished = finished = 0
    for ids in chunks(change.returners):
        again = _in_force_again(ids, change)
        unfinished += again.filter(enrolment__state="active").count()
        finished += again.filter(enrolment__state="completed").count()
    return [_coming_back_words(len(change.returners), unfinished, finished)]


def _in_force_again(people: Sequence[int], change: PeopleChange) -> Any:
    """Enrolments that are in force from this day on, and were so before."""
    before = EnrolmentPeriod.objects.filter(enrolment=OuterRef("enrolment"), is_open=None)
    back = EnrolmentPeriod.objects.open().filter(enrolment__person__in=people)
    return back.filter(Exists(before), from_on=change.today)


def _waiting_of(people: Sequence[int]) -> int:
    """How many requests, hand-ins and reports of `people` wait for an answer."""
    asked = (ExtensionRequest.objects, Submission.objects)
    return sum(
        sum(rows.waiting().filter(record__person__in=ids).count() for rows in asked)
        + ExternalLearning.objects.waiting().filter(person__in=ids).count()
        for ids in chunks(people)
    )


def _coming_back_words(people: int, unfinished: int, finished: int) -> str:
    back = ngettext("%(n)s comes back", "%(n)s come back", people) % {"n": people}
    if not unfinished and not finished:
        return _("%(who)s: no training is reopened.") % {"who": back}
    reopened = ngettext(
        "%(n)s plan of a person is reopened", "%(n)s plans of people are reopened", unfinished
    ) % {"n": unfinished}
    counts = ngettext(
        "%(n)s finished one counts again", "%(n)s finished ones count again", finished
    ) % {"n": finished}
    return _("%(who)s: %(reopened)s, %(counts)s.") % {
        "who": back,
        "reopened": reopened,
        "counts": counts,
    }


def _new_manager_words(people: int, waiting: int) -> str:
    who = ngettext("%(n)s gets another manager", "%(n)s get another manager", people) % {
        "n": people
    }
    go = ngettext(
        "%(n)s request goes to the new one", "%(n)s requests go to the new one", waiting
    ) % {"n": waiting}
    return _("%(who)s: %(what)s.") % {"who": who, "what": go}


def _no_manager_words(people: int, waiting: int) -> str:
    who = ngettext("%(n)s has no manager any more", "%(n)s have no manager any more", people) % {
        "n": people
    }
    wait = ngettext(
        "%(n)s request waits for leads and human resources",
        "%(n)s requests wait for leads and human resources",
        waiting,
    ) % {"n": waiting}
    return _("%(who)s: %(what)s.") % {"who": who, "what": wait}
