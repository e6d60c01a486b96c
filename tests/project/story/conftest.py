"""The story of the demonstration, told once for all tests of this folder."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import django
import pytest
from django.db import transaction
from django.test import override_settings

from project.tidewater import tell

BACKEND = "project.mailbox.MailboxBackend"
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="package")
def _told_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    mailbox: dict[str, Any] = {"EMAIL_BACKEND": BACKEND}
    if django.VERSION >= (6, 1):
        mailbox = {"MAILERS": {"default": {"BACKEND": BACKEND}}}
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**mailbox):
            tell(TODAY, roster=tmp_path_factory.mktemp("story") / "roster.csv")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def told(_told_once: None, db: None) -> None:
    """All that the demonstration shows on TODAY; what a test does to it is taken back."""
