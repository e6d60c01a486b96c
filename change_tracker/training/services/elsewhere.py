"""What people learnt elsewhere: they report it or take it back, somebody else decides.

Reporting and deciding hold the row; a confirmation also holds the enrolments in which it counts, as
completing and withdrawing do.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.services import create_row
from change_tracker.core.uploads import check_upload, stored, upload_storage
from change_tracker.core.validators import web_address
from change_tracker.people.models import Person
from change_tracker.training.errors import DecidedError
from change_tracker.training.matching import countable, matches_of, topics_of
from change_tracker.training.models import ExternalLearning, TrainingRecord
from change_tracker.training.services.oneself import is_oneself, refuse_oneself
from change_tracker.training.services.recording import complete_for, hold
from change_tracker.training.states import ELSEWHERE


def report_learning(
    *, actor: User, today: date, now: datetime, file: Any = None, link: str = "", **values: Any
) -> ExternalLearning:
    """Report what one learnt elsewhere; it waits until somebody else has confirmed it.

    What waits already and is alike in every word is the same, sent twice.

    Raises ForbiddenError for a login without a person, ValidationError for a day to come, for an
    activity that the person does not have, for topics that none of their open work teaches, and
    for a file or a link that is not taken.
    """
    me = Person.objects.of_user(actor).first()
    if me is None:
        raise ForbiddenError
    if values["learnt_on"] > today:
        raise ValidationError({"learnt_on": _("The day cannot be in the future.")})
    activity = values.get("activity")
    if activity and not TrainingRecord.objects.filter(person=me, activity=activity).exists():
        raise ValidationError({"activity": _("You do not have this activity in any plan.")})
    if set(values.get("topics", ())) - set(topics_of(me)):
        raise ValidationError({"topics": _("Nothing that you have to do teaches this.")})
    values |= {"link": link, **_judged(file, link)}
    with stored(file) as kept, transaction.atomic():
        if (alike := _waiting_alike(me, values)) is not None:
            if kept:
                upload_storage().delete(kept)
            return alike
        return create_row(
            ExternalLearning,
            person=me,
            reported_on=today,
            file=kept,
            actor=actor,
            now=now,
            **values,
        )


def _waiting_alike(me: Person, values: dict[str, Any]) -> ExternalLearning | None:
    """What `me` reported in the same words; two presses at once come one after the other."""
    # Without the key: whoever gives a plan to many people holds that.
    no_key = connection.features.has_select_for_no_key_update
    Person.objects.select_for_update(no_key=no_key).get(pk=me.pk)
    said = {name: value for name, value in values.items() if name != "topics"}
    waiting = ExternalLearning.objects.filter(person=me, state=ExternalLearning.State.REPORTED)
    return waiting.filter(**{"file_name": "", **said}).first()


def take_back_learning(*, learning: ExternalLearning, actor: User, now: datetime) -> Any:
    """Take back what one reported oneself; what was taken back stays as it is.

    Raises ForbiddenError for somebody else's, and DecidedError when it was looked at already.
    """
    with transaction.atomic():
        learning = _locked(learning)
        if not is_oneself(learning.person, actor):
            raise ForbiddenError(_("Only the one who reported something takes it back."))
        if learning.state == ExternalLearning.State.WITHDRAWN:
            return learning
        _refuse_decided(learning)
        return ELSEWHERE.move(learning, to="withdrawn", actor=actor, now=now)


def confirm_learning(
    *,
    learning: ExternalLearning,
    actor: User,
    today: date,
    now: datetime,
    answer: str = "",
    also: Collection[int] = (),
) -> ExternalLearning:
    """Confirm it: it stands in the transcript, and what it counts for is done on its day.

    It counts for the activity that it names. What only teaches one of its topics is completed where
    `also` names it (ids of records): whoever decides says so, it never happens by itself. Raises
    ForbiddenError for one's own, DecidedError when it does not wait any more, and ValidationError
    when something of `also` is not open or not about its topics.
    """
    with transaction.atomic():
        learning = _for_decision(learning, actor)
        decided = _decided(actor, today, answer)
        ELSEWHERE.move(learning, to="confirmed", actor=actor, now=now, reason=answer, **decided)
        _count(learning, also, actor, today, now)
    return learning


def return_learning(
    *, learning: ExternalLearning, answer: str, actor: User, today: date, now: datetime
) -> ExternalLearning:
    """Give it back, with a note that says why; the person may report it anew.

    Raises ForbiddenError for one's own, DecidedError, and MoveRefusedError without a note.
    """
    with transaction.atomic():
        learning = _for_decision(learning, actor)
        decided = _decided(actor, today, answer)
        return ELSEWHERE.move(
            learning, to="returned", actor=actor, now=now, reason=answer, **decided
        )


def _count(
    learning: ExternalLearning, also: Collection[int], actor: User, today: date, now: datetime
) -> None:
    """Complete what it names and what was chosen; what waits for its turn stays."""
    hold(countable(learning))
    matches = matches_of(learning)
    chosen = {match.record.pk for match in matches if match.record.pk in also}
    if chosen != set(also):
        words = _("What it can count for is different by now. Look at it once more.")
        raise ValidationError({"also": words})
    named = {match.record.pk for match in matches if match.is_named}
    day = learning.learnt_on
    done = complete_for(sorted(named | chosen), day=day, actor=actor, today=today, now=now)
    learning.counted_for.add(*done)


def _judged(file: Any, link: str) -> dict[str, Any]:
    """The columns of what was sent with it; raises ValidationError by field."""
    try:
        if link:
            web_address(link)
        return {"file_name": check_upload(file)} if file else {}
    except ValidationError as error:
        raise ValidationError({"file" if file else "link": error.messages}) from error


def _decided(actor: User, today: date, answer: str) -> dict[str, Any]:
    me = Person.objects.of_user(actor).first()
    return {"decided_by": me, "decided_on": today, "answer": answer}


def _locked(learning: ExternalLearning) -> ExternalLearning:
    # Without its person: MariaDB cannot lock one of two tables that are joined.
    return ExternalLearning.objects.select_for_update().get(pk=learning.pk)


def _for_decision(learning: ExternalLearning, actor: User) -> ExternalLearning:
    learning = _locked(learning)
    refuse_oneself(
        learning.person,
        actor,
        _("Nobody confirms their own; ask your manager or another lead."),
    )
    _refuse_decided(learning)
    return learning


def _refuse_decided(learning: ExternalLearning) -> None:
    if learning.state != ExternalLearning.State.REPORTED:
        raise DecidedError
