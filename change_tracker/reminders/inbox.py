"""The inbox: what somebody was sent, by whichever way, to be read here as well."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import capfirst

from change_tracker.core.access import User
from change_tracker.reminders.models import Digest, Reminder

#: What is read of the things that lines of the inbox are about.
SUBJECTS = (
    *("record__activity", "enrolment__plan", "extension", "session__activity", "plan__initiative"),
    *("action__initiative", "source__initiative", "objective__initiative", "feedback__initiative"),
    "summary",
)


def inbox_of(user: User) -> Any:
    """What `user` was sent, the latest first, each with what it was about. Two queries."""
    reminders = Reminder.objects.filter(state=Reminder.State.SENT).select_related(*SUBJECTS)
    told = Prefetch("reminders", queryset=reminders.order_by("pk"), to_attr="told")
    return Digest.objects.inbox(user).prefetch_related(told)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a message was about: in words, what it is called, and where it leads.

    What people say stands on its own page alone, as with the mail: such a line has no title.
    """

    words: str
    title: str
    url: str


def lines_of(digest: Any) -> list[Line]:
    """What a message of the inbox was about, each thing once. No query."""
    lines = (Line(_words(each), *_TO[each.subject_name](each)) for each in digest.told)
    return list(dict.fromkeys(lines))


def _words(reminder: Reminder) -> str:
    return str(capfirst(reminder.get_kind_display()))


def _url(name: str, *keys: Any) -> str:
    return reverse(f"change_tracker:{name}", args=keys)


def _of_request(told: Any) -> tuple[str, str]:
    if told.kind == Reminder.Kind.TIME_ASKED:
        return "", _url("time-request", told.extension_id)
    return "", _url("item", told.extension.record_id)


def _of_feedback(told: Any) -> tuple[str, str]:
    if told.kind == Reminder.Kind.CONCERN_RAISED:
        return "", _url("concerns", told.feedback.initiative.slug)
    return "", _url("say-item", told.feedback_id)


def _of_initiative(told: Any) -> tuple[str, str]:
    slug = told.summary.slug
    if told.kind == Reminder.Kind.WORDS_TEST:
        return told.summary.title, _url("mail-words", slug)
    return told.summary.title, _url("gaps", slug)


def _page(name: str, row: Any) -> str:
    return _url(name, row.initiative.slug, row.pk)


#: Title and address by what a reminder is about.
_TO: dict[str, Callable[[Any], tuple[str, str]]] = {
    "record": lambda told: (told.record.activity.title, _url("item", told.record_id)),
    "enrolment": lambda told: (told.enrolment.plan.title, _url("my-training")),
    "extension": _of_request,
    "session": lambda told: (told.session.activity.title, _url("my-training")),
    "plan": lambda told: (told.plan.title, _page("plan", told.plan)),
    "action": lambda told: (told.action.title, _page("action", told.action)),
    "source": lambda told: ("", _page("register-entry", told.source)),
    "objective": lambda told: (told.objective.title, _page("objective", told.objective)),
    "feedback": _of_feedback,
    "team": lambda told: ("", _url("team")),
    "summary": _of_initiative,
}


def unread_count(user: User) -> int:
    """How much of it was not read yet. One query."""
    return Digest.objects.inbox(user).unread().count()


def unread_number(user: User) -> Combinable:
    """The same as an expression, for a query about something else."""
    of_recipient = Digest.objects.inbox(user).unread().order_by().values("recipient__user")
    return Coalesce(Subquery(of_recipient.annotate(number=Count("pk")).values("number")), 0)


def mark_read(user: User, *, now: datetime, among: Any = None) -> int:
    """Note that `user` has read it, or what is `among` it; returns how many were new."""
    rows = Digest.objects.inbox(user).unread().order_by()
    return int((rows if among is None else rows.filter(pk__in=among)).update(read_at=now))
