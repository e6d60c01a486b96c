"""What was written to whom."""

from collections.abc import Callable
from typing import Any

from change_tracker.reminders import links
from tests.contracts.table.register import LACKING
from tests.contracts.table.rows import (
    ADMIN,
    OWN_MAIL,
    PERSONS,
    POLICIES,
    POLICIES_WRITTEN,
    WORDS,
    WORDS_WRITTEN,
    ByKind,
    who,
)
from tests.contracts.table.shape import Endpoint, Page, Verb, fixed, in_initiative
from tests.contracts.world import World
from tests.factories import TODAY

REMINDERS: dict[str, Endpoint] = {
    "reminder": Endpoint(
        rows="Reminder",
        shows=(
            "id recipient recipient_name kind step to initiative enrolment record digest state"
            " closed_reason send_on expires_at planned_at"
        ),
    ),
    "digest": Endpoint(
        rows="Digest",
        shows=(
            "id recipient recipient_name local_on slot state available_at attempts message_id"
            " sent_at subject read_at log"
        ),
        verbs={
            # It was sent already: whoever may send again what was given up is told so.
            "retry": Verb(by=dict.fromkeys(OWN_MAIL, ADMIN), codes=frozenset({409})),
            "read": Verb(by={name: who(name) for name in OWN_MAIL}),
        },
    ),
    "reminder-policy": Endpoint(
        rows="ReminderPolicy",
        shows="id initiative plan steps sentences version",
        takes="initiative plan steps",
        # Each of the world has one already.
        create=POLICIES_WRITTEN,
        body=lambda world, kind: {
            "initiative": None if kind == "site" else world.key("Initiative", kind)
        },
        verbs={"preview": Verb(get=POLICIES)},
    ),
    "mail-wording": Endpoint(
        rows="MailWords",
        shows="id initiative language for_new for_soon for_late version",
        takes="initiative language for_new for_soon for_late",
        # Each of the world has some already.
        create=WORDS_WRITTEN,
        body=in_initiative(language="en"),
        verbs={
            "preview": Verb(get=WORDS),
            "test": Verb(by=WORDS_WRITTEN, takes="occasion", codes=frozenset({200, 409})),
        },
    ),
    "mail-forecast": Endpoint(
        rows="Forecast",
        shows="id initiative asked_at made_at days",
        takes="initiative",
        # Without an initiative, of oneself.
        create={**WORDS, "own": frozenset(PERSONS)},
        body=lambda world, kind: (
            {} if kind == "own" else {"initiative": world.key("Initiative", kind)}
        ),
    ),
    "mail-preference": Endpoint(
        rows="MailPreference",
        shows="id cadence weekdays from_hour channel quiet_until version",
        takes="cadence weekdays from_hour channel quiet_until",
        # For oneself; of the staff list is everybody but strangers.
        create={"own": frozenset(PERSONS)},
        body=fixed(from_hour=9),
    ),
}


def signed(verb: str, *, about: bool = False) -> Callable[[World], list[str]]:
    """A link from a mail to the employee."""

    def words(world: World) -> list[str]:
        record: Any = world.rows["TrainingRecord"]["employee"] if about else None
        return [links.signed(world.people["employee"], verb, TODAY, record)]

    return words


#: They read what mails say, and do not write it.
WORDS_READ: ByKind = {kind: some - WORDS_WRITTEN[kind] for kind, some in WORDS.items()}

REMINDER_PAGES: dict[str, Page] = {
    "mail-words": Page(
        title="what an initiative says in its own words in mails",
        rows="Initiative",
        key="slug",
        by=WORDS,
        post=frozenset({302, 403, 409}),
    ),
    "mail-words-html": Page(title="the mail with them", rows="Initiative", key="slug", by=WORDS),
    "mail-ahead": Page(
        title="the next two weeks of mail about an initiative",
        rows="Initiative",
        key="slug",
        by=WORDS,
        post=frozenset({302}),
    ),
    "own-mail-ahead": Page(
        title="have one's own worked out", get=frozenset(), post=frozenset({302, 404})
    ),
    "mail-words-test": Page(
        title="send it to oneself",
        rows="Initiative",
        key="slug",
        by=WORDS_WRITTEN,
        refused=WORDS_READ,
        get=frozenset(),
        post=frozenset({302}),
    ),
    "calendar": Page(title="the address of one's calendar feed", post=frozenset({200, 404})),
    "calendar-revoke": Page(title="end it", get=frozenset(), post=frozenset({302})),
    # What a good secret shows, and to whom, is in tests/reminders/test_calendar_feed.py.
    "calendar-feed": Page(
        title="one's dates for a calendar program",
        args=lambda world: ["no-such-secret"],
        is_public=True,
        get=frozenset({404}),
    ),
    # Nothing ticks in the table's world; figures are for HR and site admins.
    "health": Page(title="whether reminders run", is_public=True, get=frozenset({503})),
    "inbox": Page(title="what one was sent", post=frozenset({302})),
    "mail-preferences": Page(title="how one gets mail", post=LACKING),
    "mail-wishes": Page(
        title="the same by the link in a mail",
        args=signed(links.WISHES),
        is_public=True,
        post=LACKING,
    ),
    "mail-action": Page(
        title="what a link in a mail does",
        args=signed(links.ELSEWHERE, about=True),
        is_public=True,
        post=LACKING,
    ),
}
