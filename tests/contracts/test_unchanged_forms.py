"""A form about something that is there, sent as it stands, changes nothing and says so."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from change_tracker.core.models import AuditEvent
from change_tracker.core.toasts import TOAST_KEY
from tests.contracts.standing import Forms, Sent
from tests.contracts.test_page_budgets import asked_pages
from tests.contracts.world import World
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]
#: Whose buttons do something to the row, whatever the form says.
DEEDS = (
    "milestone-reach",
    "action-hill",
    "apply-playbook",
    "initiative-new-what",
    "initiative-new-date",
)


def test_what_was_sent_as_it_stood_is_not_called_changed(made_world: World) -> None:
    said = dict(answers(made_world))

    assert len(said) > 10, said
    wrong = {name: words for name, words in said.items() if not words.startswith("Nothing is")}
    assert not wrong, "\n".join(f"{name}: {words}" for name, words in wrong.items())


def answers(world: World) -> Iterator[tuple[str, str]]:
    """What every page with a form that has a version says when it is sent as it was shown."""
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        for name, (client, url) in asked_pages(world):
            for form in [] if name in DEEDS else forms_of(client.get(url)):
                if "version" in form:
                    yield name, _answer(client, url, form)
        transaction.set_rollback(True)


def forms_of(page: Any) -> list[Sent]:
    """None in a file."""
    return [] if page.streaming else Forms(page.content.decode()).found


def _answer(client: Client, url: str, form: Sent) -> str:
    """What its toast says; in other words where it was refused, or wrote something."""
    before = AuditEvent.objects.count()
    response: Any = client.post(url, form)
    if response.status_code != 302:
        return f"{response.status_code}: {response.context['form'].errors.as_text()}"
    if written := AuditEvent.objects.count() - before:
        return f"{written} written"
    return str(client.session.get(TOAST_KEY, {}).get("words", "no words"))
