"""The mail about an initiative as a person would get it: to be looked at, or sent as a test."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.items import Item
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Digest, MailWords, Occasion, Reminder
from change_tracker.reminders.recipients import Recipient, language_of, recipients, zone_of
from change_tracker.reminders.review import Letter
from change_tracker.reminders.states import cancel
from change_tracker.training.given import Given, given_by
from change_tracker.training.models import LearningActivity, TrainingPlan, TrainingRecord

Closed = Reminder.ClosedReason
WEEK, DAY = timedelta(days=7), timedelta(days=1)
#: When the mail leaves, from today and the due date: words are shown on the day that they are for.
LEAVES: dict[str, Callable[[date, date], date]] = {
    Occasion.NEW: lambda today, due_on: min(today, due_on - WEEK),
    Occasion.SOON: lambda _today, due_on: due_on - WEEK,
    Occasion.LATE: lambda _today, due_on: due_on + DAY,
}


def sample_letter(
    initiative: Initiative, *, to: Recipient, occasion: str, language: str, now: datetime
) -> Letter:
    """What somebody with training in `initiative` gets on that occasion, addressed to `to`.

    It is of a real person whose training `to` may read in full, the one with the next date; without
    one, of `to` with training that is made up. At most three queries.
    """
    today = to.today(now)
    with translation.override(language):
        record = _record(initiative, to.person.user, today) or _made_up(initiative, to, today)
    due_on = record.due_on or today + WEEK
    given = given_by([record]) if record.pk else Given({}, {})
    reasons = tuple(given.reasons.get(record.enrolment_id, ()))
    return Letter(
        to=replace(to, language=language),
        reminder_ids=[],
        items=[
            Item(
                record,
                reasons,
                is_new=occasion == Occasion.NEW,
                answers=given.answers.get(record.plan_id, ()),
            )
        ],
        today=LEAVES[occasion](today, due_on),
        test_of=record.person,
    )


def sample_mail(
    initiative: Initiative, words: MailWords, *, to: Recipient, occasion: str, now: datetime
) -> EmailMultiAlternatives:
    """The same as a mail with these words, saved or not; they are `with_lead`. It has no Message-ID
    of a mail that was sent. At most three queries.
    """
    letter = sample_letter(initiative, to=to, occasion=occasion, language=words.language, now=now)
    own = {(initiative.pk, words.language): words}
    return compose(letter, message_id="<preview@localhost>", words=own)


def onlooker(person: Person | None, user: User) -> Recipient:
    """Whoever looks at a sample, without an address; also a login of nobody. No query."""
    found = person or Person(display_name=str(user))
    return Recipient(found, "", zone_of(found.timezone), language_of(found.language))


def letter_of_test(digest: Digest, *, now: datetime, shared: frozenset[str]) -> Letter | None:
    """What a test says, which its recipient asked for; None, and closed, where it has become
    nobody's to read. Call it in a transaction.
    """
    waiting = Reminder.objects.planned().filter(digest=digest, kind=Reminder.Kind.WORDS_TEST)
    asked = waiting.select_related("initiative").first()
    to = recipients([digest.recipient_id], now=now, shared=shared)[digest.recipient_id]
    if asked is None or asked.initiative is None:
        return None
    if reason := _refusal(asked.initiative, to, now):
        cancel(waiting, reason)
        return None
    occasion, language = asked.step.split(":")
    letter = sample_letter(asked.initiative, to=to, occasion=occasion, language=language, now=now)
    return replace(letter, reminder_ids=[asked.pk])


def _refusal(initiative: Initiative, to: Recipient, now: datetime) -> Reminder.ClosedReason | None:
    """Why the test does not leave; None where it does."""
    if not to.person.is_active(to.today(now)):
        return Closed.LEFT
    if not to.address:
        return Closed.UNREACHABLE
    user = to.person.user
    reads = user is not None and Initiative.objects.visible_to(user).filter(pk=initiative.pk)
    return None if reads and reads.exists() else Closed.WITHDRAWN


def _record(initiative: Initiative, user: User | None, today: date) -> TrainingRecord | None:
    """Open training with a date of which `user` may read all; one still to come, if there is."""
    if user is None:
        return None
    rows: Any = TrainingRecord.objects.known_in_full_to(user)
    mine = rows.to_do().opened().filter(plan__initiative=initiative, due_on__isnull=False)
    named = mine.select_related("person", "activity", "item", "enrolment", "plan__initiative")
    found = named.order_by("due_on", "pk")
    ahead: TrainingRecord | None = found.filter(due_on__gte=today).first()
    return ahead or found.first()


def _made_up(initiative: Initiative, to: Recipient, today: date) -> TrainingRecord:
    """Training that nobody has; it is never saved."""
    return TrainingRecord(
        person=to.person,
        activity=LearningActivity(title=gettext("An example of a training"), minutes=15),
        plan=TrainingPlan(title=gettext("an example of a plan"), initiative=initiative),
        opens_on=today,
        due_on=today + WEEK,
        due_rule="fixed",
    )
