"""Saying something about an initiative, and answering it.

Everything about an item holds its row, so that an answer and a withdrawal do not pass each other.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.conf import get_conf
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError
from change_tracker.core.services import change_row, create_row, lock
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import person_of, require_running
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person
from change_tracker.people.queries import working_calendar
from change_tracker.resistance.models import ResistanceSource
from change_tracker.signals import announce, feedback_answered, feedback_raised
from change_tracker.training.models import LearningActivity, TrainingRecord
from change_tracker.voice.models import FeedbackItem, FeedbackMessage
from change_tracker.voice.states import FEEDBACK

State = FeedbackItem.State
#: States in which both sides write.
TALKING = (State.RAISED, State.ACKNOWLEDGED, State.ANSWERED)


class SettledError(ChangeTrackerError):
    """It was settled or taken back."""

    code = "settled"

    def __init__(self) -> None:
        super().__init__(_("This is settled or was taken back, so nothing is added to it."))


class ForeignLinkError(ChangeTrackerError):
    """The action or resistance belongs to another initiative."""

    code = "foreign_link"

    def __init__(self) -> None:
        super().__init__(_("Link to an action or a resistance of the same initiative only."))


class LinkNeededError(ChangeTrackerError):
    """The answer promises to act, and the link says where."""

    code = "link_needed"

    def __init__(self) -> None:
        super().__init__(
            _("The answer says that you act under this resistance. Answer anew before you unlink.")
        )


def promise_from(day: date) -> date:
    """The day by which what is said on `day` has its answer, in working days. One query."""
    return working_calendar().after(day, get_conf().answer_working_days)


def raise_feedback(
    *,
    initiative: Initiative,
    kind: str,
    text: str,
    actor: User,
    today: date,
    now: datetime,
    activity: LearningActivity | None = None,
) -> FeedbackItem:
    """Say something about an initiative with one's name; the change team reads it.

    Sends `feedback_raised`. Raises ForbiddenError for a login without a person, ValidationError
    for no words or an activity that the person does not have there, InitiativeEndedError.
    """
    me = _me(actor)
    _require_words(text)
    if activity is not None:
        _require_own(activity, initiative, me)
    with transaction.atomic():
        require_running(initiative)
        item = create_row(
            FeedbackItem,
            initiative=initiative,
            raised_by=me,
            kind=kind,
            text=text,
            activity=activity,
            raised_on=today,
            promised_on=promise_from(today),
            actor=actor,
            now=now,
        )
        announce(feedback_raised, FeedbackItem, item=item)
    return item


def write_message(
    *, item: FeedbackItem, text: str, actor: User, today: date, now: datetime
) -> FeedbackMessage:
    """Add to the thread, as the one who began it or as the change team.

    The team acknowledges by writing back. Whoever adds to their own item after the answer asks
    again: it waits anew, with a new promise. Raises SettledError, ForbiddenError, ValidationError.
    """
    _require_words(text)
    with transaction.atomic():
        item, me = lock(item), _me(actor)
        if item.state not in TALKING:
            raise SettledError
        is_own = item.raised_by_id == me.pk
        if is_own and item.state == State.ANSWERED:
            _ask_again(item, actor, today, now)
        elif not is_own and item.state == State.RAISED:
            _acknowledge(item, actor, today, now)
        else:
            FeedbackItem.objects.filter(pk=item.pk).update(version=F("version") + 1)
        return _write(item, me, text, actor, now, from_team=not is_own)


def acknowledge_feedback(
    *, item: FeedbackItem, actor: User, today: date, now: datetime
) -> FeedbackItem:
    """Say that the team has read it; what was read already stays as it is."""
    with transaction.atomic():
        item = lock(item)
        if item.state != State.ACKNOWLEDGED:
            _acknowledge(item, actor, today, now)
    return item


def answer_feedback(
    *,
    item: FeedbackItem,
    disposition: str,
    text: str,
    actor: User,
    today: date,
    now: datetime,
    **links: MitigationAction | ResistanceSource | None,
) -> FeedbackItem:
    """Answer it: what becomes of it, in words, and where the team acts on it.

    `links` are its `action` and its `source`: one that is not named stays as it is, one that is
    None is taken away. Sends `feedback_answered`. Raises
    ValidationError for no words, ForeignLinkError, MoveRefusedError without a disposition or
    where a promise to act has no link, IllegalMoveError when it was taken back in the meantime.
    """
    _require_words(text)
    named: dict[str, Any] = links
    with transaction.atomic():
        item, me = lock(item), _me(actor)
        _hold_links(item, *links.values())
        if item.state == State.RAISED:
            _acknowledge(item, actor, today, now)
        FEEDBACK.move(
            item,
            to=State.ANSWERED,
            actor=actor,
            now=now,
            disposition=disposition,
            answered_on=today,
            **named,
        )
        _write(item, me, text, actor, now, from_team=True, disposition=disposition)
        announce(feedback_answered, FeedbackItem, item=item)
    return item


def link_feedback(
    *,
    item: FeedbackItem,
    source: ResistanceSource | None,
    actor: User,
    now: datetime,
    expected_version: int | None = None,
) -> FeedbackItem:
    """Link it to the resistance that it speaks of; None takes the link away.

    Raises ForeignLinkError, LinkNeededError, StaleRowError (also where it was deleted meanwhile).
    """
    with transaction.atomic():
        # In the order in which an answer holds them: two of the team do not wait for each other.
        lock(item)
        _hold_links(item, source)
        acts = item.disposition == FeedbackItem.Disposition.WILL_ACT
        if acts and source is None and item.action_id is None:
            raise LinkNeededError
        return change_row(
            item, actor=actor, now=now, expected_version=expected_version, source=source
        )


def close_feedback(*, item: FeedbackItem, actor: User, now: datetime) -> FeedbackItem:
    """Settle what is answered; both sides may. What is settled stays as it is."""
    with transaction.atomic():
        item = lock(item)
        if item.state == State.CLOSED:
            return item
        return FEEDBACK.move(item, to=State.CLOSED, actor=actor, now=now)


def withdraw_feedback(*, item: FeedbackItem, actor: User, now: datetime) -> FeedbackItem:
    """Take back what one said, before it is answered; from then on the team does not read it.

    What was taken back stays as it is. Raises ForbiddenError for somebody else's.
    """
    with transaction.atomic():
        item, me = lock(item), _me(actor)
        if item.raised_by_id != me.pk:
            raise ForbiddenError(_("Only the one who said something takes it back."))
        if item.state == State.WITHDRAWN:
            return item
        return FEEDBACK.move(item, to=State.WITHDRAWN, actor=actor, now=now)


def _me(actor: User) -> Person:
    me = person_of(actor)
    if me is None:
        raise ForbiddenError
    return me


def _require_words(text: str) -> None:
    if not text.strip():
        raise ValidationError({"text": _("Say it in a few words.")})


def _require_own(activity: LearningActivity, initiative: Initiative, person: Person) -> None:
    """It is about something that the person has to do in this initiative."""
    if activity.initiative_id not in {None, initiative.pk}:
        raise ValidationError({"activity": _("This activity belongs to another initiative.")})
    records = TrainingRecord.objects.filter(person=person, plan__initiative=initiative)
    if not records.filter(activity=activity).exists():
        raise ValidationError({"activity": _("You do not have this activity in any plan.")})


def _hold_links(item: FeedbackItem, *links: MitigationAction | ResistanceSource | None) -> None:
    """Whoever deletes one of `links` waits until the link is there, and then is told of it."""
    for each in links:
        if each is None:
            continue
        if each.initiative_id != item.initiative_id:
            raise ForeignLinkError
        lock(each)


def _acknowledge(item: FeedbackItem, actor: User, today: date, now: datetime) -> None:
    FEEDBACK.move(item, to=State.ACKNOWLEDGED, actor=actor, now=now, acknowledged_on=today)


def _ask_again(item: FeedbackItem, actor: User, today: date, now: datetime) -> None:
    FEEDBACK.move(
        item,
        to=State.RAISED,
        actor=actor,
        now=now,
        disposition="",
        answered_on=None,
        acknowledged_on=None,
        promised_on=promise_from(today),
    )
    announce(feedback_raised, FeedbackItem, item=item)


def _write(
    item: FeedbackItem, me: Person, text: str, actor: User, now: datetime, **values: Any
) -> FeedbackMessage:
    return create_row(
        FeedbackMessage,
        item=item,
        author=me,
        text=text,
        at=now,
        actor=actor,
        now=now,
        **values,
    )
