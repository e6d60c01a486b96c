"""Writing down the words of an initiative, and asking for a test of them."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row, lock
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.attach import new_message_id, sender_domain
from change_tracker.reminders.models import Digest, MailWords, Occasion, Reminder
from change_tracker.reminders.models.outbox import TESTS
from change_tracker.reminders.ownwords import languages
from change_tracker.reminders.recipients import recipients, shared_among

#: Tests that one person gets on one day at most.
MOST_TESTS = 20
FIELDS = tuple(f"for_{each}" for each in Occasion.values)


class WordsExistError(ChangeTrackerError):
    """An initiative has one set of words in each language."""

    code = "words_exist"

    def __init__(self) -> None:
        super().__init__(_("There are words in this language already. Change those."))


class NoTestError(ChangeTrackerError):
    """No test can be sent to this person, or not now."""

    code = "no_test"


def words_of(initiative: Initiative, language: str) -> MailWords:
    """The words of `initiative`; not saved where there are none yet. One query."""
    found = MailWords.objects.filter(initiative=initiative, language=language).first()
    return found or MailWords(initiative=initiative, language=language)


def create_words(
    *, initiative: Initiative, language: str, actor: User | None, now: datetime, **words: str
) -> MailWords:
    """Words in a language in which the initiative has none.

    Raises WordsExistError, and ValidationError for a language in which no mail goes out and for
    placeholders that there are not.
    """
    _check(language, words)
    with transaction.atomic():
        # The initiative is held, so that two at once make one row.
        held = lock(initiative)
        if MailWords.objects.filter(initiative=held, language=language).exists():
            raise WordsExistError
        return create_row(
            MailWords, initiative=held, language=language, actor=actor, now=now, **words
        )


def change_words(
    row: MailWords,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> MailWords:
    """Other words. Whose they are, and in which language, stays.

    Raises StaleRowError, and ValidationError as `create_words` does.
    """
    for name in ("initiative", "language"):
        if changes.pop(name, getattr(row, name)) != getattr(row, name):
            raise ValidationError({name: _("Whose words they are stays as it is.")})
    _check(row.language, changes)
    return change_row(row, actor=actor, now=now, expected_version=expected_version, **changes)


def _check(language: str, words: dict[str, str]) -> None:
    if language not in dict(languages()):
        raise ValidationError({"language": _("No mail goes out in this language.")})
    for name, text in words.items():
        field: Any = MailWords._meta.get_field(name)
        field.clean(text, None)


def ask_for_test(
    *, initiative: Initiative, occasion: str, language: str, actor: User, now: datetime
) -> Digest:
    """Put the mail as it would be into the outbox, for `actor` alone; it leaves with the next run.

    It keeps no hours: it was asked for. Raises NoTestError where one waits, where there were enough
    today, and where nothing reaches the person.
    """
    with transaction.atomic():
        # Held, so that of two at once one is there when the other looks.
        person = Person.objects.of_user(actor).select_for_update().first()
        today = _require_reachable(person, now)
        digest = _test_digest(person, today, now)
        revision = today.toordinal() * 100 + digest.slot
        kind, step = Reminder.Kind.WORDS_TEST, f"{occasion}:{language}"
        Reminder.objects.create(
            recipient=digest.recipient,
            kind=kind,
            step=step,
            initiative=initiative,
            summary=initiative,
            dedupe_key=f"{kind}:i{initiative.pk}:{digest.recipient_id}:{revision}:{step}",
            digest=digest,
            due_revision=revision,
            send_on=today,
            planned_at=now,
        )
        audit.record(
            obj=initiative,
            verb="test_asked_for",
            actor=actor,
            now=now,
            scope=initiative.audit_scope,
        )
    return digest


def _require_reachable(person: Person | None, now: datetime) -> date:
    """The day on the wall of `person`, whom something reaches."""
    if person is None:
        raise NoTestError(
            _("Your login is of nobody on the staff list, so there is no address to write to.")
        )
    to = recipients([person.pk], now=now, shared=shared_among([person.pk], now))[person.pk]
    if not to.address or not person.is_active(to.today(now)):
        raise NoTestError(
            _(
                "There is no address that is yours alone. HR can enter one; "
                "the preview shows the same."
            )
        )
    return to.today(now)


def _test_digest(person: Any, today: date, now: datetime) -> Digest:
    """A mail of its own, in the next place of the day."""
    tests = Digest.objects.filter(recipient=person, slot__gte=TESTS)
    if tests.filter(state__in=[Digest.State.PENDING, Digest.State.CLAIMED]).exists():
        raise NoTestError(_("A test is on its way to you. Ask for the next one when it is there."))
    last = tests.filter(local_on=today).aggregate(last=Max("slot"))["last"]
    slot = TESTS if last is None else last + 1
    if slot >= TESTS + MOST_TESTS:
        raise NoTestError(
            _("You had %(most)s tests today. The preview shows the same at any time.")
            % {"most": MOST_TESTS}
        )
    created: Digest = Digest.objects.create(
        recipient=person,
        local_on=today,
        slot=slot,
        available_at=now,
        message_id=new_message_id(sender_domain()),
    )
    return created
