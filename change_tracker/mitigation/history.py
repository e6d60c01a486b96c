"""What happened to an action, from the audit trail, in words."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.models import AuditEvent
from change_tracker.mitigation.blocks import ANSWERED
from change_tracker.mitigation.hill import hill_words
from change_tracker.mitigation.models import JUDGED_STATES, MitigationAction
from change_tracker.people.queries import with_names

State = MitigationAction.State
#: More of its history than this nobody reads on a page.
MOST_EVENTS = 50
EVENTS: dict[str, str | Promise] = {
    "created": _("It was planned"),
    ANSWERED: _("The sponsor answered"),
    State.IN_PROGRESS: _("It was started"),
    State.BLOCKED: _("It is blocked"),
    State.DONE: _("It was done"),
    State.EFFECTIVE: _("It worked"),
    State.INEFFECTIVE: _("It did not work"),
    State.CANCELLED: _("It was cancelled"),
}
#: What changes beside something that a person changed, and tells them nothing.
BESIDE = ("due_revision",)
#: What is told otherwise of some moves: back to work, and back to the question.
AGAIN: dict[tuple[str, str], str | Promise] = {
    (State.BLOCKED, State.IN_PROGRESS): _("It goes on"),
    (State.INEFFECTIVE, State.IN_PROGRESS): _("It was taken up again"),
    **dict.fromkeys(product(JUDGED_STATES, [State.DONE]), _("It is to be judged anew")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of the history of an action."""

    at: datetime
    who: str
    words: str
    reason: str

    @property
    def on(self) -> date:
        """The day, where the reader is."""
        return timezone.localdate(self.at)


def history_of(user: User, action: MitigationAction) -> list[Happened]:
    """What happened to `action`, newest first, as far as `user` may read it; one query."""
    rows = AuditEvent.objects.about(action).visible_to(user)
    told = with_names(rows).order_by("-id")[:MOST_EVENTS]
    return [
        Happened(
            at=each.at,
            who=each.who or each.actor_label,
            words=_event_words(each),
            reason=each.reason,
        )
        for each in told
    ]


def _event_words(event: AuditEvent) -> str:
    if (words := AGAIN.get((event.from_state, event.to_state))) is not None:
        return str(words)
    if (words := EVENTS.get(event.to_state or event.verb)) is not None:
        return str(words)
    changes = dict(event.changes)
    position = changes.pop("position", None)
    if position is not None and not changes:
        return gettext("On the hill: %(words)s") % {"words": hill_words(position)}
    known = {field.name: field for field in MitigationAction._meta.get_fields()}
    told = [name for name in changes if name in known and name not in BESIDE]
    names = [str(getattr(known[name], "verbose_name", name)) for name in told]
    return gettext("Changed: %(fields)s") % {"fields": ", ".join(names)}
