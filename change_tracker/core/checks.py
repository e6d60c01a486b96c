"""System checks of the settings, with stable ids."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core import checks, mail
from django.core.checks import CheckMessage, Error, Tags, register

from change_tracker.core.conf import Conf, get_conf
from change_tracker.core.pages import missing_block


@register(Tags.compatibility)
def check_keys(**_: Any) -> list[CheckMessage]:
    """E001: a key of CHANGE_TRACKER that we do not know."""
    known = {each.name.upper() for each in fields(Conf)}
    return [
        Error(
            f"CHANGE_TRACKER has an unknown key: {key}.",
            hint=f"Known keys: {', '.join(sorted(known))}.",
            id="change_tracker.E001",
        )
        for key in getattr(settings, "CHANGE_TRACKER", {})
        if key not in known
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
    days, hour = set(conf.working_days), conf.send_from_hour
    if days and days <= set(range(7)) and 0 <= hour <= 23:
        return []
    return [
        Error(
            "CHANGE_TRACKER names days or an hour at which no mail could leave.",
            hint="WORKING_DAYS holds weekdays, 0 (Monday) to 6; SEND_FROM_HOUR is 0 to 23.",
            id="change_tracker.E003",
        )
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


@register(Tags.templates)
def check_base_template(**_: Any) -> list[CheckMessage]:
    """W003: inside a base template without the block that we fill, our pages would be empty."""
    block = missing_block()
    if not block:
        return []
    return [
        checks.Warning(
            f"{get_conf().base_template} has no block “{block}”: our pages would show nothing.",
            hint="Put a change_tracker/base.html into your templates that fills a block you have.",
            id="change_tracker.W003",
        )
    ]
