"""System checks of the settings, with stable ids."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core import checks, mail
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages

from change_tracker.core.conf import NAMES, get_conf, load
from change_tracker.core.hostbase import Look, look_at_base, wanted_base_is_missing
from change_tracker.core.uploads import KINDS


@register(Tags.compatibility)
def check_keys(**_: Any) -> list[CheckMessage]:
    """E001: a key of CHANGE_TRACKER that we do not know."""
    return [
        Error(
            f"CHANGE_TRACKER has an unknown key: {key}.",
            hint=f"Known keys: {', '.join(sorted(NAMES))}.",
            id="change_tracker.E001",
        )
        for key in getattr(settings, "CHANGE_TRACKER", {})
        if key not in NAMES
    ]


@register(Tags.compatibility)
def check_time_zone_support(**_: Any) -> list[CheckMessage]:
    """E002: without USE_TZ no reminder can know when it is due."""
    if settings.USE_TZ:
        return []
    return [
        Error(
            "Change Tracker needs USE_TZ = True.",
            hint="Set USE_TZ = True; due dates and sending windows depend on time zones.",
            id="change_tracker.E002",
        )
    ]


@register(Tags.compatibility)
def check_working_window(**_: Any) -> list[CheckMessage]:
    """E003: a week without a working day, or an hour that no clock shows."""
    conf = get_conf()
    weeks = [conf.working_days, conf.working_days if conf.send_days is None else conf.send_days]
    known = all(days and set(days) <= set(range(7)) for days in weeks)
    known = known and set(conf.summary_days) <= set(range(7))
    hours = {conf.send_from_hour, conf.sync_from_hour or 0}
    if known and hours <= set(range(24)):
        return []
    return [
        Error(
            "CHANGE_TRACKER names days or an hour that no calendar and no clock shows.",
            hint=(
                "WORKING_DAYS, SEND_DAYS and SUMMARY_DAYS hold weekdays, 0 (Monday) to 6; "
                "SEND_FROM_HOUR and SYNC_FROM_HOUR are 0 to 23."
            ),
            id="change_tracker.E003",
        )
    ]


@register(Tags.files)
def check_upload_types(**_: Any) -> list[CheckMessage]:
    """E004: a type of file of which we cannot tell whether a file is one."""
    return [
        Error(
            f"CHANGE_TRACKER takes files of an unknown type: {each}.",
            hint=f"UPLOAD_TYPES holds some of: {', '.join(sorted(KINDS))}.",
            id="change_tracker.E004",
        )
        for each in get_conf().upload_types
        if each.lower() not in KINDS
    ]


@register(Tags.files)
def check_upload_storage(**_: Any) -> list[CheckMessage]:
    """E006: files of people are to be kept in a storage that STORAGES does not name.

    W004: files of people would be kept in the folder from which the server was started.
    """
    alias = get_conf().upload_storage
    try:
        storage = storages[alias]
    except InvalidStorageError:
        return [
            Error(
                f"There is no storage “{alias}” for the files of people.",
                hint=f"Name one in UPLOAD_STORAGE: {', '.join(sorted(storages.backends))}.",
                id="change_tracker.E006",
            )
        ]
    if not isinstance(storage, FileSystemStorage) or storage.base_location:
        return []
    return [
        checks.Warning(
            "Files of people would be kept wherever the server was started from.",
            hint="Set MEDIA_ROOT, or the location of the storage that UPLOAD_STORAGE names.",
            id="change_tracker.W004",
        )
    ]


@register(Tags.compatibility)
def check_answer_days(**_: Any) -> list[CheckMessage]:
    """E005: an answer that would be promised for a day that is over."""
    if get_conf().answer_working_days >= 1:
        return []
    return [
        Error(
            "CHANGE_TRACKER promises answers for a day that is over.",
            hint="ANSWER_WORKING_DAYS is 1 or more.",
            id="change_tracker.E005",
        )
    ]


@register(Tags.compatibility)
def check_dotted_names(**_: Any) -> list[CheckMessage]:
    """E007: something that a dotted name in the settings leads to cannot be loaded."""
    conf = get_conf()
    named = [("ROLES", conf.roles), ("PEOPLE_SOURCE", conf.people_source)]
    classes = conf.authentication_classes or ()
    if not isinstance(classes, str):  # E008 says so
        named += [("AUTHENTICATION_CLASSES", each) for each in classes]
    return [
        Error(
            f"{key} in CHANGE_TRACKER names “{dotted}”, which cannot be loaded: {failure}.",
            hint="Put the dotted name right: package.module.name.",
            id="change_tracker.E007",
        )
        for key, dotted in named
        if (failure := _failure_to_load(dotted))
    ]


def _failure_to_load(dotted: str) -> str:
    try:
        load(dotted)
    except ImportError as error:
        return str(error)
    return ""


@register(Tags.compatibility)
def check_lists(**_: Any) -> list[CheckMessage]:
    """E008: a text where several are wanted, which would be taken letter by letter."""
    conf = get_conf()
    return [
        Error(
            f"{each.name.upper()} in CHANGE_TRACKER is one text, and has to be a tuple or list.",
            hint='A tuple of one has a comma: ("hr@intranet.example",).',
            id="change_tracker.E008",
        )
        for each in fields(conf)
        if "tuple" in str(each.type) and isinstance(getattr(conf, each.name), str)
    ]


@register(Tags.compatibility)
def check_mail_timeout(**_: Any) -> list[CheckMessage]:
    """W001: a mail server that does not answer would hold a worker for ever."""
    backend, timeout = _mail_settings()
    if timeout or not backend.endswith("smtp.EmailBackend"):
        return []
    return [
        checks.Warning(
            "Mail has no timeout: a silent mail server would hold a worker for ever.",
            hint="Set EMAIL_TIMEOUT = 15, or the option timeout where MAILERS is used.",
            id="change_tracker.W001",
        )
    ]


def _mail_settings() -> tuple[str, Any]:
    """The backend and the timeout, from MAILERS (Django 6.1) or from the older settings."""
    if hasattr(mail, "mailers") and hasattr(settings, "MAILERS"):
        mailers: Any = settings.MAILERS
        mailer = mailers.get("default", {})
        return mailer.get("BACKEND", ""), mailer.get("OPTIONS", {}).get("timeout")
    return settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT


@register(Tags.compatibility)
def check_site_url(**_: Any) -> list[CheckMessage]:
    """W002: without an address, links in mails cannot lead here."""
    if getattr(settings, "CHANGE_TRACKER", {}).get("SITE_URL"):
        return []
    return [
        checks.Warning(
            "CHANGE_TRACKER has no SITE_URL: mails cannot link to the site.",
            hint='Set CHANGE_TRACKER = {"SITE_URL": "https://intranet.example"}.',
            id="change_tracker.W002",
        )
    ]


#: Of a part of our pages: the check that misses it, the setting for its block, what one sees.
PARTS = {
    "content": ("W003", "CONTENT_BLOCK", "our pages show nothing"),
    "title": ("W020", "TITLE_BLOCK", "our pages have no title"),
    "stylesheet": ("W021", "HEAD_BLOCK", "our pages come without their stylesheet"),
}


@register(Tags.templates)
def check_base_template(**_: Any) -> list[CheckMessage]:
    """W003: inside a base template without the block that we fill, our pages would be empty.

    W020: without the block for the title, our pages would have none.
    W021: without the block for the stylesheet, our pages would be bare text.
    W023: nobody knows the address of our stylesheet, so none of our pages can be shown.
    I020: a base template that needs a request of its own was read, not tried.
    """
    look = look_at_base()
    found: list[CheckMessage] = [_missing(look, part, block) for part, block in look.missing]
    if look.unstyled:
        found.append(
            checks.Warning(
                f"Our stylesheet has no address ({look.unstyled}): none of our pages can be shown.",
                hint="Set STATIC_URL, and run manage.py collectstatic.",
                id="change_tracker.W023",
            )
        )
    elif look.failure and not found:
        found.append(
            checks.Info(
                f"{look.base} cannot be rendered outside of a request ({look.failure}), so it was "
                "only read: it has the blocks that our pages fill.",
                hint="Nothing is to be done where our pages show in it; then silence this.",
                id="change_tracker.I020",
            )
        )
    return found


def _missing(look: Look, part: str, block: str) -> CheckMessage:
    number, setting, effect = PARTS[part]
    blocks = f"Blocks of {look.base}: {', '.join(look.blocks) or 'none'}."
    how = f'Name one of them: CHANGE_TRACKER = {{"{setting}": "…"}}.'
    if part == "stylesheet":
        how = "Name one within <head>, or none: then it stands in the page itself."
    if look.is_theirs:
        how = "Your change_tracker/base.html has to fill one of them with our part of that name."
    return checks.Warning(
        f"In {look.base} {effect}: it shows no block “{block}”.",
        hint=f"{blocks} {how}",
        id=f"change_tracker.{number}",
    )


@register(Tags.templates)
def check_base_exists(**_: Any) -> list[CheckMessage]:
    """W022: the base template that the settings name is nowhere, so our own page is used."""
    if not wanted_base_is_missing():
        return []
    return [
        checks.Warning(
            f"There is no template {get_conf().base_template}: our pages stand in one of our own.",
            hint="Put right BASE_TEMPLATE, or leave it out where that is what you want.",
            id="change_tracker.W022",
        )
    ]
