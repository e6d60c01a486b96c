"""Mail to human resources that is about the system, not about anybody's training."""

import logging
from smtplib import SMTPException

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from change_tracker.core.conf import get_conf
from change_tracker.reminders.kinds.base import link

logger = logging.getLogger("change_tracker")


def tell_hr(reason: str) -> None:
    """Say by mail that a people sync was stopped, and why; nobody sees the other addresses.

    The run is in the list of syncs as well, so a mail that cannot leave is only logged.
    """
    addresses = hr_addresses()
    if not addresses:
        logger.warning("Nobody is told that the people sync was stopped: set HR_EMAILS. %s", reason)
        return
    message = EmailMessage(
        subject=_("The sync of people was stopped"),
        body=_(
            "%(reason)s\n\nPeople, units and groups are as they were. The run is listed among the "
            "people syncs in the administration, with every problem that was found.\n\n"
            "Look at what it would do now: %(link)s"
        )
        % {
            "reason": reason,
            "link": link("people-source") or reverse("change_tracker:people-source"),
        },
        from_email=get_conf().from_email or None,
        bcc=addresses,
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (OSError, SMTPException):
        logger.exception("Nobody could be told that the people sync was stopped.")


def hr_addresses() -> list[str]:
    """Whom the settings name, else the addresses of users with the permission of HR."""
    named = list(get_conf().hr_emails)
    model = get_user_model()
    find = getattr(model._default_manager, "with_perm", None)
    if named or find is None:
        return named
    field = model.get_email_field_name()
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        return []
    users = find(
        "change_tracker.manage_people",
        include_superusers=False,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return sorted({getattr(user, field) for user in users if getattr(user, field)})
