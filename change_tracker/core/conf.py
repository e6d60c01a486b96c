"""The one place that reads `settings.CHANGE_TRACKER`; every key is typed, defaulted, explained."""

from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def _key(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """The settings of Change Tracker. None is required; names are upper case in the dict."""

    site_url: str = _key("", "Scheme and host that links in mails start with, without a path.")
    base_template: str = _key("base.html", "The host's template that our pages extend.")
    title_block: str = _key("title", "Block of that template that takes the title, as text.")
    content_block: str = _key("content", "Block of that template that takes the page.")
    head_block: str = _key(
        "", "Block within its <head> that takes our stylesheet too; empty: it stands in the page."
    )
    authentication_classes: tuple[str, ...] | None = _key(
        None, "Dotted REST framework authentication classes of our API; None: the host's."
    )
    roles: str = _key(
        "change_tracker.core.access.django_roles",
        "Dotted callable: user -> change_tracker.core.access.Roles.",
    )
    page_size: int = _key(50, "Rows on one page of a list, on pages and in the API.")
    max_page_size: int = _key(200, "The most rows that a caller may ask for with ?page_size=.")
    undo_days: int = _key(30, "Days in which a person may undo their own completion.")
    recertify_days: int = _key(
        60,
        "Days before a completion expires from which its training is asked for again; fewer where "
        "that would be more than half of the time for which it counts.",
    )
    answer_working_days: int = _key(
        3, "Working days within which people are promised an answer to what they say."
    )
    import_max_megabytes: int = _key(10, "Size of an import file, in megabytes.")
    import_max_unpacked_megabytes: int = _key(50, "Size of an XLSX file unpacked, in megabytes.")
    import_max_rows: int = _key(200_000, "Rows in an import file.")
    import_max_columns: int = _key(100, "Columns in an import file.")
    upload_types: tuple[str, ...] = _key(
        ("pdf", "png", "jpg", "jpeg", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt"),
        "Endings of files that people may send; also known: csv, gif, mp4, webp.",
    )
    upload_max_megabytes: int = _key(20, "Size of a file that somebody sends, in megabytes.")
    upload_storage: str = _key(
        "default", "Alias in STORAGES of where such files are kept; best one that serves none."
    )
    people_source: str = _key(
        "change_tracker.people.sources.HostUsers",
        "Dotted class that yields people and units for `sync_people`.",
    )
    sync_from_hour: int | None = _key(
        None, "Hour of the site's day from which the tick runs `people_source` once; None: never."
    )
    sync_brake_percent: int = _key(
        5, "Share of people, in percent, that may leave or move in a run that nobody looks at."
    )
    sync_brake_people: int = _key(10, "Number of people that may do so in any case.")
    hr_emails: tuple[str, ...] = _key(
        (),
        "Who hears of a stopped sync; empty: users with Django's permission `manage_people`. Name "
        "somebody where `ROLES` is your own.",
    )
    working_days: tuple[int, ...] = _key(
        (0, 1, 2, 3, 4), "Weekdays on which people work; Monday is 0. Lateness counts in them."
    )
    send_days: tuple[int, ...] | None = _key(
        None, "Weekdays on which reminders leave; None: `working_days`."
    )
    send_from_hour: int = _key(8, "Hour of the recipient's day from which reminders leave.")
    summary_days: tuple[int, ...] = _key(
        (0,), "Weekdays on which managers and leads get a summary; Monday is 0, empty: none."
    )
    lease_seconds: int = _key(300, "How long one worker holds a mail that it is sending.")
    mail_deadline_seconds: int = _key(60, "Total time that sending one mail may take.")
    mail_connections: int = _key(
        2, "Connections to the mail server over which one worker sends at the same time."
    )
    claim_size: int = _key(100, "Mails that one worker takes in one claim.")
    retry_minutes: tuple[int, ...] = _key(
        (1, 5, 30, 120, 360, 720), "Minutes to wait after each failed attempt; then it is dead."
    )
    channels: tuple[str, ...] = _key(
        (
            "change_tracker.reminders.channels.EmailChannel",
            "change_tracker.reminders.channels.InboxChannel",
        ),
        "Dotted classes of the ways by which people are reached; the first is the usual one.",
    )
    mails_per_minute: int = _key(
        0,
        "Messages that leave in a minute at most, from all workers, from 60 on evenly in each "
        "second; 0: as many as go.",
    )
    from_email: str = _key("", "Sender of reminders; empty: DEFAULT_FROM_EMAIL.")
    reply_to: str = _key("", "A person's address for replies to reminders; empty: the sender.")


#: By the key in the settings.
NAMES = {each.name.upper(): each.name for each in fields(Conf)}


def get_conf() -> Conf:
    """The settings as they stand now. Unknown keys are left to the system check E001."""
    given = getattr(settings, "CHANGE_TRACKER", {})
    return Conf(**{NAMES[key]: value for key, value in given.items() if key in NAMES})


def load(dotted: str) -> Any:
    """The object behind a dotted path from the settings."""
    return import_string(dotted)
